#pragma once
// The journal read back, at once: for programs that look and for the history of the face. One
// thread at a time, except interrupt(). Reads beside a running daemon.
#include <string>
#include <utility>
#include <vector>

#include "ports/journal.hpp"
#include "store/sqlite.hpp"
#include "wire/past.hpp"

namespace bitgrid::store {

class JournalReader {
public:
    /// Unavailable where there is no such file, or it is not a journal of this program.
    static core::Result<JournalReader> open(const std::string& path);

    /// Newest first.
    core::Result<std::vector<ports::StoredEvent>> find(const ports::HistoryQuery&);
    /// Decisions in the order in which they were made, with sequence numbers above `after`;
    /// query.before and query.code do not count.
    core::Result<std::vector<ports::StoredEvent>> decisions_after(std::int64_t after,
                                                                  const ports::HistoryQuery& query);
    /// As decisions_after(), but events of every type.
    core::Result<std::vector<ports::StoredEvent>> events_after(std::int64_t after,
                                                               const ports::HistoryQuery& query);
    core::Result<std::vector<ports::StoredEvent>> events_after(std::int64_t after, int limit);
    /// Rows as they are sealed, in order, behind `after`; at most `limit`.
    core::Result<std::vector<wire::EventRow>> rows_after(std::int64_t after, int limit);
    /// The newest row older than that moment; 0: none.
    core::Result<std::int64_t> last_before(core::UnixTime);
    /// NotFound where it is not there, or no longer.
    core::Result<ports::StoredEvent> find_event(std::int64_t sequence);
    /// The oldest and the newest row that is still there; 0 and 0 where there is none.
    core::Result<std::pair<std::int64_t, std::int64_t>> ends();
    /// Every configuration that was in force, oldest first, with sequence numbers above `after`; at
    /// most a thousand.
    core::Result<std::vector<ports::StoredEvent>> configurations(std::int64_t after = 0);
    /// NotFound where there is none.
    core::Result<ports::StoredEvent> find_decision(const std::string& decision_id);

    void interrupt() { database_.interrupt(); }  ///< ends a running query; any thread

private:
    struct Statements {
        Statement by_range, by_decision, onwards, all_onwards, configurations, rows, before,
            by_sequence;
    };
    JournalReader(Database database, Statements statements)
        : database_{std::move(database)}, statements_{std::move(statements)} {}

    Database database_;
    Statements statements_;
};

}  // namespace bitgrid::store
