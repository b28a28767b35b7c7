#include "guard/lease_watch.hpp"

#include <algorithm>
#include <utility>

namespace bitgrid::guard {
namespace {

constexpr std::int64_t kStalledMs = 1'000;

}  // namespace

LeaseWatch::LeaseWatch(core::MonoTime now, ports::LeaseTimes times)
    : times_{times}, lapses_at_{now + times.lease}, looked_at_{now} {}

bool LeaseWatch::is_next_of_same(const ports::Renewal& renewal) const {
    return renewal.instance == instance_ && renewal.cycle > cycle_;
}

void LeaseWatch::hold(Lapse why) {
    state_ = LeaseState::Holding;
    lapse_ = why;
    proof_since_.reset();
}

void LeaseWatch::arm(core::MonoTime now) {
    state_ = LeaseState::Armed;
    proof_since_.reset();
    lapses_at_ = now + times_.lease;
    has_had_grace_ = false;
}

void LeaseWatch::take(const ports::Renewal& renewal, core::MonoTime now, bool may_let_go) {
    look(now);
    if (state_ == LeaseState::Holding) return prove(renewal, now, may_let_go);
    // While one run holds the lease another one cannot have it: it proves itself after the lapse.
    if (state_ == LeaseState::Armed && !is_next_of_same(renewal)) return;
    instance_ = renewal.instance;
    cycle_ = renewal.cycle;
    renewed_at_ = now;
    if (renewal.is_goodbye) hold(Lapse::Goodbye);
    else arm(now);
}

void LeaseWatch::prove(const ports::Renewal& renewal, core::MonoTime now, bool may_let_go) {
    const bool has_gap = !renewed_at_ || now - *renewed_at_ >= times_.lease;
    const bool goes_on = proof_since_ && is_next_of_same(renewal) && !has_gap;
    // An old cycle said again is no sign of life at all.
    if (renewal.instance == instance_ && renewal.cycle <= cycle_) return;
    instance_ = renewal.instance;
    cycle_ = renewal.cycle;
    renewed_at_ = now;
    if (renewal.is_goodbye) return hold(Lapse::Goodbye);
    if (!goes_on || !renewal.has_ordered_off) proof_since_ = now;
    if (now - *proof_since_ >= times_.proof && may_let_go) arm(now);
}

void LeaseWatch::look(core::MonoTime now) {
    const bool was_stalled = now - looked_at_ >= kStalledMs;
    looked_at_ = now;
    // Once for each renewal: a guard that is always late must not wait for ever.
    if (was_stalled && !std::exchange(has_had_grace_, true))
        lapses_at_ = std::max(lapses_at_, now + kStalledMs);
    if (state_ == LeaseState::Holding) {
        if (proof_since_ && now - *renewed_at_ >= times_.lease) proof_since_.reset();
        return;
    }
    if (now < lapses_at_) return;
    hold(state_ == LeaseState::Waiting ? Lapse::NeverThere : Lapse::Lapsed);
}

std::int64_t LeaseWatch::proof_left_ms(core::MonoTime now) const {
    if (!proof_since_) return times_.proof;
    return std::max<std::int64_t>(times_.proof - (now - *proof_since_), 0);
}

}  // namespace bitgrid::guard
