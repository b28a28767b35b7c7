#include "bench/sample_year.hpp"

#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

#include "core/decide.hpp"
#include "research/simulate_files.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::bench {

research::RecordedHome sample_year() {
    const auto recorded = research::read_home("data/home_may.csv");  // in the root of the tree
    if (!recorded) throw std::runtime_error{recorded.error().what};
    constexpr core::UnixTime kNewYear{1'735'689'600'000};  // 2025-01-01
    constexpr std::size_t kRowsOfDay = 144;
    const research::RecordedHome& days = recorded->home;
    research::RecordedHome year;
    for (std::size_t i = 0; i < kRowsOfYear; ++i) {
        const std::size_t row = i % days.times.size();
        const auto day = static_cast<double>(i / kRowsOfDay);
        const double season = 0.6 - 0.4 * std::cos(day / 365 * 2 * std::numbers::pi);
        const double cloud = 0.5 + 0.5 * std::abs(std::sin(day * 12.9898));
        year.times.push_back(kNewYear + static_cast<std::int64_t>(i) * year.row_ms);
        year.pv_w.push_back(std::floor(days.pv_w[row] * season * cloud));
        year.house_w.push_back(days.house_w[row]);
    }
    return year;
}

void write_sample_home(const std::filesystem::path& path) {
    const research::RecordedHome year = sample_year();
    std::string text{"timestamp,pv_power_w,house_load_w\n"};
    for (std::size_t i = 0; i < year.times.size(); ++i)
        text.append(wire::time_text(year.times[i]))
            .append(",")
            .append(std::to_string(year.pv_w[i]))
            .append(",")
            .append(std::to_string(year.house_w[i]))
            .append("\n");
    const gzFile file = gzopen(path.c_str(), "wb");
    gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
    gzclose(file);
}

std::vector<core::EnergyState> sample_states(std::size_t loads) {
    using core::admit;
    using core::Signal;
    const research::RecordedHome year = sample_year();
    std::vector<core::EnergyState> states(year.times.size());
    for (std::size_t i = 0; i < states.size(); ++i) {
        core::EnergyState& s = states[i];
        const double net_w = year.house_w[i] - year.pv_w[i];
        s.time = year.times[i];
        s.site.pv_power = admit<core::Watts>(Signal::PvPower, year.pv_w[i]);
        s.site.house_load = admit<core::Watts>(Signal::HouseLoad, year.house_w[i]);
        s.site.grid_import = admit<core::Watts>(Signal::GridImport, std::max(net_w, 0.0) / 4);
        s.site.grid_export = admit<core::Watts>(Signal::GridExport, std::max(-net_w, 0.0) / 4);
        s.site.battery_soc =
            admit<core::Percent>(Signal::BatterySoc, 40 + static_cast<double>(i % 600) / 10);
        s.site.price = admit<core::CentPerKwh>(Signal::EnergyPrice, static_cast<double>(i % 36));
        s.site.price_peak = s.site.price;
        s.site.pv_forecast = admit<core::Kilowatts>(Signal::PvForecast, year.pv_w[i] / 900);
        for (std::size_t j = 0; j < loads; ++j) {
            core::LoadReadings load;
            load.is_expected_on = i % 3 != 0;
            load.temp = admit<core::Celsius>(Signal::LoadTemp, 55 + static_cast<double>(i % 40));
            load.heartbeat_age = admit<core::Seconds>(Signal::LoadHeartbeat, 2);
            load.power = admit<core::Watts>(Signal::LoadPower, 1674);
            s.loads.push_back(load);
        }
    }
    return states;
}

}  // namespace bitgrid::bench
