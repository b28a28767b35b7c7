#include "research/sweep.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "app/bitgrid/home_run.hpp"
#include "app/bitgrid/looking.hpp"
#include "app/bitgrid/recorded_home.hpp"
#include "ops/config_checks.hpp"

namespace bitgrid::app {
namespace {

using Json = nlohmann::json;

struct Options {
    std::string data{"data"};
    PastOptions past;
    HomeOptions home;
    bool has_preset{false};
    std::vector<std::string> vary;
    std::string by;
    std::string language;
    int top{20};
    unsigned cores{0};
    bool is_json{false};
    bool is_csv{false};
};

struct Words {
    const char* head;
    const char* contradict;
    const char* none;
    const char* by_net;
    const char* by_balance;
};
constexpr Words kEnglish{"{} rule sets over {} rows; the best {} {}\n",
                         "{} combinations contradict themselves and were left out\n",
                         "every combination contradicts itself, the first one so:\n",
                         "by money left over", "by kWh of surplus used less kWh bought"};
constexpr Words kGerman{"{} Regelsätze über {} Zeilen; die besten {} {}\n",
                        "{} Kombinationen widersprechen sich und blieben weg\n",
                        "jede Kombination widerspricht sich, die erste so:\n",
                        "nach dem Geld, das übrig bleibt",
                        "nach genutzten kWh Überschuss weniger gekauften kWh"};

/// A figure that trials can be ordered by, the best first.
struct Figure {
    const char* key;
    const char* column;
    int digits;
    bool is_more_better;
    std::optional<double> (*of)(const research::Trial&);
};
constexpr Figure kFigures[] = {
    {"balance_kwh", "balance", 0, true,
     [](const research::Trial& t) { return std::optional{t.balance_kwh()}; }},
    {"net_eur", "net EUR", 2, true, [](const research::Trial& t) { return t.summary.net_eur(); }},
    {"captured_pct", "captured %", 1, true,
     [](const research::Trial& t) { return std::optional{t.summary.captured_pct()}; }},
    {"extra_grid_kwh", "extra kWh", 1, false,
     [](const research::Trial& t) { return std::optional{t.summary.extra_grid_kwh()}; }},
    {"switches_per_day", "switches/d", 2, false,
     [](const research::Trial& t) { return std::optional{t.summary.switches_per_day()}; }},
    {"load_kwh", "load kWh", 0, true,
     [](const research::Trial& t) { return std::optional{t.summary.load_kwh}; }},
};

const Figure& figure_named(std::string_view key) {
    return *std::ranges::find(kFigures, key, &Figure::key);
}

class Verb {
public:
    explicit Verb(const Options& o)
        : o_{o},
          words_{o.language == "de" || (o.language.empty() && environment_is_german()) ? kGerman
                                                                                       : kEnglish} {
    }

    int run() {
        const HomeRun it = o_.home.home.empty() ? of_records() : of_home();
        std::vector<research::Axis> axes;
        for (const std::string& text : o_.vary)
            axes.push_back(or_refuse(research::read_axis(text)));
        const auto grid = or_refuse(research::Grid::make(it.experiment.config, std::move(axes)));
        const auto trials = sound_trials(grid);
        const unsigned all_cores = std::max(std::thread::hardware_concurrency(), 1u);
        auto results = research::sweep(
            grid, trials, {it.file.home, it.experiment, it.tariff, progress(trials.size())},
            std::min(o_.cores > 0 ? o_.cores : all_cores, 64u));
        const std::size_t tried = results.size();
        put_best_first(results);
        if (results.size() > static_cast<std::size_t>(o_.top))
            results.resize(static_cast<std::size_t>(o_.top));
        if (o_.is_json) tell_json(grid, results);
        else if (o_.is_csv) tell_csv(grid, results);
        else tell_table(grid, results, {tried, it.file.home.times.size()});
        return kOk;
    }

private:
    HomeRun of_home() const {
        HomeRun run = read_home_run(o_.home);
        run.experiment.loads = core::kMaxLoads;
        return run;
    }
    // From the rules that held at the end, unless others are named.
    HomeRun of_records() const {
        RecordedHome recorded{o_.data, o_.past, o_.home};
        core::Config rules = recorded.config();
        if (!o_.home.config.empty() || o_.has_preset)
            rules = recorded.rules_named(o_.home.config.empty() ? o_.home.preset : o_.home.config);
        recorded.read();
        return recorded.run(std::move(rules));
    }

    struct Counts {
        std::size_t tried;
        std::size_t rows;
    };

    // What no file could say is not tried either.
    std::vector<std::size_t> sound_trials(const research::Grid& grid) const {
        std::vector<std::size_t> sound;
        ops::Problems first;
        for (std::size_t i = 0; i < grid.size(); ++i) {
            ops::Problems problems;
            ops::check_rules(grid.at(i).rules, ops::Places{"--vary"}, problems);
            if (problems.empty()) sound.push_back(i);
            else if (first.empty()) first = std::move(problems);
        }
        if (sound.empty()) throw Refusal{kUsage, words_.none + ops::format(first)};
        if (sound.size() < grid.size())
            std::cerr << "bitgrid: "
                      << fmt::format(fmt::runtime(words_.contradict), grid.size() - sound.size());
        return sound;
    }

    static std::function<void(std::size_t)> progress(std::size_t all) {
        if (isatty(STDERR_FILENO) != 1) return {};
        return [all](std::size_t done) {
            if (done % 10 == 0 || done == all)
                std::cerr << fmt::format("\r{} / {} {}", done, all, done == all ? "\n" : "");
        };
    }

    const Figure& order() const {
        if (!o_.by.empty()) return figure_named(o_.by);
        return figure_named(o_.home.btc.empty() ? "balance_kwh" : "net_eur");
    }

    // Those without the figure last; equals in the order of the grid.
    void put_best_first(std::vector<research::Trial>& trials) const {
        const Figure& figure = order();
        std::ranges::stable_sort(trials, [&](const auto& a, const auto& b) {
            const auto x = figure.of(a), y = figure.of(b);
            if (!x || !y) return x.has_value() && !y;
            return figure.is_more_better ? *x > *y : *x < *y;
        });
    }

    static void tell_json(const research::Grid& grid, const std::vector<research::Trial>& trials) {
        for (const research::Trial& trial : trials) {
            Json rules = Json::object();
            const auto values = grid.values(trial.index);
            for (std::size_t i = 0; i < values.size(); ++i) {
                const Json value = Json::parse(values[i], nullptr, false);
                rules[grid.axes()[i].key] = value.is_discarded() ? Json(values[i]) : value;
            }
            Json json{{"trial", trial.index}, {"rules", std::move(rules)}};
            for (const Figure& figure : kFigures) {
                const auto value = figure.of(trial);
                json[figure.key] = value ? Json(*value) : Json{};
            }
            std::cout << json.dump() << '\n';
        }
    }

    static void tell_csv(const research::Grid& grid, const std::vector<research::Trial>& trials) {
        std::cout << "trial";
        for (const research::Axis& axis : grid.axes()) std::cout << ',' << axis.key;
        for (const Figure& figure : kFigures) std::cout << ',' << figure.key;
        std::cout << '\n';
        for (const research::Trial& trial : trials) {
            std::cout << trial.index;
            for (const std::string& value : grid.values(trial.index)) std::cout << ',' << value;
            for (const Figure& figure : kFigures) {
                const auto value = figure.of(trial);
                std::cout << ',' << (value ? fmt::format("{}", *value) : "");
            }
            std::cout << '\n';
        }
    }

    void tell_table(const research::Grid& grid, const std::vector<research::Trial>& trials,
                    Counts counts) const {
        const bool is_net = std::string_view{order().key} == "net_eur";
        const std::string by = !o_.by.empty() ? "(" + o_.by + ")"
                               : is_net       ? words_.by_net
                                              : words_.by_balance;
        std::cout << fmt::format(fmt::runtime(words_.head), counts.tried, counts.rows,
                                 trials.size(), by);
        for (const research::Axis& axis : grid.axes())
            std::cout << fmt::format("{:>{}}", axis.key, axis.key.size() + 2);
        for (const Figure& figure : kFigures) std::cout << fmt::format("{:>12}", figure.column);
        std::cout << '\n';
        for (const research::Trial& trial : trials) {
            const auto values = grid.values(trial.index);
            for (std::size_t i = 0; i < values.size(); ++i)
                std::cout << fmt::format("{:>{}}", values[i], grid.axes()[i].key.size() + 2);
            for (const Figure& figure : kFigures) {
                const auto value = figure.of(trial);
                std::cout << fmt::format(
                    "{:>12}", value ? fmt::format("{:.{}f}", *value, figure.digits) : "–");
            }
            std::cout << '\n';
        }
    }

    const Options& o_;
    const Words& words_;
};

int run_or_say_why(const Options& options) {
    try {
        return Verb{options}.run();
    } catch (const Refusal& refusal) {
        return refuse(refusal.exit_code, refusal.what);
    }
}

}  // namespace

void add_sweep(CLI::App& app, int& exit_code) {
    auto* verb = app.add_subcommand(
        "sweep",
        "Try many rule sets on recorded days, or on a home from a file, on all cores, and list the "
        "best");
    const auto o = std::make_shared<Options>();
    verb->add_option("--data", o->data, "folder of the recorded days, unless there is a --home")
        ->capture_default_str();
    o->past.add_to(*verb);
    o->home.add_house(*verb);
    o->home.add_rules(*verb);
    o->home.add_world(*verb);
    verb->add_option("--vary", o->vary,
                     "key=first:last:step or key=a,b,c of rules.yaml or policy.yaml; once for each "
                     "key")
        ->required()
        ->allow_extra_args(false);
    std::vector<std::string> keys;
    for (const Figure& figure : kFigures) keys.emplace_back(figure.key);
    verb->add_option("--by", o->by, "order by this figure, the best first")
        ->check(CLI::IsMember(keys));
    verb->add_option("--top", o->top, "how many are listed")
        ->check(CLI::Range(1, static_cast<int>(research::kMostTrials)))
        ->capture_default_str();
    verb->add_option("--cores", o->cores, "threads; else as many as there are cores")
        ->check(CLI::Range(1, 64));
    verb->add_option("--lang,--language", o->language, "de or en; else that of the environment")
        ->check(CLI::IsMember({"de", "en"}));
    auto* json = verb->add_flag("--json", o->is_json, "for machines, a line for each");
    verb->add_flag("--csv", o->is_csv, "for tables")->excludes(json);
    verb->callback([o, verb, &exit_code] {
        o->has_preset = verb->count("--preset") > 0;
        exit_code = run_or_say_why(*o);
    });
}

}  // namespace bitgrid::app
