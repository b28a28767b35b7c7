#include "sim/house.hpp"

#include <algorithm>
#include <utility>

#include "sim/commands.hpp"

namespace bitgrid::sim {
namespace {

constexpr std::int64_t kStepMs = 1000;

using Truth = double (*)(const HousePhysics&);
struct NamedTruth {
    std::string_view name;
    Truth value;
};

constexpr NamedTruth kTruths[] = {
    {"pv_power_w", [](const HousePhysics& h) { return h.flows().pv_w; }},
    {"grid_power_w", [](const HousePhysics& h) { return h.flows().grid_w; }},
    {"battery_power_w", [](const HousePhysics& h) { return h.flows().battery_w; }},
    {"battery_soc_pct", [](const HousePhysics& h) { return h.battery.soc_pct(); }},
    {"miner.temp_c", [](const HousePhysics& h) { return h.chip_c(h.miner); }},
    {"miner.power_w", [](const HousePhysics& h) { return h.miner.power_w(); }},
    {"miner.hashrate_ths", [](const HousePhysics& h) { return h.miner.hashrate_ths(); }},
    {"miner.elapsed_s", [](const HousePhysics& h) { return h.miner.device_s(); }},
    {"bitaxe.temp_c", [](const HousePhysics& h) { return h.chip_c(h.bitaxe); }},
    {"bitaxe.power_w", [](const HousePhysics& h) { return h.bitaxe.power_w(); }},
    {"bitaxe.elapsed_s", [](const HousePhysics& h) { return h.bitaxe.device_s(); }},
    {"plug.power_w", [](const HousePhysics& h) { return h.miner_plug.power_w(); }},
    {"rod.power_w", [](const HousePhysics& h) { return h.rod_plug.power_w(); }},
};

}  // namespace

const std::vector<std::string_view>& signal_names() {
    static const std::vector<std::string_view> names = [] {
        std::vector<std::string_view> all;
        for (const auto& truth : kTruths) all.push_back(truth.name);
        return all;
    }();
    return names;
}

House::House(ports::Clock& clock, HouseConfig config, Recording recording, Series prices,
             Story story)
    : clock_{clock},
      reached_{clock.mono()},
      physics_{config, std::move(recording), clock.wall()},
      market_{std::move(prices)},
      story_{std::move(story)},
      midnight_{clock.wall().ms / 86'400'000 * 86'400'000} {
    // What would have happened before the start has not.
    const std::int64_t start_ms = clock.wall() - midnight_;
    while (next_entry_ < story_.entries.size() && story_.entries[next_entry_].day_ms < start_ms)
        ++next_entry_;
    do_story();
}

void House::start() { tick(); }

void House::tick() {
    now();
    tick_ = clock_.after(kStepMs, [this] { tick(); });
}

HousePhysics& House::now() {
    const core::MonoTime now = clock_.mono();
    while (now - reached_ >= kStepMs) {
        physics_.step(kStepMs);
        reached_ = reached_ + kStepMs;
        ++revision_;
        do_story();
    }
    return physics_;
}

void House::do_story() {
    while (next_entry_ < story_.entries.size() &&
           midnight_ + story_.entries[next_entry_].day_ms <= physics_.time()) {
        static_cast<void>(do_and_log(story_.entries[next_entry_++].order));
    }
}

core::Result<void> House::do_and_log(std::string_view line) {
    constexpr std::size_t kMost = 500;
    ++revision_;
    auto done = do_order(*this, line);
    log_.push_back({physics_.time(), std::string{line}, done ? "" : done.error().what});
    if (log_.size() > kMost) log_.pop_front();
    return done;
}

core::Result<void> House::order(std::string_view line) {
    now();
    return do_and_log(line);
}

double House::shown(std::string_view signal, double truth) const {
    if (const auto said = faults_.reported.find(signal); said != faults_.reported.end())
        return said->second;
    const auto factor = faults_.scaled.find(signal);
    return factor == faults_.scaled.end() ? truth : factor->second * truth;
}

std::optional<double> House::truth(std::string_view signal) const {
    for (const auto& known : kTruths)
        if (known.name == signal) return known.value(physics_);
    return std::nullopt;
}

}  // namespace bitgrid::sim
