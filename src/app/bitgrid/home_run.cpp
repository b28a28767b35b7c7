#include "app/bitgrid/home_run.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ops/config_folder.hpp"
#include "research/presets.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::app {
namespace {

std::optional<core::UnixTime> moment(const std::string& text) {
    if (text.empty()) return std::nullopt;
    constexpr std::size_t kDaySize = 10;
    return or_refuse(wire::parse_time(text.size() == kDaySize ? text + "T00:00Z" : text));
}

core::Config rules_in(const std::string& folder) {
    auto config = ops::load_config(folder, ops::environment_of_process());
    if (!config) throw Refusal{kBadConfig, ops::format(config.problems())};
    return std::move(config).value();
}

core::Config preset(const std::string& name, const research::Battery& battery) {
    if (name.starts_with("plan-"))
        throw Refusal{kUnavailable, "preset " + name + ": not yet available"};
    const auto config = research::preset_named(name, battery);
    if (!config)
        throw Refusal{kUsage, fmt::format("preset {}: unknown; allowed: {}", name,
                                          fmt::join(research::preset_names(), ", "))};
    return *config;
}

research::HeldSeries forecast_of(const HomeOptions& options, const research::RecordedHome& home) {
    if (options.forecast == "none") return {};
    if (options.forecast == "perfect") return research::perfect_forecast(home);
    if (options.forecast == "history") return research::forecast_from_history(home);
    return or_refuse(research::read_series(options.forecast, "timestamp", "pv_power_w"));
}

research::Tariff tariff_of(const HomeOptions& options, const core::PolicyConfig& policy) {
    research::Tariff tariff;
    if (policy.feed_in) tariff.feed_in_ct_kwh = policy.feed_in->value;
    if (policy.avoided_import) tariff.grid_ct_kwh = policy.avoided_import->value;
    if (!options.btc.empty()) or_refuse(research::read_bitcoin(options.btc, tariff));
    return tariff;
}

}  // namespace

core::Config rules_named(const std::string& preset_or_folder, const research::Battery& battery) {
    const auto names = research::preset_names();
    const bool is_preset = std::ranges::find(names, preset_or_folder) != names.end() ||
                           preset_or_folder.starts_with("plan-");
    return is_preset ? preset(preset_or_folder, battery) : rules_in(preset_or_folder);
}

HomeRun read_home_run(const HomeOptions& options) {
    return read_home_run(options, options.config.empty() ? preset(options.preset, options.battery)
                                                         : rules_in(options.config));
}

HomeRun read_home_run(const HomeOptions& options, core::Config rules) {
    research::HomeFile file = or_refuse(research::read_home(options.home));
    research::Experiment experiment{std::move(rules),
                                    options.battery,
                                    options.start_soc_pct,
                                    {},
                                    forecast_of(options, file.home)};
    if (!options.prices.empty())
        experiment.price_ct_kwh =
            or_refuse(research::read_series(options.prices, "timestamp", "ct_per_kwh"));
    research::Tariff tariff = tariff_of(options, experiment.config.policy);
    research::keep_only(file, moment(options.from), moment(options.to));
    if (file.home.times.empty())
        throw Refusal{kUsage, options.home + ": no rows between --from and --to"};
    return {std::move(file), std::move(experiment), std::move(tariff)};
}

CLI::Option* HomeOptions::add_house(CLI::App& verb) {
    auto* option = verb.add_option("--home", home,
                                   "recorded home, CSV or gzip: timestamp,pv_power_w,house_load_w");
    add_battery(verb);
    verb.add_option("--from", from, "first moment, UTC: 2024-05-01 or 2024-05-01T06:00Z");
    verb.add_option("--to", to, "end, not included");
    return option;
}

void HomeOptions::add_battery(CLI::App& verb) {
    verb.add_option("--battery-kwh", battery.kwh, "usable energy of the battery; 0: none")
        ->check(CLI::Range(0.0, 1000.0))
        ->capture_default_str();
    verb.add_option("--battery-kw", battery.kw, "its power limit, both ways")
        ->check(CLI::Range(0.0, 100.0))
        ->capture_default_str();
    verb.add_option("--battery-eta", battery.eta, "its one-way efficiency")
        ->check(CLI::Range(0.1, 1.0))
        ->capture_default_str();
    verb.add_option("--start-soc", start_soc_pct, "its state of charge at the start, %")
        ->check(CLI::Range(0.0, 100.0))
        ->capture_default_str();
}

void HomeOptions::add_rules(CLI::App& verb) {
    auto* named = verb.add_option("--preset", preset, "rules with a name: surplus, battery-first")
                      ->capture_default_str();
    verb.add_option("--config", config, "folder with rules of your own")->excludes(named);
}

void HomeOptions::add_world(CLI::App& verb) {
    verb.add_option("--forecast", forecast,
                    "none, history (days before), perfect, or a file: timestamp,pv_power_w")
        ->capture_default_str();
    verb.add_option("--prices", prices, "energy prices: timestamp,ct_per_kwh");
    verb.add_option("--btc", btc, "bitcoin by day: date,sats_per_ths_day,price_eur");
}

}  // namespace bitgrid::app
