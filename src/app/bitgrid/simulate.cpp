#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "app/bitgrid/verbs.hpp"
#include "ops/config_folder.hpp"
#include "research/presets.hpp"
#include "research/simulate_files.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::app {
namespace {

using Json = nlohmann::json;

struct Options {
    std::string home;
    std::string preset{"surplus"};
    std::string config;
    research::Battery battery;
    double start_soc_pct{50};
    std::string forecast{"none"};
    std::string prices;
    std::string btc;
    std::string from;
    std::string to;
    std::string out;
    bool is_json{false};
};

/// Why a simulation cannot be run, and the exit code for it.
struct Refusal {
    int exit_code;
    std::string what;
};

template <class T>
T or_refuse(core::Result<T> result) {
    if (!result) throw Refusal{kUsage, result.error().what};
    return std::move(result).value();
}
void or_refuse(const core::Result<void>& result) {
    if (!result) throw Refusal{kUsage, result.error().what};
}

std::optional<core::UnixTime> moment(const std::string& text) {
    if (text.empty()) return std::nullopt;
    constexpr std::size_t kDaySize = 10;
    return or_refuse(wire::parse_time(text.size() == kDaySize ? text + "T00:00Z" : text));
}

core::Config rules_of(const Options& options) {
    if (!options.config.empty()) {
        auto config = ops::load_config(options.config, ops::environment_of_process());
        if (!config) throw Refusal{kBadConfig, ops::format(config.problems())};
        return std::move(config).value();
    }
    if (options.preset.starts_with("plan-"))
        throw Refusal{kUnavailable, "preset " + options.preset + ": not yet available"};
    const auto config = research::preset_named(options.preset, options.battery);
    if (!config)
        throw Refusal{kUsage, fmt::format("preset {}: unknown; allowed: {}", options.preset,
                                          fmt::join(research::preset_names(), ", "))};
    return *config;
}

research::HeldSeries forecast_of(const Options& options, const research::RecordedHome& home) {
    if (options.forecast == "none") return {};
    if (options.forecast == "perfect") return research::perfect_forecast(home);
    if (options.forecast == "history") return research::forecast_from_history(home);
    return or_refuse(research::read_series(options.forecast, "timestamp", "pv_power_w"));
}

research::Tariff tariff_of(const Options& options, const core::PolicyConfig& policy) {
    research::Tariff tariff;
    if (policy.feed_in) tariff.feed_in_ct_kwh = policy.feed_in->value;
    if (policy.avoided_import) tariff.grid_ct_kwh = policy.avoided_import->value;
    if (!options.btc.empty()) or_refuse(research::read_bitcoin(options.btc, tariff));
    return tariff;
}

Json or_null(const std::optional<double>& number) { return number ? Json(*number) : Json{}; }

Json grid_json(const research::GridEnergy& energy) {
    return {{"import_kwh", energy.import_kwh}, {"export_kwh", energy.export_kwh}};
}

Json summary_json(const research::Summary& s, const Options& options) {
    return {{"schema", "simulation/1"},
            {"home", options.home},
            {"rules", options.config.empty() ? options.preset : options.config},
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
    research::HomeFile file = or_refuse(research::read_home(options.home));
    research::Experiment experiment{rules_of(options),
                                    options.battery,
                                    options.start_soc_pct,
                                    {},
                                    forecast_of(options, file.home)};
    if (!options.prices.empty())
        experiment.price_ct_kwh =
            or_refuse(research::read_series(options.prices, "timestamp", "ct_per_kwh"));
    if (experiment.config.loads.size() > 1)
        std::cerr << "bitgrid: only the first load, " << experiment.config.loads.front().id
                  << ", is simulated\n";
    const research::Tariff tariff = tariff_of(options, experiment.config.policy);
    research::keep_only(file, moment(options.from), moment(options.to));
    if (file.home.times.empty())
        throw Refusal{kUsage, options.home + ": no rows between --from and --to"};

    const auto rows = research::simulate(file.home, experiment);
    if (!options.out.empty()) or_refuse(research::write_schedule(options.out, file, rows));
    const research::Summary summary = research::summarise(file.home, experiment, rows, tariff);
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

void add_house_options(CLI::App& verb, Options& o) {
    verb.add_option("--home", o.home,
                    "recorded home, CSV or gzip: timestamp,pv_power_w,house_load_w")
        ->required();
    verb.add_option("--battery-kwh", o.battery.kwh, "usable energy of the battery; 0: none")
        ->check(CLI::Range(0.0, 1000.0))
        ->capture_default_str();
    verb.add_option("--battery-kw", o.battery.kw, "its power limit, both ways")
        ->check(CLI::Range(0.0, 100.0))
        ->capture_default_str();
    verb.add_option("--battery-eta", o.battery.eta, "its one-way efficiency")
        ->check(CLI::Range(0.1, 1.0))
        ->capture_default_str();
    verb.add_option("--start-soc", o.start_soc_pct, "its state of charge at the start, %")
        ->check(CLI::Range(0.0, 100.0))
        ->capture_default_str();
    verb.add_option("--from", o.from, "first moment, UTC: 2024-05-01 or 2024-05-01T06:00Z");
    verb.add_option("--to", o.to, "end, not included");
}

}  // namespace

void add_simulate(CLI::App& app, int& exit_code) {
    auto* verb = app.add_subcommand(
        "simulate", "Run the rules against a recorded home and say what they would have brought");
    const auto o = std::make_shared<Options>();
    add_house_options(*verb, *o);
    auto* preset =
        verb->add_option("--preset", o->preset, "rules with a name: surplus, battery-first")
            ->capture_default_str();
    verb->add_option("--config", o->config, "folder with rules of your own")->excludes(preset);
    verb->add_option("--forecast", o->forecast,
                     "none, history (days before), perfect, or a file: timestamp,pv_power_w")
        ->capture_default_str();
    verb->add_option("--prices", o->prices, "energy prices: timestamp,ct_per_kwh");
    verb->add_option("--btc", o->btc, "bitcoin by day: date,sats_per_ths_day,price_eur");
    verb->add_option("--out", o->out, "write the schedule to this CSV file");
    verb->add_flag("--json", o->is_json, "print the summary as JSON");
    verb->callback([o, &exit_code] { exit_code = run_or_say_why(*o); });
}

}  // namespace bitgrid::app
