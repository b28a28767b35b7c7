#include "engine/balance_watch.hpp"

#include <algorithm>
#include <cmath>

namespace bitgrid::engine {
namespace {

using core::Signal;

constexpr double kBeyond = 1.2;      ///< of what a part of the house can
constexpr double kBeyondLoad = 1.5;  ///< a miner's start takes more than its rest
constexpr double kLoadMarginW = 100;
constexpr std::int64_t kHoldMs = 60'000;
constexpr std::int64_t kMeanMs = 30'000;
constexpr double kToleranceW = 300;  ///< meters and losses
constexpr double kToleranceShare = 0.1;
constexpr std::int64_t kCertainMs = 60'000;
constexpr double kLeastStepW = 500;
constexpr std::int64_t kSpanMs = 60'000;   ///< before and after a step, each
constexpr std::int64_t kRampMs = 180'000;  ///< a miner's way from nothing to all
constexpr std::int64_t kWindowMs = 2 * kSpanMs + kRampMs;
constexpr std::int64_t kDoubtMs = std::int64_t{6} * 3'600'000;  ///< then it gets another chance
constexpr int kCertainSteps = 2;

std::string watts(double w) { return std::to_string(std::lround(std::clamp(w, -1e6, 1e6))) + " W"; }

core::SignalSet set_of(std::initializer_list<Signal> signals) {
    core::SignalSet set;
    for (const Signal s : signals) set.add(s);
    return set;
}

double net_of(const core::SiteReadings& site) {
    return site.grid_import->value - (site.grid_export ? site.grid_export->value : 0);
}

}  // namespace

double BalanceWatch::Flows::tolerance() const {
    return kToleranceW + kToleranceShare * std::max({std::abs(pv), std::abs(net), std::abs(battery),
                                                     loads, house});
}

BalanceWatch::BalanceWatch(const core::Config& config)
    : config_{config}, beyond_(config.loads.size()) {}

std::optional<BalanceWatch::Flows> BalanceWatch::flows_of(const core::EnergyState& state,
                                                          bool measures_house) const {
    const core::SiteReadings& site = state.site;
    if (!site.pv_power || !site.grid_import) return std::nullopt;
    if (config_.site.has_battery && !site.battery_power) return std::nullopt;
    if (measures_house && !site.house_load) return std::nullopt;
    Flows f;
    f.pv = std::max(site.pv_power->value, 0.0);
    f.net = net_of(site);
    if (config_.site.has_battery) f.battery = site.battery_power->value;
    if (measures_house) f.house = site.house_load->value;
    f.sees_export = static_cast<bool>(site.grid_export);
    for (const core::LoadReadings& load : state.loads) {
        if (load.power) f.loads += load.power->value;
        // Only what was told to be off may be silent: all else may draw.
        else if (!load.off_for) return std::nullopt;
    }
    return f;
}

void BalanceWatch::look(const core::EnergyState& state, bool measures_house, core::MonoTime now) {
    look_at_limits(state, now);
    const auto flows = flows_of(state, measures_house);
    look_at_balance(flows, measures_house, now);
    // A measured house is weighed at every moment; steps say nothing more.
    look_at_answer(measures_house ? std::nullopt : flows, now);
}

void BalanceWatch::look_at_limits(const core::EnergyState& state, core::MonoTime now) {
    const core::SiteConfig& can = config_.site;
    const core::SiteReadings& site = state.site;
    Finding found{{}, true, {}};
    const auto check = [&](std::optional<core::Kilowatts> limit, double w, Signal signal,
                           const char* name) {
        if (!limit || std::abs(w) <= kBeyond * 1000 * limit->value) return;
        found.signals.add(signal);
        found.words = std::string{name} + " says " + watts(w) + ", and can be " +
                      watts(1000 * limit->value) + " at most";
    };
    if (site.pv_power) check(can.pv_peak, site.pv_power->value, Signal::PvPower, "PV");
    if (site.grid_import) check(can.grid_max, net_of(site), Signal::GridImport, "the grid meter");
    if (site.battery_power)
        check(can.battery_max, site.battery_power->value, Signal::BatteryPower, "the battery");
    if (!found.words.empty()) {
        beyond_limit_at_ = now;
        limits_ = std::move(found);
    } else if (beyond_limit_at_ && now - *beyond_limit_at_ >= kHoldMs) {
        beyond_limit_at_.reset();
        limits_ = {};
    }
    for (std::size_t i = 0; i < beyond_.size(); ++i) {
        const auto& power = state.loads[i].power;
        const double most_w = kBeyondLoad * config_.loads[i].full_w.value + kLoadMarginW;
        if (power && power->value > most_w) beyond_[i] = now;
        else if (beyond_[i] && now - *beyond_[i] >= kHoldMs) beyond_[i].reset();
    }
}

void BalanceWatch::take_mean(const Flows& flows, core::MonoTime now) {
    recent_.push_back({now, flows});
    while (now - recent_.front().at > kMeanMs) recent_.pop_front();
    const auto mean = [this](double Flows::*value) {
        double sum = 0;
        for (const Moment& moment : recent_) sum += moment.flows.*value;
        return sum / static_cast<double>(recent_.size());
    };
    mean_ = {mean(&Flows::pv),    mean(&Flows::net),   mean(&Flows::battery),
             mean(&Flows::loads), mean(&Flows::house), flows.sees_export};
}

void BalanceWatch::look_at_balance(const std::optional<Flows>& flows, bool measures_house,
                                   core::MonoTime now) {
    if (!flows) {
        recent_.clear();
        wrong_since_.reset();
        right_since_.reset();
        return;
    }
    take_mean(*flows, now);
    // What is left over a house that is not measured takes, or a grid whose export is not; only
    // less than nothing is wrong everywhere.
    const double nowhere_w = mean_.nowhere();
    const bool sees_all = measures_house && flows->sees_export;
    const bool is_wrong =
        nowhere_w < -mean_.tolerance() || (sees_all && nowhere_w > mean_.tolerance());
    auto& since = is_wrong ? wrong_since_ : right_since_;
    if (!since) since = now;
    (is_wrong ? right_since_ : wrong_since_).reset();
    if (now - *since < kCertainMs) return;
    balance_ = is_wrong ? suspect(measures_house) : Finding{};
}

// Which one sensor, taken otherwise, would make it right? Only where the house is measured does
// this have an answer.
BalanceWatch::Finding BalanceWatch::suspect(bool measures_house) const {
    Finding found{{}, true, {}};
    found.words = "PV " + watts(mean_.pv) + ", grid " + watts(mean_.net) + ", battery " +
                  watts(mean_.battery) + ", loads " + watts(mean_.loads) + ": ";
    found.words += measures_house ? watts(mean_.nowhere()) + " are unaccounted for"
                                  : "the house would use " + watts(mean_.nowhere());
    found.signals = set_of({Signal::PvPower, Signal::GridImport});
    if (config_.site.has_battery) found.signals.add(Signal::BatteryPower);
    if (!measures_house) return found;
    found.signals.add(Signal::HouseLoad);

    struct Term {
        Signal signal;
        double Flows::*value;
        const char* name;
    };
    constexpr Term kTerms[] = {{Signal::PvPower, &Flows::pv, "PV"},
                               {Signal::GridImport, &Flows::net, "the grid meter"},
                               {Signal::BatteryPower, &Flows::battery, "the battery"},
                               {Signal::HouseLoad, &Flows::house, "the house meter"}};
    struct Slip {
        double factor;
        const char* words;
    };
    constexpr Slip kSlips[] = {{-1, " has the other sign"},
                               {1000, " counts in kW"},
                               {0.001, " counts in mW"},
                               {10, " counts tens"},
                               {0.1, " counts tenths"}};
    const Term* only = nullptr;
    std::string how;
    for (const Term& term : kTerms) {
        for (const Slip& slip : kSlips) {
            Flows other = mean_;
            other.*term.value *= slip.factor;
            const bool is_possible = std::abs(other.*term.value) <= 100'000 &&
                                     (slip.factor > 0 || term.signal == Signal::GridImport ||
                                      term.signal == Signal::BatteryPower);
            if (!is_possible || std::abs(other.nowhere()) > other.tolerance()) continue;
            if (only != nullptr && only != &term) return found;
            only = &term;
            how = slip.words;
        }
    }
    if (only == nullptr) return found;
    found.signals = set_of({only->signal});
    found.words += std::string{"; it would fit if "} + only->name + how;
    return found;
}

void BalanceWatch::look_at_answer(const std::optional<Flows>& flows, core::MonoTime now) {
    if (doubted_at_ && now - *doubted_at_ >= kDoubtMs) {
        doubted_at_.reset();
        wrong_steps_ = 0;
        answer_ = {};
    }
    if (!flows || !flows->sees_export) return samples_.clear();
    samples_.push_back({now, flows->nowhere(), flows->loads});
    while (now - samples_.front().at > kWindowMs) samples_.pop_front();
    if (now < next_step_ || now - samples_.front().at < kWindowMs - 2'000) return;

    struct Span {
        double house{0}, loads{0}, least{1e9}, most{-1e9};
        int count{0};
        void add(const Sample& s) {
            house += s.house;
            loads += s.loads;
            least = std::min(least, s.loads);
            most = std::max(most, s.loads);
            ++count;
        }
        bool is_steady() const { return count > 0 && most - least < kLeastStepW / 5; }
    };
    Span before, after;
    for (const Sample& sample : samples_) {
        if (now - sample.at > kWindowMs - kSpanMs) before.add(sample);
        else if (now - sample.at <= kSpanMs) after.add(sample);
    }
    if (!before.is_steady() || !after.is_steady()) return;
    const double step_w = after.loads / after.count - before.loads / before.count;
    if (std::abs(step_w) < kLeastStepW) return;
    next_step_ = now + kWindowMs;
    judge_step(step_w, after.house / after.count - before.house / before.count, now);
}

// What the rest of the house seems to have done meanwhile: nothing, where grid and battery
// answered; all of the step back, where they did not; twice, where they answered the wrong way.
void BalanceWatch::judge_step(double step_w, double house_w, core::MonoTime now) {
    const double answer = house_w / step_w;
    const bool is_deaf = answer > -1.3 && answer < -0.7;
    const bool is_contrary = answer > -2.3 && answer < -1.7;
    if (!is_deaf && !is_contrary) {
        if (std::abs(answer) > 0.5) return;  // something else happened in the house
        wrong_steps_ = 0;
        doubted_at_.reset();
        answer_ = {};
        return;
    }
    ++wrong_steps_;
    doubted_at_ = now;
    answer_.is_certain = wrong_steps_ >= kCertainSteps;
    answer_.signals = set_of({Signal::GridImport});
    if (config_.site.has_battery) answer_.signals.add(Signal::BatteryPower);
    answer_.words =
        "a load changed by " + watts(step_w) + ", and grid and battery " +
        (is_contrary ? "answered the wrong way: a swapped sign?" : "did not answer: kW for W?");
}

}  // namespace bitgrid::engine
