#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/bitgrid/looking.hpp"
#include "app/bitgrid/past_days.hpp"
#include "app/config_history.hpp"
#include "archive/retention.hpp"
#include "archive/sealer.hpp"
#include "files/whole_file.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::app {
namespace {

using Json = nlohmann::json;

constexpr int kRowsAtOnce = 1'000;
constexpr std::size_t kMostRows = 20'000;  // in one sealing, so that memory stays bounded
constexpr std::int64_t kDayMs = 86'400'000;
constexpr int kLeastPriority = 19;  // whatever the house needs goes first

struct Words {
    const char* sealed;
    const char* nothing;
    const char* unreadable;
    const char* given_up;
};
constexpr Words kEnglish{"{}  events {} to {} sealed, head {}\n",
                         "nothing to seal: the newest sealed event is {}\n",
                         "kept in events alone: {}\n", "{} files given up ({})\n"};
constexpr Words kGerman{"{}  Ereignisse {} bis {} versiegelt, Kopf {}\n",
                        "nichts zu versiegeln: das neueste versiegelte Ereignis ist {}\n",
                        "nur in events behalten: {}\n", "{} Dateien gelöscht ({})\n"};

core::UnixTime system_time() {
    return {std::chrono::duration_cast<std::chrono::milliseconds>(
                std::chrono::system_clock::now().time_since_epoch())
                .count()};
}

class SealVerb {
public:
    SealVerb(Looking look, std::string until, archive::Retention retention)
        : look_{std::move(look)},
          until_{std::move(until)},
          retention_{retention},
          configs_{archive::Places{look_.data}.configs} {}

    int run() {
        setpriority(PRIO_PROCESS, 0, kLeastPriority);
        core::UnixTime end{now_.ms / kDayMs * kDayMs};  // today is not over
        if (!until_.empty()) {
            const auto read = read_moment(until_, now_);
            if (!read) return refuse(kUsage, read.error().what);
            end = *read;
        }
        auto journal = store::JournalReader::open(look_.database());
        if (!journal) return refuse(kUnavailable, journal.error().what);
        auto sealer = archive::Sealer::open(look_.data);
        if (!sealer) return refuse(exit_of(sealer.error()), sealer.error().what);
        auto done = seal_all(*journal, *sealer, end);
        if (done) done = give_up(*sealer);
        const auto kept = keep_report(*sealer, done);
        if (!done) return refuse(exit_of(done.error()), done.error().what);
        if (!kept) return refuse(kUnavailable, kept.error().what);
        if (seals_ == 0 && !look_.is_json)
            std::cout << fmt::format(fmt::runtime(words().nothing), sealer->sealed_through());
        return kOk;
    }

private:
    const Words& words() const { return look_.is_german() ? kGerman : kEnglish; }

    static int exit_of(const core::Error& error) {
        return error.code == core::ErrorCode::Damaged ? kNo : kUnavailable;
    }

    core::Result<void> seal_all(store::JournalReader& journal, archive::Sealer& sealer,
                                core::UnixTime end) {
        if (const auto read = read_configs(journal); !read) return read;
        const auto last = journal.last_before(end);
        if (!last) return last.error();
        while (sealer.sealed_through() < *last) {
            auto run = next_run(journal, sealer.sealed_through(), *last);
            if (!run) return run.error();
            if (const auto sealed = seal(sealer, std::move(*run)); !sealed) return sealed;
        }
        return {};
    }

    core::Result<void> read_configs(store::JournalReader& journal) {
        const auto events = journal.configurations();
        if (!events) return events.error();
        for (const ports::StoredEvent& event : *events)
            // One that cannot be read any more is sealed like every event; its decisions, too.
            if (const auto learnt = configs_.learn(event.json, true);
                !learnt && learnt.error().code == core::ErrorCode::Unavailable)
                return learnt;
        return {};
    }

    // Events of one day that follow on `after`, up to `last`.
    core::Result<std::vector<wire::EventRow>> next_run(store::JournalReader& journal,
                                                       std::int64_t after, std::int64_t last) {
        std::vector<wire::EventRow> run;
        while (run.size() < kMostRows) {
            auto rows = journal.rows_after(run.empty() ? after : run.back().seq, kRowsAtOnce);
            if (!rows) return rows.error();
            for (wire::EventRow& row : *rows) {
                const bool is_next_day =
                    !run.empty() && archive::day_of(row.time) != archive::day_of(run.front().time);
                if (row.seq > last || is_next_day || run.size() == kMostRows) return run;
                run.push_back(std::move(row));
            }
            if (rows->empty()) break;
        }
        if (run.empty())
            return core::Error{core::ErrorCode::Damaged,
                               "event " + std::to_string(after + 1) + " is missing in the journal"};
        return run;
    }

    core::Result<void> seal(archive::Sealer& sealer, std::vector<wire::EventRow> run) {
        const std::string day = archive::day_of(run.front().time);
        const std::int64_t first = run.front().seq;
        const archive::Sealer::Makers makers{
            [this](const Json& decision) { return inputs_of(configs_, decision); },
            [&](const archive::DayRows& rows) { return kpis_of(sealer, rows); }};
        const auto unreadable = sealer.seal(std::move(run), makers, now_);
        if (!unreadable) return unreadable.error();
        ++seals_;
        const std::string head = crypto::hex(sealer.heads().head());
        if (look_.is_json)
            std::cout << Json{{"day", day},
                              {"first", first},
                              {"last", sealer.sealed_through()},
                              {"head", head},
                              {"unreadable", *unreadable}}
                             .dump(-1, ' ', false, Json::error_handler_t::replace)
                      << std::endl;
        else
            std::cout << fmt::format(fmt::runtime(words().sealed), day, first,
                                     sealer.sealed_through(), head)
                      << std::flush;
        if (!look_.is_json && !unreadable->empty())
            std::cout << fmt::format(fmt::runtime(words().unreadable), *unreadable);
        return {};
    }

    core::Result<void> give_up(archive::Sealer& sealer) {
        const archive::Places places{look_.data};
        std::error_code error;
        const auto disk = std::filesystem::space(places.parquet, error);
        if (error) return {};  // nobody knows: nothing is given up
        const auto size_of = [&](const std::string& path) {
            std::error_code none;
            const auto size = std::filesystem::file_size(places.parquet + "/" + path, none);
            return none ? std::int64_t{0} : static_cast<std::int64_t>(size);
        };
        const archive::DiskRoom room{static_cast<std::int64_t>(disk.available),
                                     static_cast<std::int64_t>(disk.capacity)};
        for (const archive::ToGiveUp& file :
             archive::what_may_go(sealer.heads(), retention_, now_, room, size_of)) {
            const auto gone = sealer.give_up(file.path, file.why, now_);
            if (!gone) return gone;
            ++given_up_;
            why_ = file.why;
        }
        if (given_up_ > 0 && !look_.is_json)
            std::cout << fmt::format(fmt::runtime(words().given_up), given_up_, why_);
        return {};
    }

    // Blocks are expected from the first record on, then of whole days; of a day that is sealed
    // already, they were counted with its first part.
    research::Stretch stretch_of(const archive::Sealer& sealer,
                                 const std::vector<wire::EventRow>& events) const {
        const core::UnixTime midnight{events.front().time.ms / kDayMs * kDayMs};
        const auto& seals = sealer.heads().seals;
        const std::string day = archive::day_of(midnight);
        const bool is_late =
            std::ranges::any_of(seals, [&](const archive::Seal& seal) { return seal.day == day; });
        if (is_late) return {midnight, midnight};
        return {seals.empty() ? events.front().time : midnight, midnight + kDayMs};
    }

    std::vector<wire::KpiRow> kpis_of(const archive::Sealer& sealer, const archive::DayRows& rows) {
        research::PastRows past{rows.decisions, {}, rows.values, {}, true};
        for (const wire::StateRow& state : rows.states)  // the figures are made of blocks
            if (state.trigger != wire::kMinuteTrigger) past.states.push_back(state);
        for (const wire::EventRow& event : rows.events)
            if (event.type != "DecisionEvent" && event.type != "EnergyPathDecided" &&
                event.type != "MinutesMeasured")
                past.events.push_back(event);
        research::KpiFacts facts = research::facts_of(core::Config{});
        facts.loads.clear();
        if (!rows.decisions.empty())
            if (const auto config = configs_.find(rows.decisions.back().config_version))
                facts = research::facts_of(**config);
        return kpi_rows_of(past, facts, stretch_of(sealer, rows.events));
    }

    // What the daemon asks for after us: how far it may prune, and what went wrong.
    core::Result<void> keep_report(const archive::Sealer& sealer, const core::Result<void>& done) {
        const Json report{{"schema", "archive/1"},
                          {"time", wire::time_text(now_)},
                          {"sealed_through", sealer.sealed_through()},
                          {"head", crypto::hex(sealer.heads().head())},
                          {"given_up", given_up_},
                          {"why", why_},
                          {"trouble", done ? "" : done.error().what}};
        return files::write_whole(
            look_.data + "/archive.json",
            report.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n",
            {".unfinished", 0644});
    }

    Looking look_;
    std::string until_;
    archive::Retention retention_;
    ConfigHistory configs_;
    core::UnixTime now_{system_time()};
    int seals_{0};
    int given_up_{0};
    std::string why_;  ///< of the newest that was given up
};

}  // namespace

void add_seal(CLI::App& app, int& exit_code) {
    auto* verb = app.add_subcommand(
        "seal", "Move finished days into signed Parquet files; the daemon does it by itself");
    struct Options {
        Looking look;
        std::string until;
        archive::Retention retention;
        std::int64_t archive_mb{20'000};
    };
    const auto o = std::make_shared<Options>();
    o->look.add_to(*verb);
    verb->add_option("--until", o->until,
                     "seal what is older: a day or a moment, UTC; default: today");
    verb->add_option("--keep-years", o->retention.keep_years,
                     "years to keep decisions and events; states for half of it")
        ->check(CLI::Range(1, 100))
        ->capture_default_str();
    verb->add_option("--keep-words-days", o->retention.keep_words_days,
                     "days to keep the explanations")
        ->check(CLI::Range(1, 36'500))
        ->capture_default_str();
    verb->add_option("--archive-mb", o->archive_mb, "most that the files may take, MB")
        ->check(CLI::Range(10, 10'000'000))
        ->capture_default_str();
    verb->callback([=, &exit_code] {
        o->retention.most_bytes = o->archive_mb * 1'000'000;
        exit_code = SealVerb{o->look, o->until, o->retention}.run();
    });
}

}  // namespace bitgrid::app
