// All figures of the specification: a table for people, bench.json for the record.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "bench/benchmark.hpp"
#include "bench/house/machine.hpp"
#include "ops/priority.hpp"

namespace {

using namespace bitgrid::bench;

constexpr Benchmark kBenchmarks[] = {
    {"rules", rule_core},    {"simulate", simulate_year}, {"sweep", sweep_years},
    {"kpi", kpi_day},        {"tick", block_tick},        {"safety", safety_reaction},
    {"start", daemon_start}, {"idle", idle_daemon},       {"ingest", mqtt_ingest},
    {"api", api_state},      {"live", live_readers},      {"archive", archive_year},
};

struct Bound {
    const char* figure;
    bool is_least;
    double value;
};

constexpr Bound kBounds[] = {
    {"seal_day_ms", false, 2'000},
    {"seal_rss_mb", false, 200},
    {"replay_year_ms", false, 1'000},
    {"verify_per_s", true, 100'000},
    {"decide_per_s", true, 5'000'000},
    {"year_replay_ms", false, 200},
    {"simulate_year_ms", false, 500},
    {"sweep_1000", false, 60},
    {"kpi_day", false, 1},
    {"tick_p99_ms", false, 20},
    {"safety_p99_ms", false, 50},
    {"safety_max_ms", false, 1'000},
    {"start_ms", false, 300},
    {"rss_idle_mb", false, 30},
    {"idle_cpu_pct", false, 1},
    {"mqtt_ingest_per_s", true, 20'000},
    {"api_state_p99_ms", false, 5},
    {"ws_clients", true, 1'000},
};

std::string verdict(const std::string& name, double value) {
    for (const Bound& bound : kBounds) {
        if (name != bound.figure) continue;
        const bool is_held = bound.is_least ? value >= bound.value : value <= bound.value;
        return fmt::format("{} {:>9}  {}", bound.is_least ? ">=" : "<=", bound.value,
                           is_held ? "held  " : "MISSED");
    }
    return "";
}

struct Options {
    std::string output{"build/bench.json"};
    std::vector<std::string> only;
    bool is_quick{false};
};

nlohmann::json run_all(const Options& o) {
    const Effort effort = o.is_quick ? Effort{300, 5} : Effort{};
    const std::string machine = machine_words();
    fmt::print("{}\n", machine);
    auto json = nlohmann::json::object();
    for (const Benchmark& benchmark : kBenchmarks) {
        if (!o.only.empty() && std::ranges::count(o.only, benchmark.name) == 0) continue;
        const std::string load = load_words();
        for (const auto& [name, figure] : benchmark.run(effort)) {
            fmt::print("{:<18} {:>12.2f} {:<4} {}  {}; {} before\n", name, figure.value,
                       figure.unit, verdict(name, figure.value), figure.note, load);
            std::cout << std::flush;
            json[name] = {
                {"value", figure.value},
                {"unit", figure.unit},
                {"n", figure.n},
                {"note", fmt::format("{}; ./run bench {}{}; {}; {} before", figure.note,
                                     benchmark.name, o.is_quick ? " --quick" : "", machine, load)}};
        }
    }
    return json;
}

int run(const Options& o) {
#ifndef NDEBUG
    std::cerr
        << "bitgrid-bench: this is a debug build, whose figures mean nothing; use ./run bench\n";
    return EXIT_FAILURE;
#endif
    const nlohmann::json figures = run_all(o);
    std::ofstream file{o.output};
    file << figures.dump(2) << '\n';
    file.close();
    if (!file) throw std::runtime_error{o.output + " cannot be written"};
    return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{
        "Measures BitGridAI and writes the figures as JSON. Runs in the root of the tree."};
    Options options;
    app.add_option("--output", options.output, "file for the figures")->capture_default_str();
    app.add_flag("--quick", options.is_quick, "short, for trying; not for the record");
    std::string names;
    for (const Benchmark& benchmark : kBenchmarks) names += std::string{" "} + benchmark.name;
    app.add_option("names", options.only, "only these:" + names);
    CLI11_PARSE(app, argc, argv);
    // What is measured is the controller, not how long we or the broker wait for the processor.
    bitgrid::ops::take_priority();
    try {
        return run(options);
    } catch (const std::exception& failure) {
        std::cerr << "bitgrid-bench: " << failure.what() << '\n';
        return EXIT_FAILURE;
    }
}
