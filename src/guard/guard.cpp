#include "guard/guard.hpp"

#include <algorithm>

#include "core/decide.hpp"

namespace bitgrid::guard {
namespace {

std::string reason_of(Lapse lapse) {
    switch (lapse) {
        case Lapse::NeverThere:
            return "no controller is there";
        case Lapse::Lapsed:
            return "the controller has not completed a cycle for 3 s";
        case Lapse::Goodbye:
            return "the controller has ended with every load off";
    }
    return "";
}

}  // namespace

Guard::Guard(ports::Clock& clock, const core::Config& config, std::string fingerprint, Tell tell)
    : clock_{clock},
      config_{config},
      fingerprint_{std::move(fingerprint)},
      tell_{std::move(tell)},
      watch_{clock.mono()} {
    keepers_.reserve(config.loads.size());  // their answers hold their address
    for (const core::LoadConfig& load : config.loads)
        keepers_.emplace_back(load, core::standby_of(config.rules, load), tell_);
}

void Guard::start(Connections& connections, std::function<void()> completed) {
    connections_ = &connections;
    completed_ = std::move(completed);
    watch_ = LeaseWatch{clock_.mono()};
    look();
}

void Guard::stop() { timer_.reset(); }

void Guard::look() {
    watch_.look(clock_.mono());
    follow();
    for (Keeper& keeper : keepers_) keeper.look(clock_.mono());
    if (completed_) completed_();
    timer_ = clock_.after(kLookMs, [this] { look(); });
}

// What the lease has become is carried out here and nowhere else.
void Guard::follow() {
    const LeaseState now = watch_.state();
    const LeaseState before = std::exchange(followed_, now);
    if (now == before) return;
    if (now == LeaseState::Holding) return hold();
    if (before == LeaseState::Holding) return let_go();
    tell_(false, "armed: a healthy controller holds the lease");
}

void Guard::hold() {
    tell_(watch_.lapse() == Lapse::Lapsed, reason_of(watch_.lapse()) + ": every load is kept off");
    const core::MonoTime now = clock_.mono();
    for (std::size_t i = 0; i < keepers_.size(); ++i) keepers_[i].hold(connections_->hands(i), now);
}

void Guard::let_go() {
    tell_(false,
          "the controller has renewed its lease for 10 s without a gap: armed, and every load is "
          "its again");
    for (Keeper& keeper : keepers_) keeper.let_go();
    connections_->let_go();
}

bool Guard::may_let_go() const {
    const core::MonoTime now = clock_.mono();
    return std::none_of(keepers_.begin(), keepers_.end(), [now](const Keeper& keeper) {
        return keeper.draws(now) || keeper.is_under_way();
    });
}

int Guard::loads_not_off() const {
    if (!is_holding()) return 0;
    return static_cast<int>(std::count_if(keepers_.begin(), keepers_.end(),
                                          [](const Keeper& keeper) { return !keeper.is_off(); }));
}

ports::LeaseAnswer Guard::renewed(const ports::Renewal& renewal) {
    watch_.take(renewal, clock_.mono(), may_let_go());
    follow();
    const bool has_same_config = renewal.config == fingerprint_;
    if (!has_same_config && !std::exchange(has_told_config_, true))
        tell_(true,
              "the controller commands other loads or devices than this guard: restart the guard");
    has_told_config_ = !has_same_config;
    // For a second controller nothing is armed: the lease is somebody else's.
    const bool is_armed = watch_.is_held_by(renewal.instance);
    return {renewal.cycle, !is_armed, loads_not_off(),
            is_armed ? 0 : watch_.proof_left_ms(clock_.mono()), has_same_config};
}

void Guard::measured(const ports::Measurement& m) {
    if (m.signal != core::Signal::LoadPower) return;
    for (std::size_t i = 0; i < keepers_.size(); ++i)
        if (config_.loads[i].id == m.load)
            keepers_[i].measured(core::Watts{m.value}, clock_.mono());
}

}  // namespace bitgrid::guard
