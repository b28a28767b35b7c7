#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/bitgrid/home_run.hpp"

namespace bitgrid::app {
namespace {

using Json = nlohmann::json;

struct Options {
    HomeOptions home;
    std::string out;
    bool is_json{false};
};

Json or_null(const std::optional<double>& number) { return number ? Json(*number) : Json{}; }

Json grid_json(const research::GridEnergy& energy) {
    return {{"import_kwh", energy.import_kwh}, {"export_kwh", energy.export_kwh}};
}

Json summary_json(const research::Summary& s, const Options& options) {
    return {{"schema", "simulation/1"},
            {"home", options.home.home},
            {"rules", options.home.config.empty() ? options.home.preset : options.home.config},
            {"rows", s.rows},
            {"days", s.days},
            {"without_load", grid_json(s.without_load)},
            {"with_load", grid_json(s.with_load)},
            {"load_kwh", s.load_kwh},
            {"captured_pct", s.captured_pct()},
            {"extra_grid_kwh", s.extra_grid_kwh()},
            {"switches", s.switches},
            {"switches_per_day", s.switches_per_day()},
            {"sats", or_null(s.sats)},
            {"mined_eur", or_null(s.mined_eur)},
            {"feed_in_forgone_eur", s.feed_in_forgone_eur},
            {"extra_grid_eur", s.extra_grid_eur},
            {"net_eur", or_null(s.net_eur())},
            {"rows_by_code", s.rows_by_code}};
}

void print_summary(const research::Summary& s) {
    const auto line = [](const char* name, double value, const char* unit) {
        fmt::print("  {:<34}{:>10.1f} {}\n", name, value, unit);
    };
    fmt::print("{} rows, {:.1f} days\n", s.rows, s.days);
    line("load", s.load_kwh, "kWh");
    line("surplus captured", s.captured_pct(), "%");
    line("export without the load", s.without_load.export_kwh, "kWh");
    line("export with it", s.with_load.export_kwh, "kWh");
    line("extra grid import", s.extra_grid_kwh(), "kWh");
    line("switches a day", s.switches_per_day(), "");
    if (s.net_eur()) {
        line("mined", *s.mined_eur, "EUR");
        line("feed-in forgone", -s.feed_in_forgone_eur, "EUR");
        line("extra grid import", -s.extra_grid_eur, "EUR");
        line("net", *s.net_eur(), "EUR");
    }
    fmt::print("rows by decision\n");
    for (const auto& [code, count] : s.rows_by_code) fmt::print("  {:<34}{:>10}\n", code, count);
}

void run(const Options& options) {
    const HomeRun it = read_home_run(options.home);
    if (it.experiment.config.loads.size() > 1)
        std::cerr << "bitgrid: only the first load, " << it.experiment.config.loads.front().id
                  << ", is simulated\n";
    const auto rows = research::simulate(it.file.home, it.experiment);
    if (!options.out.empty()) or_refuse(research::write_schedule(options.out, it.file, rows));
    const research::Summary summary =
        research::summarise(it.file.home, it.experiment, rows, it.tariff);
    if (options.is_json) std::cout << summary_json(summary, options).dump() << '\n';
    else print_summary(summary);
}

int run_or_say_why(const Options& options) {
    try {
        run(options);
        return kOk;
    } catch (const Refusal& refusal) {
        std::cerr << "bitgrid simulate: " << refusal.what << '\n';
        return refusal.exit_code;
    }
}

}  // namespace

void add_simulate(CLI::App& app, int& exit_code) {
    auto* verb = app.add_subcommand(
        "simulate", "Run the rules against a recorded home and say what they would have brought");
    const auto o = std::make_shared<Options>();
    o->home.add_house(*verb)->required();
    o->home.add_rules(*verb);
    o->home.add_world(*verb);
    verb->add_option("--out", o->out, "write the schedule to this CSV file");
    verb->add_flag("--json", o->is_json, "print the summary as JSON");
    verb->callback([o, &exit_code] { exit_code = run_or_say_why(*o); });
}

}  // namespace bitgrid::app
