#include "engine/sensor_watch.hpp"

#include <algorithm>

namespace bitgrid::engine {
namespace {

constexpr core::HealthLevel kWarn = core::HealthLevel::Warn;

std::string minutes(core::Seconds s) {
    return std::to_string(static_cast<long>(s.value / 60)) + " min";
}

}  // namespace

void SensorWatch::look(const core::EnergyState& state, bool measures_house, core::MonoTime now) {
    frozen_.look(state, measures_house, now);
    balance_.look(state, measures_house, now);
}

void SensorWatch::mark(core::EnergyState& state) const {
    state.distrusted = frozen_.site();
    for (const auto* finding : {&balance_.limits(), &balance_.balance(), &balance_.answer()})
        if (finding->is_certain) state.distrusted = state.distrusted | finding->signals;
    for (std::size_t i = 0; i < state.loads.size(); ++i) {
        state.loads[i].distrusted = frozen_.load(i);
        if (balance_.is_beyond(i)) state.loads[i].distrusted.add(core::Signal::LoadPower);
    }
}

void SensorWatch::report(HealthBoard& health, const core::EnergyState& state) {
    std::vector<std::string> parts;
    const auto say = [&](std::string part, core::HealthLevel level, const std::string& words,
                         std::string_view code = "IMPLAUSIBLE") {
        health.report(part, level, words, state.time, code);
        parts.push_back(std::move(part));
    };
    const auto say_frozen = [&](const std::string& owner, core::SignalSet set, bool is_load) {
        for (const core::SignalSpec& spec : core::kSignals)
            if (set.has(spec.signal))
                say("sensor/" + owner + std::string{spec.name}, kWarn,
                    owner + std::string{spec.name} + " has not moved for " +
                        minutes(is_load && spec.signal == core::Signal::LoadTemp
                                    ? config_.site.frozen_chip_after
                                    : config_.site.frozen_power_after) +
                        ", and should: nothing starts on it",
                    "FROZEN");
    };
    say_frozen("", frozen_.site(), false);
    for (std::size_t i = 0; i < config_.loads.size(); ++i) {
        say_frozen(config_.loads[i].id + ".", frozen_.load(i), true);
        if (balance_.is_beyond(i))
            say("sensor/" + config_.loads[i].id + ".limit", core::HealthLevel::Error,
                config_.loads[i].id + " seems to draw more than it can");
    }
    const auto say_finding = [&](const char* part, const BalanceWatch::Finding& finding) {
        if (finding.words.empty()) return;
        say(part, finding.is_certain ? core::HealthLevel::Error : kWarn,
            finding.words + (finding.is_certain ? "; nothing starts on it" : ""));
    };
    say_finding("sensor/limits", balance_.limits());
    say_finding("sensor/balance", balance_.balance());
    say_finding("sensor/answer", balance_.answer());
    for (const std::string& part : reported_)
        if (std::find(parts.begin(), parts.end(), part) == parts.end())
            health.report(part, core::HealthLevel::Ok, "", state.time);
    reported_ = std::move(parts);
}

}  // namespace bitgrid::engine
