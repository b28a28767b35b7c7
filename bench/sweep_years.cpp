#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <thread>

#include "bench/benchmark.hpp"
#include "bench/house/child_process.hpp"
#include "bench/sample_year.hpp"
#include "research/kpi/kpis.hpp"
#include "research/kpi/past_rows.hpp"

namespace bitgrid::bench {
namespace {

namespace fs = std::filesystem;

constexpr int kRepetitions = 9;
constexpr std::size_t kRowsOfDay = 144;
constexpr const char* kLoads[] = {"miner", "bitaxe", "rod"};

/// A day of the sample year as the journal keeps it: three loads, every tick.
research::PastRows day_of(const research::RecordedHome& year, std::size_t first) {
    research::PastRows day;
    day.has_events = true;
    for (std::size_t i = first; i < first + kRowsOfDay; ++i)
        for (const char* load : kLoads) {
            wire::StateRow s;
            s.time = year.times[i];
            s.block_id = core::block_of(s.time, year.row_ms);
            s.load_id = load;
            s.trigger = "BLOCK_TICK";
            s.pv_power_w = year.pv_w[i];
            s.house_load_w = year.house_w[i];
            s.grid_import_w = 0;
            s.grid_export_w = year.pv_w[i] / 4;
            s.load_power_w = static_cast<double>(i % 3) * 500;
            s.load_temp_c = 60;
            wire::DecisionRow d;
            d.seq = 1;
            d.time = s.time;
            d.block_id = s.block_id;
            d.load_id = load;
            d.trigger = s.trigger;
            d.decision_code = "NOOP_R1_INSUFFICIENT_SURPLUS";
            d.rule = "R1";
            d.level_before = d.target_level = "off";
            day.states.push_back(std::move(s));
            day.decisions.push_back(std::move(d));
        }
    return day;
}

}  // namespace

Figures sweep_years(const Effort& effort) {
    const fs::path folder =
        fs::temp_directory_path() / ("bitgrid-bench-" + std::to_string(::getpid()));
    fs::create_directories(folder);
    write_sample_home(folder / "home.csv.gz");
    const bool is_quick = effort.seconds < Effort{}.seconds;
    const std::string blocks = is_quick ? "1" : "1:10:1";
    const std::string command = programs_folder() +
                                "/bitgrid sweep --vary surplus_min_kw=1.0:1.9:0.1"
                                " --vary surplus_throttle_min_kw=0.1:1.0:0.1"
                                " --vary min_runtime_blocks=" +
                                blocks + " --home " + (folder / "home.csv.gz").string() +
                                " > /dev/null";
    const auto start = std::chrono::steady_clock::now();
    if (std::system(command.c_str()) != 0) throw std::runtime_error{"failed: " + command};
    const double took_s = milliseconds_since(start) / 1000 * (is_quick ? 10 : 1);
    fs::remove_all(folder);
    return {{"sweep_1000",
             {took_s, "s", 1,
              "1,000 rule sets over a year of 52,560 blocks each, the program from start to end, " +
                  std::to_string(std::thread::hardware_concurrency()) + " cores"}}};
}

Figures kpi_day(const Effort&) {
    const research::RecordedHome year = sample_year();
    std::vector<double> times_ms;
    research::KpiParts all;
    for (int i = 0; i < kRepetitions * 10; ++i) {
        const auto day = day_of(year, static_cast<std::size_t>(i) * kRowsOfDay);
        const research::Stretch stretch{day.states.front().time,
                                        day.states.back().time + year.row_ms};
        const auto start = std::chrono::steady_clock::now();
        all = research::combine(std::move(all),
                                research::parts_of(day, {year.row_ms, 3, {}}, stretch));
        if (research::kpis_of(all).empty()) throw std::runtime_error{"no figures"};
        times_ms.push_back(milliseconds_since(start));
    }
    return {{"kpi_day",
             {median(times_ms), "ms", times_ms.size(),
              "all figures of a day of three loads from 432 rows in memory, joined to the days "
              "before; median"}}};
}

}  // namespace bitgrid::bench
