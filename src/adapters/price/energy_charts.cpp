#include "adapters/price/energy_charts.hpp"

#include "adapters/price/energy_charts_reply.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::adapters {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

std::string day_of(core::UnixTime t) { return wire::time_text(t).substr(0, 10); }

}  // namespace

EnergyChartsPrices::EnergyChartsPrices(DeviceWorld world, EnergyChartsConfig config)
    : world_{world},
      config_{std::move(config)},
      fetch_{world, config_.id,
             [this](core::UnixTime now) {
                 return config_.url + "?bzn=" + config_.zone + "&start=" + day_of(now) +
                        "&end=" + day_of(now + kDayMs);
             },
             [this](const std::string& body) { return take(body); }} {}

void EnergyChartsPrices::start() {
    if (config_.is_enabled) fetch_.start();
}

core::Result<void> EnergyChartsPrices::take(const std::string& body) {
    auto slots = read_energy_charts(body);
    if (!slots) return slots.error();
    for (ports::Slot& slot : *slots)
        slot.value = (slot.value + config_.charges_ct_kwh) * (1 + config_.tax_pct / 100);
    world_.signals.price_series(std::move(*slots), world_.clock.wall());
    return {};
}

}  // namespace bitgrid::adapters
