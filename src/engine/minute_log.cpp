#include "engine/minute_log.hpp"

#include <algorithm>
#include <utility>

namespace bitgrid::engine {
namespace {

bool knows_anything(const core::EnergyState& state) {
    const core::SiteReadings& site = state.site;
    return site.pv_power || site.grid_import || site.grid_export || site.house_load ||
           site.battery_soc || site.battery_power ||
           std::any_of(state.loads.begin(), state.loads.end(), [](const core::LoadReadings& load) {
               return load.power || load.temp || load.hashrate;
           });
}

}  // namespace

std::optional<core::MinutesMeasured> MinuteLog::add(core::EnergyState state, core::UnixTime now) {
    const core::UnixTime began = core::block_start(minute_, kMinuteMs);
    const core::BlockId block = core::block_of(began, block_ms_);
    minute_ = core::block_of(now, kMinuteMs);
    if (!knows_anything(state)) return std::nullopt;
    std::optional<core::MinutesMeasured> before;
    if (kept_.block != block || kept_.minutes.size() == kMost) before = take();
    kept_.block = block;
    state.time = began + kMinuteMs;
    kept_.minutes.push_back(std::move(state));
    return before;
}

std::optional<core::MinutesMeasured> MinuteLog::take() {
    if (kept_.minutes.empty()) return std::nullopt;
    return std::exchange(kept_, {});
}

}  // namespace bitgrid::engine
