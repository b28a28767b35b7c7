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

constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max();

std::optional<std::string> unless_empty(const std::string& text) {
    if (text.empty()) return std::nullopt;
    return text;
}

ports::StoredEvent stored_event(const Statement& row) {
    return {row.integer(0), std::string{row.text(1)}, std::string{row.text(2)}, hex(row.bytes(3)),
            hex(row.bytes(4))};
}

}  // namespace

JournalReader::JournalReader(Database database, Statement by_range, Statement by_decision)
    : database_{std::move(database)},
      by_range_{std::move(by_range)},
      by_decision_{std::move(by_decision)} {}

core::Result<JournalReader> JournalReader::open(const std::string& path) {
    auto database = Database::open(path, Database::Access::Read);
    if (!database) return database.error();
    auto by_range = database->prepare(kByRange);
    if (!by_range) return by_range.error();
    auto by_decision = database->prepare(kByDecision);
    if (!by_decision) return by_decision.error();
    return JournalReader{std::move(*database), std::move(*by_range), std::move(*by_decision)};
}

core::Result<std::vector<ports::StoredEvent>> JournalReader::find(
    const ports::HistoryQuery& query) {
    std::vector<ports::StoredEvent> events;
    auto row = by_range_.run(query.before > 0 ? query.before : kLast, query.since.ms,
                             query.until.ms > 0 ? query.until.ms : kLast, unless_empty(query.load),
                             unless_empty(query.code), query.only_decisions ? 1 : 0,
                             std::clamp(query.limit, 1, kMostRows));
    while (row && *row) {
        events.push_back(stored_event(by_range_));
        row = by_range_.step();
    }
    if (!row) return row.error();
    return events;
}

core::Result<ports::StoredEvent> JournalReader::find_decision(const std::string& decision_id) {
    const auto row = by_decision_.run(decision_id);
    if (!row) return row.error();
    if (!*row) return core::Error{core::ErrorCode::NotFound, "no decision " + decision_id};
    ports::StoredEvent event = stored_event(by_decision_);
    by_decision_.reset();
    return event;
}

}  // namespace bitgrid::store
