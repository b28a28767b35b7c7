#include "research/replay.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <iostream>
#include <map>
#include <memory>
#include <thread>

#include "app/bitgrid/looking.hpp"
#include "app/recorded_config.hpp"
#include "ops/config_folder.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::app {
namespace {

using Json = nlohmann::json;
using SteadyClock = std::chrono::steady_clock;

constexpr int kRows = 500;           // read at once
constexpr int kMostShown = 10;       // of those that differ, to people
constexpr double kMostPauseS = 600;  // a gap in the records is no reason to wait for days

struct Options {
    Looking look;
    Period period;
    std::string load;
    std::string config;
    std::string speed{"max"};
};

struct Words {
    const char* differs;
    const char* was;
    const char* now;
    const char* more;
    const char* same;
    const char* changed;
    const char* other_same;
    const char* other_changed;
    const char* unknown;
    const char* nothing;
};
constexpr Words kEnglish{
    "DIFFERENT",
    "recorded",
    "now",
    "… and {} more; --json lists all\n",
    "{0} decisions, with the configuration of their day: each the same to the byte ({1:.2f} s)\n",
    "{0} decisions, with the configuration of their day: {1} DIFFER ({2:.2f} s)\n",
    "{0} decisions with the rules of {2}: every one would have been the same ({1:.2f} s)\n",
    "{0} decisions with the rules of {3}: {1} would have been others ({2:.2f} s)\n",
    "cannot be replayed",
    "no decision fits"};
constexpr Words kGerman{
    "ANDERS",
    "aufgezeichnet",
    "jetzt",
    "… und {} weitere; --json nennt alle\n",
    "{0} Entscheidungen, mit der Konfiguration ihres Tages: jede auf das Byte gleich ({1:.2f} s)\n",
    "{0} Entscheidungen, mit der Konfiguration ihres Tages: {1} sind ANDERS ({2:.2f} s)\n",
    "{0} Entscheidungen mit den Regeln aus {2}: jede wäre gleich ausgefallen ({1:.2f} s)\n",
    "{0} Entscheidungen mit den Regeln aus {3}: {1} wären anders ausgefallen ({2:.2f} s)\n",
    "kann nicht wiederholt werden",
    "keine Entscheidung passt"};

// 60, 60x, or max: none.
std::optional<double> times_of(const std::string& speed) {
    std::size_t end = 0;
    try {
        const double times = std::stod(speed, &end);
        if (end < speed.size() && speed[end] == 'x') ++end;
        if (end == speed.size() && times >= 1 && times <= 1e6) return times;
    } catch (const std::exception&) {
    }
    return std::nullopt;
}

class Verb {
public:
    explicit Verb(const Options& o) : o_{o}, words_{o.look.is_german() ? kGerman : kEnglish} {}

    int run() {
        if (o_.speed != "max") {
            times_ = times_of(o_.speed);
            if (!times_)
                return refuse(kUsage, "--speed: found \"" + o_.speed +
                                          "\"; allowed is a number from 1 to 1000000, or max");
        }
        if (const int code = read_query(); code != kOk) return code;
        if (const int code = read_other_rules(); code != kOk) return code;
        auto journal = store::JournalReader::open(o_.look.database());
        if (!journal) return refuse(kUnavailable, journal.error().what);
        if (const int code = read_configurations(*journal); code != kOk) return code;
        if (const auto end = replay_all(*journal); !end)
            return refuse(kUnavailable, end.error().what);
        return conclude();
    }

private:
    int read_query() {
        query_.load = o_.load;
        query_.limit = kRows;
        const auto read = o_.period.read_into(query_);
        return read ? kOk : refuse(kUsage, read.error().what);
    }

    int read_other_rules() {
        if (o_.config.empty()) return kOk;
        auto config = ops::load_config(o_.config, ops::environment_of_process());
        if (!config) {
            std::cerr << ops::format(config.problems());
            return kBadConfig;
        }
        other_ = std::move(config).value();
        return kOk;
    }

    // A configuration that cannot be made usable any more is no trouble before a decision needs it.
    int read_configurations(store::JournalReader& journal) {
        if (other_) return kOk;
        const auto events = journal.configurations();
        if (!events) return refuse(kUnavailable, events.error().what);
        for (const ports::StoredEvent& event : *events) {
            auto recorded = recorded_config(event.json);
            if (recorded) configs_[recorded->version] = std::move(recorded->config);
            else config_fault_ = recorded.error().what;
        }
        return kOk;
    }

    core::Result<void> replay_all(store::JournalReader& journal) {
        for (std::int64_t after = 0;;) {
            const auto rows = journal.decisions_after(after, query_);
            if (!rows) return rows.error();
            if (rows->empty()) return {};
            for (const ports::StoredEvent& row : *rows) take(row);
            after = rows->back().sequence;
            if (isatty(STDERR_FILENO) == 1) std::cerr << fmt::format("\r{} ", decisions_);
        }
    }

    void take(const ports::StoredEvent& row) {
        ++decisions_;
        const auto replayed = again(row.json);
        if (replayed && times_) show_at_its_time(replayed->recorded);
        if (!replayed) return tell_unknown(row, replayed.error());
        const bool is_same = other_ ? is_same_choice(*replayed) : replayed->is_same;
        if (is_same) return;
        ++different_;
        tell_difference(*replayed);
    }

    core::Result<research::Replayed> again(const std::string& row) {
        if (other_) return research::replay(row, *other_);
        const std::string version = version_of(row);
        const auto config = configs_.find(version);
        if (config == configs_.end())
            return core::Error{core::ErrorCode::NotFound,
                               "its configuration " + version.substr(0, 12) +
                                   " is not in the journal" +
                                   (config_fault_.empty() ? "" : " (" + config_fault_ + ")")};
        return research::replay(row, config->second);
    }

    // Read again by whoever replays it; here it only has to be found.
    static std::string version_of(const std::string& row) {
        constexpr std::string_view kKey = "\"config_version\":\"";
        const std::size_t at = row.find(kKey);
        if (at == std::string::npos) return {};
        const std::size_t begin = at + kKey.size();
        return row.substr(begin, row.find('"', begin) - begin);
    }

    // With other rules every bound differs: what counts is what they would have done.
    static bool is_same_choice(const research::Replayed& r) {
        return r.recorded["decision_code"] == r.now["decision_code"] &&
               r.recorded["target_level"] == r.now["target_level"];
    }

    void show_at_its_time(const Json& decision) {
        const auto time = wire::parse_time(decision.value("time", ""));
        if (time && last_) {
            const double pause_s = static_cast<double>(*time - *last_) / 1000 / *times_;
            if (pause_s > 0)
                std::this_thread::sleep_for(
                    std::chrono::duration<double>{std::min(pause_s, kMostPauseS)});
        }
        if (time) last_ = *time;
        if (!o_.look.is_json)
            std::cout << fmt::format("{}  {:<10} {}\n", on_the_clock(decision.value("time", "")),
                                     decision.value("load_id", ""),
                                     decision["explain"][o_.look.key()].value("short", ""))
                      << std::flush;
    }

    void tell_unknown(const ports::StoredEvent& row, const core::Error& error) {
        ++unknown_;
        if (o_.look.is_json)
            std::cout << Json{{"sequence", row.sequence}, {"error", error.what}}.dump(
                             -1, ' ', false, Json::error_handler_t::replace)
                      << '\n';
        else if (unknown_ <= kMostShown)
            std::cout << fmt::format("#{}  {}: {}\n", row.sequence, words_.unknown, error.what);
    }

    void tell_difference(const research::Replayed& r) {
        if (!o_.look.is_json && different_ > kMostShown) return;
        Json changes = Json::array();
        for (const std::string& path : research::differences(r)) {
            const Json::json_pointer at{path};
            changes.push_back({{"path", path},
                               {"recorded", r.recorded.value(at, Json{})},
                               {"now", r.now.value(at, Json{})}});
        }
        const std::string id = r.recorded.value("decision_id", "");
        if (o_.look.is_json) {
            std::cout << Json{{"decision_id", id},
                              {"time", r.recorded.value("time", "")},
                              {"load_id", r.recorded.value("load_id", "")},
                              {"recorded_code", r.recorded.value("decision_code", "")},
                              {"code", r.now.value("decision_code", "")},
                              {"changes", std::move(changes)}}
                             .dump()
                      << '\n';
            return;
        }
        std::cout << fmt::format("{}  {}  {}  {}\n", words_.differs,
                                 on_the_clock(r.recorded.value("time", "")),
                                 r.recorded.value("load_id", ""), id);
        if (other_)
            return tell_change("decision_code", r.recorded.value("decision_code", ""),
                               r.now.value("decision_code", ""));
        for (const Json& change : changes)
            tell_change(change["path"].get<std::string>().substr(1), change["recorded"].dump(),
                        change["now"].dump());
    }

    void tell_change(const std::string& what, const std::string& was, const std::string& now) {
        std::cout << fmt::format("  {:<28} {} {}\n  {:<28} {} {}\n", what, words_.was, was, "",
                                 words_.now, now);
    }

    int conclude() {
        if (isatty(STDERR_FILENO) == 1) std::cerr << '\r';
        const double took_s = std::chrono::duration<double>{SteadyClock::now() - began_}.count();
        const bool is_good = different_ == 0 && unknown_ == 0;
        if (o_.look.is_json) {
            std::cout << Json{{"decisions", decisions_},
                              {"different", different_},
                              {"not_replayed", unknown_},
                              {"same", decisions_ - different_ - unknown_}}
                             .dump()
                      << '\n';
        } else if (decisions_ == 0) {
            std::cerr << "bitgrid: " << words_.nothing << '\n';
        } else {
            if (different_ > kMostShown)
                std::cout << fmt::format(fmt::runtime(words_.more), different_ - kMostShown);
            tell_sum(took_s);
        }
        return is_good ? kOk : kNo;
    }

    void tell_sum(double took_s) const {
        const int others = different_ + unknown_;
        const char* sum = other_        ? others == 0 ? words_.other_same : words_.other_changed
                          : others == 0 ? words_.same
                                        : words_.changed;
        std::cout << (others == 0
                          ? fmt::format(fmt::runtime(sum), decisions_, took_s, o_.config)
                          : fmt::format(fmt::runtime(sum), decisions_, others, took_s, o_.config));
    }

    const Options& o_;
    const Words& words_;
    const SteadyClock::time_point began_{SteadyClock::now()};
    std::optional<double> times_;  ///< as fast as life; none: as fast as it goes
    std::optional<core::Config> other_;
    std::optional<core::UnixTime> last_;
    ports::HistoryQuery query_;
    std::map<std::string, core::Config> configs_;
    std::string config_fault_;
    int decisions_{0}, different_{0}, unknown_{0};
};

}  // namespace

void add_replay(CLI::App& app, int& exit_code) {
    auto* verb = app.add_subcommand(
        "replay",
        "Decide the recorded past again: the same to the byte, or exit 1 names what differs");
    const auto o = std::make_shared<Options>();
    o->look.add_to(*verb);
    o->period.add_to(*verb);
    verb->add_option("--load", o->load, "only this load");
    verb->add_option("--config", o->config,
                     "rules of this folder instead of those of the day: what they would have "
                     "said in each recorded moment");
    verb->add_option("--speed", o->speed, "times as fast as life, each decision told; or max")
        ->capture_default_str();
    verb->callback([o, &exit_code] { exit_code = Verb{*o}.run(); });
}

}  // namespace bitgrid::app
