#include "store/journal_reader.hpp"

#include <algorithm>
#include <limits>

#include "store/chain.hpp"

namespace bitgrid::store {
namespace {

constexpr int kMostRows = 1'000;

constexpr const char* kByRange =
    "SELECT seq, type, body, prev_hash, hash FROM journal"
    " WHERE seq < ?1 AND time_ms >= ?2 AND time_ms <= ?3"
    " AND (?4 IS NULL OR load_id = ?4) AND (?5 IS NULL OR substr(code, 1, length(?5)) = ?5)"
    " AND (NOT ?6 OR type = 'DecisionEvent') ORDER BY seq DESC LIMIT ?7";
constexpr const char* kByDecision =
    "SELECT seq, type, body, prev_hash, hash FROM journal WHERE decision_id = ?1";

constexpr const char* kOnwards =
    "SELECT seq, type, body, prev_hash, hash FROM journal"
    " WHERE seq > ?1 AND time_ms >= ?2 AND time_ms <= ?3 AND (?4 IS NULL OR load_id = ?4)"
    " AND type = 'DecisionEvent' ORDER BY seq LIMIT ?5";
constexpr const char* kAllOnwards =
    "SELECT seq, type, body, prev_hash, hash FROM journal"
    " WHERE seq > ?1 AND time_ms >= ?2 AND time_ms <= ?3 AND (?4 IS NULL OR load_id = ?4)"
    " ORDER BY seq LIMIT ?5";
constexpr const char* kConfigurations =
    "SELECT seq, type, body, prev_hash, hash FROM journal"
    " WHERE seq > ?1 AND type IN ('ConfigLoaded', 'ConfigReloaded') ORDER BY seq LIMIT ?2";

constexpr const char* kBySequence =
    "SELECT seq, type, body, prev_hash, hash FROM journal WHERE seq = ?1";

constexpr const char* kRowsAfter =
    "SELECT seq, time_ms, type, load_id, decision_id, code, body, prev_hash, hash FROM journal"
    " WHERE seq > ?1 ORDER BY seq LIMIT ?2";
constexpr const char* kLastBefore = "SELECT coalesce(max(seq), 0) FROM journal WHERE time_ms < ?1";

constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max();

std::optional<std::string> unless_empty(const std::string& text) {
    if (text.empty()) return std::nullopt;
    return text;
}

ports::StoredEvent stored_event(const Statement& row) {
    return {row.integer(0), std::string{row.text(1)}, std::string{row.text(2)}, hex(row.bytes(3)),
            hex(row.bytes(4))};
}

std::int64_t end_of(const ports::HistoryQuery& query) {
    return query.until.ms > 0 ? query.until.ms : kLast;
}

core::Result<std::vector<ports::StoredEvent>> all_of(Statement& rows, core::Result<bool> row) {
    std::vector<ports::StoredEvent> events;
    while (row && *row) {
        events.push_back(stored_event(rows));
        row = rows.step();
    }
    if (!row) return row.error();
    return events;
}

}  // namespace

core::Result<JournalReader> JournalReader::open(const std::string& path) {
    auto database = Database::open(path, Database::Access::Read);
    if (!database) return database.error();
    auto by_range = database->prepare(kByRange);
    if (!by_range) return by_range.error();
    auto by_decision = database->prepare(kByDecision);
    if (!by_decision) return by_decision.error();
    auto onwards = database->prepare(kOnwards);
    if (!onwards) return onwards.error();
    auto all_onwards = database->prepare(kAllOnwards);
    if (!all_onwards) return all_onwards.error();
    auto configurations = database->prepare(kConfigurations);
    if (!configurations) return configurations.error();
    auto rows = database->prepare(kRowsAfter);
    if (!rows) return rows.error();
    auto before = database->prepare(kLastBefore);
    if (!before) return before.error();
    auto by_sequence = database->prepare(kBySequence);
    if (!by_sequence) return by_sequence.error();
    return JournalReader{std::move(*database),
                         {std::move(*by_range), std::move(*by_decision), std::move(*onwards),
                          std::move(*all_onwards), std::move(*configurations), std::move(*rows),
                          std::move(*before), std::move(*by_sequence)}};
}

core::Result<std::vector<ports::StoredEvent>> JournalReader::find(
    const ports::HistoryQuery& query) {
    Statement& rows = statements_.by_range;
    return all_of(rows,
                  rows.run(query.before > 0 ? query.before : kLast, query.since.ms, end_of(query),
                           unless_empty(query.load), unless_empty(query.code),
                           query.only_decisions ? 1 : 0, std::clamp(query.limit, 1, kMostRows)));
}

core::Result<std::vector<ports::StoredEvent>> JournalReader::decisions_after(
    std::int64_t after, const ports::HistoryQuery& query) {
    Statement& rows = statements_.onwards;
    return all_of(rows, rows.run(after, query.since.ms, end_of(query), unless_empty(query.load),
                                 std::clamp(query.limit, 1, kMostRows)));
}

core::Result<std::vector<ports::StoredEvent>> JournalReader::events_after(
    std::int64_t after, const ports::HistoryQuery& query) {
    Statement& rows = statements_.all_onwards;
    return all_of(rows, rows.run(after, query.since.ms, end_of(query), unless_empty(query.load),
                                 std::clamp(query.limit, 1, kMostRows)));
}

core::Result<std::vector<ports::StoredEvent>> JournalReader::events_after(std::int64_t after,
                                                                          int limit) {
    ports::HistoryQuery all;
    all.limit = limit;
    return events_after(after, all);
}

core::Result<ports::StoredEvent> JournalReader::find_event(std::int64_t sequence) {
    Statement& row = statements_.by_sequence;
    const auto found = row.run(sequence);
    if (!found) return found.error();
    if (!*found)
        return core::Error{core::ErrorCode::NotFound, "no event " + std::to_string(sequence)};
    ports::StoredEvent event = stored_event(row);
    row.reset();
    return event;
}

core::Result<std::pair<std::int64_t, std::int64_t>> JournalReader::ends() {
    const auto first = database_.number("SELECT ifnull(min(seq), 0) FROM journal");
    if (!first) return first.error();
    const auto last = database_.number("SELECT ifnull(max(seq), 0) FROM journal");
    if (!last) return last.error();
    return std::pair{*first, *last};
}

core::Result<std::vector<ports::StoredEvent>> JournalReader::configurations(std::int64_t after) {
    Statement& rows = statements_.configurations;
    return all_of(rows, rows.run(after, kMostRows));
}

core::Result<std::vector<wire::EventRow>> JournalReader::rows_after(std::int64_t after, int limit) {
    Statement& rows = statements_.rows;
    std::vector<wire::EventRow> events;
    auto row = rows.run(after, std::clamp(limit, 1, kMostRows));
    for (; row && *row; row = rows.step())
        events.push_back({rows.integer(0),
                          {rows.integer(1)},
                          std::string{rows.text(2)},
                          std::string{rows.text(3)},
                          std::string{rows.text(4)},
                          std::string{rows.text(5)},
                          std::string{rows.text(6)},
                          hex(rows.bytes(7)),
                          hex(rows.bytes(8))});
    if (!row) return row.error();
    return events;
}

core::Result<std::int64_t> JournalReader::last_before(core::UnixTime moment) {
    Statement& row = statements_.before;
    const auto found = row.run(moment.ms);
    if (!found) return found.error();
    const std::int64_t sequence = *found ? row.integer(0) : 0;
    row.reset();
    return sequence;
}

core::Result<ports::StoredEvent> JournalReader::find_decision(const std::string& decision_id) {
    Statement& row = statements_.by_decision;
    const auto found = row.run(decision_id);
    if (!found) return found.error();
    if (!*found) return core::Error{core::ErrorCode::NotFound, "no decision " + decision_id};
    ports::StoredEvent event = stored_event(row);
    row.reset();
    return event;
}

}  // namespace bitgrid::store
