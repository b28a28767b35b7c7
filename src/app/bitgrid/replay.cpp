#include "research/replay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <thread>

#include "app/bitgrid/kpi_file.hpp"
#include "app/bitgrid/looking.hpp"
#include "app/bitgrid/opened_export.hpp"
#include "app/bitgrid/replay_home.hpp"
#include "app/bitgrid/replay_teller.hpp"
#include "app/config_history.hpp"
#include "archive/cold_store.hpp"
#include "archive/datasets.hpp"
#include "ops/config_folder.hpp"
#include "research/quick_replay.hpp"
#include "wire/bounded_json.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::app {
namespace {

using Json = nlohmann::json;
using SteadyClock = std::chrono::steady_clock;

constexpr int kRows = 500;           // read at once
constexpr std::size_t kFiles = 64;   // read at once
constexpr double kMostPauseS = 600;  // a gap in the records is no reason to wait for days
constexpr std::int64_t kGateDays = 30;
constexpr std::int64_t kDayMs = 86'400'000;

struct Options {
    Looking look;
    Period period;
    std::string load;
    std::string config;
    std::string speed{"max"};
    bool is_gate{false};
    bool is_full{false};
    std::string file;
    std::string identity;
    std::string kpi;
    HomeOptions home;
    std::string schedule;
};

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

core::UnixTime start_of(const std::string& day) {
    const auto time = wire::parse_time(day + "T00:00");
    return time ? *time : core::UnixTime{};
}

class ReplayVerb {
public:
    explicit ReplayVerb(const Options& o)
        : o_{o},
          teller_{o.look, o.config},
          configs_{archive::Places{o.look.data}.configs, agreement(o)} {}

    int run() {
        if (o_.speed != "max") {
            times_ = times_of(o_.speed);
            if (!times_)
                return refuse(kUsage, "--speed: found \"" + o_.speed +
                                          "\"; allowed is a number from 1 to 1000000, or max");
        }
        if (const int code = read_query(); code != kOk) return code;
        if (const int code = read_other_rules(); code != kOk) return code;
        if (!o_.file.empty()) return replay_export();
        auto cold = archive::ColdStore::open(o_.look.data);
        if (!cold) return refuse(kUnavailable, cold.error().what);
        auto journal = store::JournalReader::open(o_.look.database());
        if (!journal && cold->sealed_through() == 0)
            return refuse(kUnavailable, journal.error().what);
        const auto done = replay_all(*cold, journal ? &*journal : nullptr);
        if (!done) return refuse(kUnavailable, done.error().what);
        if (const auto written = write_figures(); !written)
            return refuse(kUnavailable, written.error().what);
        return teller_.conclude(std::chrono::duration<double>{SteadyClock::now() - began_}.count());
    }

private:
    struct Changed {
        std::int64_t sequence{};
        core::UnixTime time;
    };

    static Agreement agreement(const Options& o) {
        return o.is_gate ? Agreement::Text : Agreement::Version;
    }

    // As they were recorded: other rules lived through no other day, `compare` does that.
    core::Result<void> write_figures() {
        if (o_.kpi.empty()) return {};
        auto reader = PastReader::open(
            o_.look.data, {"36500d", o_.is_gate ? wire::time_text(query_.since) : o_.period.since,
                           o_.period.until});
        if (!reader) return reader.error();
        auto past = judged_journal(*reader);
        if (!past) return past.error();
        judge(*past, std::nullopt);
        return write_kpi_file(o_.kpi, *past);
    }

    // With nothing but the file.
    int replay_export() {
        if (o_.is_full || o_.is_gate || times_ || !o_.kpi.empty())
            return refuse(kUsage,
                          "an export has columns, no full texts: --full, --gate, --speed and "
                          "--kpi do not go with it");
        const auto bundle = open_export(o_.file, {}, o_.identity);
        if (!bundle) return refuse_export(o_.file, bundle.error());
        const auto files = bundle->files("decisions");
        if (files.empty())
            return refuse(kBadInput, o_.file + ": it holds no decisions (scope timeline)");
        if (bundle->files("config").empty())
            return refuse(kBadInput, o_.file + ": it holds no configurations (scope config)");
        configs_ = ConfigHistory{bundle->configs()};
        auto duckdb = archive::Duckdb::open({2, 256});
        if (!duckdb) return refuse(kUnavailable, duckdb.error().what);
        const auto read = replay_columns(*duckdb, files, {query_.since, query_.until, query_.load});
        if (!read) return refuse(kUnavailable, read.error().what);
        for (const Changed& changed : std::exchange(changed_, {})) tell_bare(changed);
        return teller_.conclude(std::chrono::duration<double>{SteadyClock::now() - began_}.count());
    }

    void tell_bare(const Changed& changed) {
        teller_.tell({"#" + std::to_string(changed.sequence),
                      wire::time_text(changed.time),
                      {},
                      {},
                      {},
                      Json::array()});
    }

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

    core::Result<void> replay_all(const archive::ColdStore& cold, store::JournalReader* journal) {
        if (journal != nullptr)
            if (const auto read = read_configurations(*journal); !read) return read;
        if (o_.is_gate)
            if (const auto set = go_back_from_newest(cold, journal); !set) return set;
        if (const auto end = replay_cold(cold); !end) return end;
        if (journal == nullptr) return {};
        return replay_hot(*journal, cold.sealed_through());
    }

    // A configuration that cannot be made usable any more is no trouble before a decision needs it.
    core::Result<void> read_configurations(store::JournalReader& journal) {
        const auto events = journal.configurations();
        if (!events) return events.error();
        for (const ports::StoredEvent& event : *events) (void)configs_.learn(event.json, false);
        return {};
    }

    core::Result<void> go_back_from_newest(const archive::ColdStore& cold,
                                           store::JournalReader* journal) {
        core::UnixTime newest{};
        if (!cold.heads().seals.empty()) newest = start_of(cold.heads().seals.back().day);
        if (journal != nullptr) {
            ports::HistoryQuery last;
            last.limit = 1;
            const auto rows = journal->find(last);
            if (!rows) return rows.error();
            for (const ports::StoredEvent& row : *rows)
                if (const auto json = wire::parse_json(row.json))
                    if (const auto time = wire::parse_time(json->value("time", "")))
                        newest = std::max(newest, *time);
        }
        query_.since = newest + -kGateDays * kDayMs;
        return {};
    }

    // --- what is sealed ---

    core::Result<void> replay_cold(const archive::ColdStore& cold) {
        const archive::Stretch stretch{query_.since, query_.until, query_.load};
        const bool is_quick = !o_.is_full && !times_;
        const auto files = cold.files(is_quick ? "decisions" : "events", stretch);
        if (files.empty()) return {};
        auto duckdb = archive::Duckdb::open({2, 256});
        if (!duckdb) return duckdb.error();
        const std::span<const std::string> all{files};
        for (std::size_t at = 0; at < all.size(); at += kFiles) {
            const auto some = all.subspan(at, std::min(kFiles, all.size() - at));
            const auto read = is_quick ? replay_columns(*duckdb, some, stretch)
                                       : replay_texts(*duckdb, some, stretch);
            if (!read) return read;
            if (const auto told = tell_changed(*duckdb, cold); !told) return told;
        }
        return {};
    }

    core::Result<void> replay_columns(archive::Duckdb& duckdb, std::span<const std::string> files,
                                      const archive::Stretch& stretch) {
        return archive::read_parquet<wire::DecisionRow>(
            duckdb, files, [this](wire::DecisionRow& row) { take_row(row); },
            archive::ColdStore::condition(stretch));
    }

    void take_row(const wire::DecisionRow& row) {
        teller_.count();
        const auto recorded = config_named(row.config_version);
        if (!recorded) return teller_.tell_unknown(row.seq, recorded.error());
        const auto now = other_ ? research::quick_replay(row, **recorded, *other_)
                                : research::quick_replay(row, **recorded);
        if (!now) return teller_.tell_unknown(row.seq, now.error());
        if (!now->is_same) changed_.push_back({row.seq, row.time});
    }

    // The texts of what changed, to show it side by side.
    core::Result<void> tell_changed(archive::Duckdb& duckdb, const archive::ColdStore& cold) {
        for (const Changed& changed : std::exchange(changed_, {})) {
            if (!teller_.shows_more()) {
                teller_.tell({});
                continue;
            }
            const auto files = cold.files("events", {changed.time, changed.time, {}});
            bool is_told = false;
            const auto read = archive::read_parquet<wire::EventRow>(
                duckdb, files,
                [&](wire::EventRow& event) {
                    const auto replayed = again(event.canonical);
                    if (replayed) teller_.tell(difference_of(*replayed));
                    is_told = is_told || replayed.has_value();
                },
                "seq = " + std::to_string(changed.sequence));
            if (!read) return read;
            if (!is_told) tell_bare(changed);
        }
        return {};
    }

    core::Result<void> replay_texts(archive::Duckdb& duckdb, std::span<const std::string> files,
                                    const archive::Stretch& stretch) {
        return archive::read_parquet<wire::EventRow>(
            duckdb, files, [this](wire::EventRow& event) { take_text(event.seq, event.canonical); },
            archive::ColdStore::condition(stretch) + " AND type = 'DecisionEvent'");
    }

    // --- what is not sealed yet ---

    core::Result<void> replay_hot(store::JournalReader& journal, std::int64_t after) {
        for (;;) {
            const auto rows = journal.decisions_after(after, query_);
            if (!rows) return rows.error();
            if (rows->empty()) return {};
            for (const ports::StoredEvent& row : *rows) take_text(row.sequence, row.json);
            after = rows->back().sequence;
        }
    }

    void take_text(std::int64_t sequence, const std::string& text) {
        teller_.count();
        const auto replayed = again(text);
        if (replayed && times_) show_at_its_time(replayed->recorded);
        if (!replayed) return teller_.tell_unknown(sequence, replayed.error());
        const bool is_same = other_ ? is_same_choice(*replayed) : replayed->is_same;
        if (!is_same) teller_.tell(difference_of(*replayed));
    }

    core::Result<research::Replayed> again(const std::string& text) {
        if (other_) return research::replay(text, *other_);
        const auto config = config_named(config_version_of(text));
        if (!config) return config.error();
        return research::replay(text, **config);
    }

    core::Result<const core::Config*> config_named(const std::string& version) {
        if (version != last_version_) {
            last_config_ = configs_.find(version);
            last_version_ = version;
        }
        return last_config_;
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

    const Options& o_;
    ReplayTeller teller_;
    ConfigHistory configs_;
    const SteadyClock::time_point began_{SteadyClock::now()};
    std::optional<double> times_;  ///< as fast as life; none: as fast as it goes
    std::optional<core::Config> other_;
    std::optional<core::UnixTime> last_;
    ports::HistoryQuery query_;
    std::string last_version_;
    core::Result<const core::Config*> last_config_{
        core::Error{core::ErrorCode::NotFound, "it names no configuration"}};
    std::vector<Changed> changed_;
};

// A table of sun and house, in the place of a recorded past.
int run_home(const Options& o) {
    if (o.is_full || o.is_gate || o.speed != "max" || !o.load.empty())
        return refuse(kUsage,
                      "a home has rows, no recorded decisions: --full, --gate, --speed and --load "
                      "do not go with it");
    ReplayHome home{o.look, o.home, o.schedule, o.kpi};
    home.home.home = o.file;
    home.home.config = o.config;
    home.home.from = o.period.since;
    home.home.to = o.period.until;
    try {
        return replay_home(home);
    } catch (const Refusal& refusal) {
        return refuse(refusal.exit_code, refusal.what);
    }
}

}  // namespace

void add_replay(CLI::App& app, int& exit_code) {
    auto* verb = app.add_subcommand(
        "replay",
        "Decide the recorded past again: the same to the byte, or exit 1 names what differs");
    const auto o = std::make_shared<Options>();
    verb->add_option("FILE", o->file,
                     "instead of the recorded past of --data: an export, or a home as `simulate` "
                     "reads it (.csv, .csv.gz)");
    verb->add_option("--identity", o->identity, "file with the age key of an encrypted export");
    o->look.add_to(*verb);
    o->period.add_to(*verb);
    verb->add_option("--load", o->load, "only this load");
    verb->add_option("--config", o->config,
                     "rules of this folder instead of those of the day: what they would have "
                     "said in each recorded moment");
    verb->add_option("--speed", o->speed, "times as fast as life, each decision told; or max")
        ->capture_default_str();
    verb->add_flag("--gate", o->is_gate,
                   "the last 30 recorded days: would this program decide as they were decided?");
    verb->add_flag(
        "--full", o->is_full,
        "of sealed days, too, the whole text: what would have changed it, and the words");
    verb->add_option("--kpi", o->kpi, "write the figures of the same days to this file, JSON");
    verb->add_option("--schedule", o->schedule,
                     "with a home: what was decided for it, as `simulate --out` writes it");
    verb->add_option("--preset", o->home.preset,
                     "with a home, unless there is a --config: surplus, battery-first")
        ->capture_default_str();
    o->home.add_battery(*verb);
    o->home.add_world(*verb);
    verb->callback([o, &exit_code] {
        exit_code = is_home_file(o->file) ? run_home(*o) : ReplayVerb{*o}.run();
    });
}

}  // namespace bitgrid::app
