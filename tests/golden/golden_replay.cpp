// Decides a recording again and lives through days that are made up by whole numbers, and writes
// every result down: on each machine the same bytes. Links nothing but the rules and what writes
// them down, so that it can be built for another machine with its compiler alone; see scripts/soak
// arm64.
//   golden_replay <recording.jsonl >results
// A line of the recording is {"version", "config"} or a decision as the journal has it, without its
// words. Exit 1 names each decision that is not the recorded one, on standard error.
#include <cstdio>
#include <iostream>
#include <map>

#include "core/rule_config_fields.hpp"
#include "research/replay.hpp"
#include "research/simulate.hpp"
#include "wire/case_json.hpp"
#include "wire/decision_json.hpp"
#include "wire/packed.hpp"

using namespace bitgrid;
using Json = nlohmann::json;

namespace {

/// Visitor for describe(): takes the values of one file of a recorded configuration.
struct ConfigTaker {
    const Json& values;

    void operator()(const char* key, std::string& out, const char*) {
        out = values.at(key).get<std::string>();
    }
    void operator()(const char* key, bool& out, const char*) { out = values.at(key).get<bool>(); }
    void operator()(const char* key, int& out, core::Range, const char*) {
        out = values.at(key).get<int>();
    }
    template <class Number>
    void operator()(const char* key, Number& out, core::Range, const char*) {
        out = Number{values.at(key).get<double>()};
    }
    template <class Number>
    void operator()(const char* key, std::optional<Number>& out, core::Range, const char*) {
        out.reset();
        if (!values.at(key).is_null()) out = Number{values.at(key).get<double>()};
    }
    template <class Enum>
    void choice(const char* key, Enum& out, std::initializer_list<const char*> words, const char*) {
        int index = 0;
        for (const char* word : words) {
            if (values.at(key) == word) out = static_cast<Enum>(index);
            ++index;
        }
    }
};

template <class Part>
void take(const Json& values, Part& part) {
    ConfigTaker taker{values};
    core::describe(taker, part);
}

core::Config config_of(const Json& files) {
    core::Config config;
    take(files.at("site.yaml"), config.site);
    take(files.at("rules.yaml"), config.rules);
    take(files.at("policy.yaml"), config.policy);
    config.loads.clear();
    for (const Json& load : files.at("loads.yaml")) {
        config.loads.emplace_back();
        take(load, config.loads.back());
    }
    return config;
}

void print_hex(const std::string& bytes) {
    for (const char byte : bytes) std::printf("%02x", static_cast<unsigned char>(byte));
    std::printf("\n");
}

/// Decides what was recorded again.
class Recording {
public:
    void line(const std::string& text) {
        const Json json = Json::parse(text);
        if (json.contains("config")) {
            configs_[json.at("version").get<std::string>()] = config_of(json.at("config"));
            return;
        }
        const core::Config& config = configs_.at(json.at("config_version").get<std::string>());
        const auto replayed = research::replay(text, config);
        if (!replayed) return differs(json, replayed.error().what);
        std::printf("%s\n", replayed->now.dump().c_str());
        if (!replayed->is_same)
            for (const std::string& path : research::differences(*replayed)) differs(json, path);
        const auto found = wire::case_from_json(json, config);
        if (!found) return differs(json, found.error().what);
        const wire::Moment moment{found->made_of.state, found->made_of.memory};
        const wire::Packed packed = wire::pack(moment);
        print_hex(packed.bytes);
        const auto back = wire::unpack(packed.bytes);
        if (!back || !(*back == moment)) differs(json, "what was packed is not what comes back");
        ++decisions_;
    }
    const std::map<std::string, core::Config>& configs() const { return configs_; }
    int decisions() const { return decisions_; }
    int different() const { return different_; }

private:
    void differs(const Json& decision, const std::string& what) {
        std::fprintf(stderr, "%s %s: %s\n", decision.value("time", "").c_str(),
                     decision.value("load_id", "").c_str(), what.c_str());
        ++different_;
    }

    std::map<std::string, core::Config> configs_;
    int decisions_{0};
    int different_{0};
};

/// Whole numbers that look random, the same everywhere.
class Chance {
public:
    std::int64_t below(std::int64_t most) {
        state_ = state_ * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
        return static_cast<std::int64_t>(state_ >> 33) % most;
    }

private:
    std::uint64_t state_{2026};
};

constexpr int kDays = 30;
constexpr int kBlocksOfDay = 144;

research::RecordedHome made_up_home() {
    research::RecordedHome home;
    Chance chance;
    constexpr std::int64_t kBegin = 1'780'272'000'000;  // 2026-06-01
    for (int i = 0; i < kDays * kBlocksOfDay; ++i) {
        const int of_day = i % kBlocksOfDay;
        const int from_noon = of_day < 72 ? 72 - of_day : of_day - 72;
        const int cloud_pct = i / kBlocksOfDay % 3 == 0 ? 20 : 85;
        const std::int64_t sun_w = from_noon < 45 ? (45 - from_noon) * 180 : 0;
        home.times.push_back({kBegin + i * home.row_ms});
        home.pv_w.push_back(static_cast<double>(sun_w * cloud_pct * (60 + chance.below(60))) /
                            9'700);
        home.house_w.push_back(250 + static_cast<double>(chance.below(14'000)) / 7);
    }
    return home;
}

research::HeldSeries made_up_prices(const research::RecordedHome& home) {
    std::vector<double> ct;
    Chance chance;
    for (std::size_t i = 0; i < home.times.size(); ++i)
        ct.push_back(static_cast<double>(chance.below(3'600)) / 97);
    return {home.times, std::move(ct), home.row_ms};
}

void live(const char* name, const research::Experiment& experiment,
          const research::RecordedHome& home) {
    std::printf("%s\n", name);
    for (const research::SimulatedRow& row : research::simulate(home, experiment)) {
        for (std::size_t l = 0; l < row.loads(); ++l)
            std::printf("%s %a ", std::string{core::name_of(row.load(l).code)}.c_str(),
                        row.load(l).load_w);
        std::printf("%a %a %a %a\n", row.flows.stored_kwh, row.flows.battery_w, row.flows.import_w,
                    row.flows.export_w);
    }
}

// The same days under rules that the recording did not have.
void live_all(const core::Config& recorded) {
    const research::RecordedHome home = made_up_home();
    research::Experiment as_recorded{recorded, {}, 60, made_up_prices(home), {}, core::kMaxLoads};
    live("as recorded", as_recorded, home);
    research::Experiment first{as_recorded};
    first.config.rules.battery_first = true;
    first.battery = {7.3, 3.1, 0.93};
    live("battery first", first, home);
    research::Experiment bands{as_recorded};
    bands.config.rules.strategy = core::Strategy::SocBand;
    live("bands", bands, home);
    research::Experiment none{as_recorded};
    none.battery.kwh = 0;
    none.price_ct_kwh = {};
    live("no battery", none, home);
}

}  // namespace

int main() try {
    Recording recording;
    for (std::string line; std::getline(std::cin, line);) recording.line(line);
    if (recording.configs().empty()) throw std::runtime_error{"no configuration"};
    live_all(recording.configs().begin()->second);
    std::fprintf(stderr, "%d decisions, %d differences\n", recording.decisions(),
                 recording.different());
    return recording.different() == 0 && recording.decisions() > 0 ? 0 : 1;
} catch (const std::exception& error) {
    std::fprintf(stderr, "golden_replay: %s\n", error.what());
    return 2;
}
