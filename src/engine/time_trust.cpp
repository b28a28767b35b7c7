#include "engine/time_trust.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace bitgrid::engine {
namespace {

TimeTrust::Judgement doubt(std::string reason) {
    return {false, core::HealthLevel::Error, std::move(reason), "CLOCK_UNTRUSTED"};
}

constexpr std::int64_t kDayMs = 86'400'000;

}  // namespace

// Days to a date of the Gregorian calendar, counted in eras of 400 years that begin in March.
std::string day_text(core::UnixTime time) {
    const std::int64_t days = std::clamp<std::int64_t>(time.ms / kDayMs, 0, 2'932'896);
    const std::int64_t shifted = days + 719'468;
    const std::int64_t era = shifted / 146'097;
    const std::int64_t of_era = shifted % 146'097;
    const std::int64_t years = (of_era - of_era / 1'460 + of_era / 36'524 - of_era / 146'096) / 365;
    const std::int64_t of_year = of_era - (365 * years + years / 4 - years / 100);
    const std::int64_t march_month = (5 * of_year + 2) / 153;
    const std::int64_t day = of_year - (153 * march_month + 2) / 5 + 1;
    const std::int64_t month = march_month < 10 ? march_month + 3 : march_month - 9;
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%04lld-%02lld-%02lld",
                  static_cast<long long>(years) + era * 400 + (month <= 2 ? 1 : 0),
                  static_cast<long long>(month), static_cast<long long>(day));
    return text.data();
}

void TimeTrust::begin(const ports::TimeWitness& witness, core::UnixTime built,
                      core::UnixTime last_stored, core::MonoTime now) {
    witness_ = &witness;
    built_ = built;
    last_stored_ = last_stored;
    since_ = now;
}

TimeTrust::Judgement TimeTrust::judge(core::UnixTime wall, core::MonoTime now) {
    if (witness_ == nullptr) return {};
    if (wall < built_)
        return doubt("the clock says " + day_text(wall) + ", but this program is of " +
                     day_text(built_) + ": waiting for the right time");
    if (!is_settled_) return judge_first(wall, now);
    if (is_confirmed_) return {};
    is_confirmed_ = witness_->ask() != ports::TimeWord::Unconfirmed;
    if (is_confirmed_) return {};
    return {true, core::HealthLevel::Warn,
            "no time service confirms the time; going on with the machine's own",
            "CLOCK_UNCONFIRMED"};
}

TimeTrust::Judgement TimeTrust::judge_first(core::UnixTime wall, core::MonoTime now) {
    const ports::TimeWord word = witness_->ask();
    is_confirmed_ = is_set_ || word != ports::TimeWord::Unconfirmed;
    if (word != ports::TimeWord::Confirmed && !is_set_) {
        if (wall < last_stored_)
            return doubt("the clock says " + day_text(wall) + ", but the journal ends at " +
                         day_text(last_stored_) + " and later: waiting for the right time");
        if (word == ports::TimeWord::Unconfirmed && now - since_ < kPatienceMs)
            return doubt("waiting for the time service to confirm the time");
    }
    is_settled_ = true;
    if (is_confirmed_) return {};
    return judge(wall, now);
}

}  // namespace bitgrid::engine
