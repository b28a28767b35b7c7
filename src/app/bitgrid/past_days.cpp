#include "app/bitgrid/past_days.hpp"

#include <chrono>

#include "app/bitgrid/looking.hpp"
#include "app/recorded_config.hpp"
#include "wire/bounded_json.hpp"
#include "wire/past_from_event.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::app {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kDayMs = 86'400'000;
constexpr int kRows = 500;                                     // read at once
constexpr wire::JsonBounds kBounds{std::size_t{2} << 20, 32};  // a configuration is an event, too

std::string text_of(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

core::Result<core::UnixTime> time_of(const ports::StoredEvent& event) {
    const auto json = wire::parse_json(event.json, kBounds);
    if (!json) return json.error();
    return wire::parse_time(text_of(*json, "time"));
}

core::Error at(const ports::StoredEvent& event, const core::Error& error) {
    return {error.code, "event " + std::to_string(event.sequence) + ": " + error.what};
}

core::Result<wire::EventRow> event_row(const ports::StoredEvent& event, const Json& json) {
    const auto time = wire::parse_time(text_of(json, "time"));
    if (!time) return at(event, time.error());
    return wire::EventRow{event.sequence,
                          *time,
                          event.type,
                          text_of(json, "load_id"),
                          text_of(json, "decision_id"),
                          text_of(json, "decision_code"),
                          event.json,
                          event.prev_hash,
                          event.hash};
}

core::UnixTime midnight_of(core::UnixTime time) { return {time.ms / kDayMs * kDayMs}; }

}  // namespace

void PastOptions::add_to(CLI::App& verb) {
    auto* last = verb.add_option("--range", range, "the last time on record: 7d, 30d, 365d")
                     ->capture_default_str();
    verb.add_option("--since", since, "from then on: 2026-06-15, 2026-06-15T10:00Z, 36h, 7d")
        ->excludes(last);
    verb.add_option("--until", until, "up to then, not included");
}

core::Result<PastReader> PastReader::open(const std::string& database, const PastOptions& options) {
    auto journal = store::JournalReader::open(database);
    if (!journal) return journal.error();
    PastReader reader{std::move(*journal)};
    if (const auto found = reader.find_ends(options); !found) return found.error();
    if (const auto read = reader.read_configurations(); !read) return read.error();
    return reader;
}

core::Result<void> PastReader::find_ends(const PastOptions& options) {
    using namespace std::chrono;
    const core::UnixTime now{
        duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()};
    ports::HistoryQuery query;
    query.only_decisions = false;
    query.limit = 1;
    if (!options.until.empty()) {
        const auto until = read_moment(options.until, now);
        if (!until) return until.error();
        query.until = *until + -1;
    }
    const auto newest = journal_.find(query);
    if (!newest) return newest.error();
    const core::Error nothing{core::ErrorCode::NotFound, "nothing is recorded in that time"};
    if (newest->empty()) return nothing;
    const auto last = time_of(newest->front());
    if (!last) return last.error();
    stretch_.to = *last + 1;
    const auto since = options.since.empty() ? read_moment(options.range, stretch_.to)
                                             : read_moment(options.since, now);
    if (!since) return since.error();
    query.since = *since;
    const auto oldest = journal_.events_after(0, query);
    if (!oldest) return oldest.error();
    if (oldest->empty()) return nothing;
    const auto first = time_of(oldest->front());
    if (!first) return first.error();
    // A block that begins with the program itself cannot be decided any more.
    stretch_.from = *first + (oldest->front().type == "Started" ? 1 : 0);
    return {};
}

// One that cannot be made usable any more only leaves its days without the names of what they had.
core::Result<void> PastReader::read_configurations() {
    const auto events = journal_.configurations();
    if (!events) return events.error();
    for (const ports::StoredEvent& event : *events)
        if (auto recorded = recorded_config(event.json)) {
            newest_ = recorded->version;
            configs_[recorded->version] = std::move(recorded->config);
        }
    return {};
}

core::Config PastReader::config() const {
    const auto found = configs_.find(newest_);
    return found == configs_.end() ? core::Config{} : found->second;
}

research::KpiFacts PastReader::facts_for(const research::PastRows& rows) const {
    const auto found = rows.decisions.empty() ? configs_.end()
                                              : configs_.find(rows.decisions.back().config_version);
    research::KpiFacts facts =
        research::facts_of(found == configs_.end() ? config() : found->second);
    return found == configs_.end()
               ? research::KpiFacts{facts.block_ms, facts.min_runtime_blocks, {}}
               : facts;
}

core::Result<void> PastReader::take(PastDay& day, const ports::StoredEvent& event,
                                    bool with_decisions) {
    const auto json = wire::parse_json(event.json, kBounds);
    if (!json) return at(event, json.error());
    if (event.type == "DecisionEvent") {
        auto rows = wire::rows_of_decision(*json, event.sequence);
        if (!rows) return at(event, rows.error());
        day.rows.decisions.push_back(std::move(rows->decision));
        day.rows.states.push_back(std::move(rows->state));
        if (with_decisions) day.decisions.push_back(event.json);
        return {};
    }
    if (event.type == "EnergyPathDecided") {
        auto row = wire::value_row(*json, event.sequence);
        if (!row) return at(event, row.error());
        day.rows.values.push_back(std::move(*row));
        return {};
    }
    auto row = event_row(event, *json);
    if (!row) return row.error();
    day.rows.events.push_back(std::move(*row));
    return {};
}

core::Result<PastDay> PastReader::day_of(research::Stretch stretch, bool with_decisions) {
    PastDay day{midnight_of(stretch.from), {}, {}, stretch, {}};
    day.rows.has_events = true;
    ports::HistoryQuery query;
    query.since = stretch.from;
    query.until = stretch.to + -1;
    query.limit = kRows;
    // A clock that was put back left moments of one day behind those of the next.
    for (std::int64_t after = 0;;) {
        const auto events = journal_.events_after(after, query);
        if (!events) return events.error();
        if (events->empty()) break;
        for (const ports::StoredEvent& event : *events)
            if (const auto taken = take(day, event, with_decisions); !taken) return taken.error();
        after = events->back().sequence;
    }
    day.facts = facts_for(day.rows);
    return day;
}

core::Result<void> PastReader::read(const Take& take, bool with_decisions) {
    for (core::UnixTime from = stretch_.from; from < stretch_.to;) {
        const core::UnixTime to = std::min(midnight_of(from) + kDayMs, stretch_.to);
        const auto day = day_of({from, to}, with_decisions);
        if (!day) return day.error();
        if (const auto taken = take(*day); !taken) return taken;
        from = to;
    }
    return {};
}

}  // namespace bitgrid::app
