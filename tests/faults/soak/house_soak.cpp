// Lets a home live for long at a multiple of its time while one trouble after the other is drawn,
// and watches from outside: no load on while it is unsafe, memory and open files flat, an end that
// leaves everything off and the journal whole.
//   house_soak [--minutes 45] [--speed 60] [--seed N] [--csv FILE]
#include <fmt/format.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <deque>
#include <fstream>
#include <iostream>
#include <random>

#include "faults/harness/observer.hpp"
#include "faults/soak/troubles.hpp"

namespace bitgrid::faults {
namespace {

struct Options {
    double minutes{45};
    double speed{60};
    std::uint64_t seed{std::random_device{}()};
    std::string csv;
};

constexpr double kLimitC = 85;
constexpr double kFastImportW = 2'000;
// From the first unsafe moment: 60 s of silence, 30 s for a stop to show, 15 s for the relay; or
// the timer in the plug, 120 s. And a second of this machine.
constexpr double kChainS = 120;
constexpr double kBlockS = 600;

std::vector<Observer::Rule> rules(const Known& known, double slack_s) {
    const auto is_forged = [](const json& truth) { return !truth["faults"]["reported"].empty(); };
    const auto is_deaf = [](const json& truth) {
        return truth["faults"]["links"]["inverter"] != "up" || truth["faults"]["modbus"] != 0;
    };
    return {
        {"on although its chip is too hot", kChainS + slack_s,
         [](const json& truth) {
             return truth["miner"]["temp_c"].get<double>() > kLimitC &&
                    truth["miner"]["power_w"].get<double>() > 30;
         }},
        {"on although nobody knows the house", kChainS + slack_s,
         [&known, is_deaf](const json& truth) {
             return (is_deaf(truth) || known.is_house_unheard) && is_any_load_on(truth);
         }},
        {"on although the controller is gone", kChainS + slack_s,
         [&known](const json& truth) { return known.is_controller_gone && is_any_load_on(truth); }},
        {"on although the emergency stop is pressed", kChainS + slack_s,
         [&known](const json& truth) { return known.is_emergency && is_any_load_on(truth); }},
        {"on although the grid pays for it", 60 + kChainS + slack_s,
         [is_forged](const json& truth) {
             return !is_forged(truth) && is_any_load_on(truth) &&
                    truth["flows"]["grid_power_w"].get<double>() > kFastImportW + 500;
         }},
        {"on although the battery is below its reserve", kBlockS + kChainS + slack_s,
         [is_forged](const json& truth) {
             return !is_forged(truth) && is_any_load_on(truth) &&
                    truth["battery"]["soc_pct"].get<double>() < 49;
         }},
    };
}

/// Memory and open files of one life of the controller, each second; flat after its first minute.
class Growth {
public:
    static constexpr std::size_t kWarmUp = 60, kWindow = 15;
    static constexpr long kMostKib = 8 * 1024, kMostFiles = 8;

    void sample(const Child& child) {
        if (child.memory_kib() == 0) return;
        memory_.push_back(child.memory_kib());
        files_.push_back(child.open_files());
    }
    /// A life has ended.
    void next() {
        judge(memory_, kMostKib, "memory", " KiB");
        judge(files_, kMostFiles, "open files", "");
        memory_.clear();
        files_.clear();
    }
    std::vector<std::string> complaints;
    long worst_kib{0}, worst_files{0};

private:
    static long median(std::vector<long> values) {
        std::nth_element(values.begin(), values.begin() + static_cast<long>(values.size() / 2),
                         values.end());
        return values[values.size() / 2];
    }
    void judge(const std::vector<long>& values, long most, const char* what, const char* unit) {
        if (values.size() < kWarmUp + 2 * kWindow) return;
        const auto begin = values.begin() + kWarmUp;
        const long first = median({begin, begin + kWindow});
        const long last = median({values.end() - kWindow, values.end()});
        long& worst = most == kMostKib ? worst_kib : worst_files;
        worst = std::max(worst, last - first);
        if (last - first > most)
            complaints.push_back(fmt::format("{} grew from {} to {}{} in {} s", what, first, last,
                                             unit, values.size()));
    }
    std::vector<long> memory_, files_;
};

class Soak {
public:
    explicit Soak(Options options)
        : options_{std::move(options)},
          random_{options_.seed},
          home_{{.speed = options_.speed,
                 .start = "2024-05-21T05:00:00Z",
                 .has_broker = true,
                 .own = {{"site.yaml", "# as it is\n"},
                         {"rules.yaml", "# as it is\n"},
                         {"log.yaml", "level: warn\n"}},
                 .bad_lines = {"mqtt", "inverter", "miner", "plug", "rod"}}},
          troubles_{home_, known_},
          observer_{home_.device_port("control"), 50, rules(known_, options_.speed)} {
        if (!options_.csv.empty()) csv_.open(options_.csv);
        csv_ << "second,rss_kib,open_files,trouble\n";
    }

    int run() {
        std::cerr << fmt::format("{:.0f} minutes at {:.0f} times life, seed {}\n", options_.minutes,
                                 options_.speed, options_.seed);
        observer_.tell = [](const std::string& words) { std::cerr << words << std::endl; };
        const double end_s = options_.minutes * 60;
        double next_s = 20;
        while (watch_.s() < end_s) {
            end_those_that_are_due();
            if (watch_.s() >= next_s) {
                begin_one();
                next_s = watch_.s() + between(30, 120) * std::min(1.0, options_.minutes / 10);
            }
            sample();
            rest(1'000);
        }
        end_all();
        return judge();
    }

private:
    struct Running {
        const Trouble* trouble;
        double until_s;
    };
    double between(double least, double most) {
        return std::uniform_real_distribution<double>{least, most}(random_);
    }

    void begin_one() {
        const Trouble& trouble = troubles_.all()[random_() % troubles_.all().size()];
        const double lasts_s = between(2, 30);
        // Two at once on the controller itself, or on one line, would end one another.
        for (const Running& other : running_)
            if (other.trouble->name.substr(0, 8) == trouble.name.substr(0, 8)) return;
        if (trouble.end) running_.push_back({&trouble, watch_.s() + lasts_s});
        if (trouble.name.starts_with("controller ")) growth_.next();
        ++count_;
        now_ = trouble.name;
        std::cerr << fmt::format("{:6.0f} s  {}{}\n", watch_.s(), trouble.name,
                                 trouble.end ? fmt::format(", for {:.0f} s", lasts_s) : "");
        trouble.begin();
    }
    void end_those_that_are_due() {
        for (auto running = running_.begin(); running != running_.end();) {
            if (watch_.s() < running->until_s) {
                ++running;
                continue;
            }
            running->trouble->end();
            running = running_.erase(running);
        }
    }
    void end_all() {
        for (const Running& running : running_) running.trouble->end();
        running_.clear();
    }
    void sample() {
        if (!known_.is_controller_gone) growth_.sample(home_.daemon());
        csv_ << fmt::format("{:.0f},{},{},{}\n", watch_.s(), home_.daemon().memory_kib(),
                            home_.daemon().open_files(), std::exchange(now_, ""));
    }

    int judge() {
        growth_.next();
        const bool has_died = !home_.daemon().is_running();
        home_.daemon().signal(SIGTERM);
        const Stopwatch ending;
        const auto exit = home_.daemon().wait(30'000);
        const double end_s = ending.s();
        std::vector<std::string> faults = growth_.complaints;
        if (has_died)
            faults.push_back("the controller had ended by itself: " + home_.daemon().complained());
        if (exit != 0) faults.push_back(fmt::format("it ended with exit {}", exit.value_or(-1)));
        if (!home_.until([&] { return !is_any_load_on(home_.truth()); }, 60))
            faults.push_back("a load was on after the end");
        if (const std::string damage = home_.verify(); !damage.empty()) faults.push_back(damage);
        json worst = json::object();
        for (const auto& finding : observer_.findings()) {
            worst[finding.rule] = {{"worst_s", finding.worst_s},
                                   {"allowed_s", finding.allowed_s},
                                   {"exceeded", finding.exceeded}};
            if (finding.exceeded > 0)
                faults.push_back(fmt::format("{}: {} times, {:.0f} s at worst", finding.rule,
                                             finding.exceeded, finding.worst_s));
        }
        std::cout << json{{"minutes", options_.minutes},
                          {"speed", options_.speed},
                          {"seed", options_.seed},
                          {"troubles", count_},
                          {"looks", observer_.looks()},
                          {"unsafe", worst},
                          {"memory_growth_kib", growth_.worst_kib},
                          {"file_growth", growth_.worst_files},
                          {"end_s", end_s},
                          {"faults", faults}}
                         .dump()
                  << std::endl;
        for (const std::string& fault : faults) std::cerr << "FAILED: " << fault << '\n';
        return faults.empty() ? 0 : 1;
    }

    Options options_;
    std::mt19937_64 random_;
    Stopwatch watch_;
    Known known_;
    Home home_;
    Troubles troubles_;
    Observer observer_;
    Growth growth_;
    std::ofstream csv_;
    std::vector<Running> running_;
    std::string now_;
    int count_{0};
};

}  // namespace
}  // namespace bitgrid::faults

int main(int argc, char** argv) {
    bitgrid::faults::Options options;
    CLI::App app{
        "A home lives on while one trouble after the other is drawn; watched from outside."};
    app.add_option("--minutes", options.minutes, "of this machine")->check(CLI::PositiveNumber);
    app.add_option("--speed", options.speed, "seconds of the house in a real one")
        ->check(CLI::PositiveNumber);
    app.add_option("--seed", options.seed, "draws the same troubles again");
    app.add_option("--csv", options.csv, "file for memory and open files, second by second");
    CLI11_PARSE(app, argc, argv);
    return bitgrid::faults::Soak{options}.run();
}
