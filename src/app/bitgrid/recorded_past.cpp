#include "app/bitgrid/recorded_past.hpp"

#include <algorithm>
#include <charconv>

namespace bitgrid::app {
namespace {

constexpr const char* kDecisions = "type = 'DecisionEvent'";

ports::StoredEvent stored(wire::EventRow&& row) {
    return {row.seq, std::move(row.type), std::move(row.canonical), std::move(row.prev_hash),
            std::move(row.hash)};
}

// An id begins with its moment (UUID version 7: 48 bits of Unix milliseconds); nothing where it
// does not.
std::optional<core::UnixTime> moment_in(const std::string& id) {
    constexpr std::size_t kHigh = 8, kLow = 4;
    if (id.size() < kHigh + 1 + kLow || id[kHigh] != '-') return std::nullopt;
    const std::string digits = id.substr(0, kHigh) + id.substr(kHigh + 1, kLow);
    std::int64_t ms = 0;
    const auto end = digits.data() + digits.size();
    if (std::from_chars(digits.data(), end, ms, 16).ptr != end) return std::nullopt;
    return core::UnixTime{ms};
}

}  // namespace

core::Result<RecordedPast> RecordedPast::open(const std::string& data_folder) {
    auto cold = archive::ColdStore::open(data_folder);
    if (!cold) return cold.error();
    auto journal = store::JournalReader::open(data_folder + "/bitgrid.sqlite");
    if (!journal && cold->sealed_through() == 0) return journal.error();
    return RecordedPast{journal ? std::optional{std::move(*journal)} : std::nullopt,
                        std::move(*cold)};
}

core::Result<std::vector<ports::StoredEvent>> RecordedPast::find(const ports::HistoryQuery& query) {
    std::vector<ports::StoredEvent> found;
    if (journal_) {
        auto events = journal_->find(query);
        if (!events) return events;
        found = std::move(*events);
    }
    if (const auto sealed = find_sealed(query, found); !sealed) return sealed.error();
    return found;
}

// Behind what the journal still has; file by file, so that only what is asked for is read.
core::Result<void> RecordedPast::find_sealed(const ports::HistoryQuery& query,
                                             std::vector<ports::StoredEvent>& found) {
    const auto most = static_cast<std::size_t>(std::max(query.limit, 1));
    if (found.size() >= most || cold_.sealed_through() == 0) return {};
    const archive::Stretch stretch{query.since, query.until, query.load};
    auto files = cold_.files("events", stretch);
    std::ranges::reverse(files);
    std::string condition = archive::ColdStore::condition(stretch) + " AND " + kDecisions;
    if (!query.code.empty())
        condition += " AND starts_with(code, " + archive::sql_text(query.code) + ")";
    if (!found.empty()) condition += " AND seq < " + std::to_string(found.back().sequence);
    auto duckdb = archive::Duckdb::open({});
    if (!duckdb) return duckdb.error();
    for (const std::string& file : files) {
        std::vector<ports::StoredEvent> rows;
        const auto read = archive::read_parquet<wire::EventRow>(
            *duckdb, std::span{&file, 1},
            [&](wire::EventRow& row) { rows.push_back(stored(std::move(row))); }, condition);
        if (!read) return read;
        for (auto row = rows.rbegin(); row != rows.rend() && found.size() < most; ++row)
            found.push_back(std::move(*row));
        if (found.size() == most) break;
    }
    return {};
}

core::Result<ports::StoredEvent> RecordedPast::find_decision(const std::string& decision_id) {
    if (journal_) {
        auto found = journal_->find_decision(decision_id);
        if (found || found.error().code != core::ErrorCode::NotFound) return found;
    }
    std::optional<ports::StoredEvent> event;
    if (const auto moment = moment_in(decision_id); moment && cold_.sealed_through() > 0) {
        constexpr std::int64_t kHourMs = 3'600'000;  // the id may be older than its decision
        const auto files = cold_.files("events", {*moment + -kHourMs, *moment + kHourMs, {}});
        auto duckdb = archive::Duckdb::open({});
        if (!duckdb) return duckdb.error();
        const auto read = archive::read_parquet<wire::EventRow>(
            *duckdb, files, [&](wire::EventRow& row) { event = stored(std::move(row)); },
            std::string{kDecisions} + " AND decision_id = " + archive::sql_text(decision_id));
        if (!read) return read.error();
    }
    if (event) return *event;
    return core::Error{core::ErrorCode::NotFound, "no decision " + decision_id};
}

}  // namespace bitgrid::app
