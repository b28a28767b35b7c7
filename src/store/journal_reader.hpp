#pragma once
// The journal read back, at once: for programs that look and for the history of the face. One
// thread at a time, except interrupt(). Reads beside a running daemon.
#include <string>
#include <vector>

#include "ports/journal.hpp"
#include "store/sqlite.hpp"

namespace bitgrid::store {

class JournalReader {
public:
    /// Unavailable where there is no such file, or it is not a journal of this program.
    static core::Result<JournalReader> open(const std::string& path);

    /// Newest first.
    core::Result<std::vector<ports::StoredEvent>> find(const ports::HistoryQuery&);
    /// NotFound where there is none.
    core::Result<ports::StoredEvent> find_decision(const std::string& decision_id);

    void interrupt() { database_.interrupt(); }  ///< ends a running query; any thread

private:
    JournalReader(Database, Statement by_range, Statement by_decision);

    Database database_;
    Statement by_range_;
    Statement by_decision_;
};

}  // namespace bitgrid::store
