#pragma once
// What the verbs that run rules against a recorded home share: their options, and the files behind
// them.
#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "app/bitgrid/verbs.hpp"
#include "research/simulate_files.hpp"

namespace bitgrid::app {

/// Why a verb cannot be run, and the exit code for it.
struct Refusal {
    int exit_code;
    std::string what;
};

template <class T>
T or_refuse(core::Result<T> result) {
    if (!result) throw Refusal{kUsage, result.error().what};
    return std::move(result).value();
}
inline void or_refuse(const core::Result<void>& result) {
    if (!result) throw Refusal{kUsage, result.error().what};
}

struct HomeOptions {
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

    CLI::Option* add_house(CLI::App& verb);  ///< --home, battery, --from, --to
    void add_battery(CLI::App& verb);        ///< the battery alone
    void add_rules(CLI::App& verb);          ///< --preset, --config
    void add_world(CLI::App& verb);          ///< --forecast, --prices, --btc
};

struct HomeRun {
    research::HomeFile file;
    research::Experiment experiment;
    research::Tariff tariff;
};

/// A preset by its name, or the folder with a configuration. Throws a Refusal.
core::Config rules_named(const std::string& preset_or_folder, const research::Battery&);

/// Everything that the options name, for these rules. Throws a Refusal.
HomeRun read_home_run(const HomeOptions&, core::Config rules);
/// For the rules of --preset or --config.
HomeRun read_home_run(const HomeOptions&);

}  // namespace bitgrid::app
