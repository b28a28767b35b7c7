#pragma once
// A copy of the journal's file as it was at one moment, taken while a daemon writes to it. Any
// thread; blocks. The daemon is not held up: it goes on writing beside the copy, only its
// write-ahead log grows meanwhile, so the copy goes to a disk of the machine and not over a
// network.
#include <string>

#include "store/chain.hpp"

namespace bitgrid::store {

/// What was found in a copy that is whole.
struct CopiedJournal {
    Chain chain;
    std::int64_t version{};  ///< of the tables, see migrations()
};

/// Bytes of the file and its write-ahead log; 0 where there is none.
std::int64_t bytes_of_journal(const std::string& path);

/// Into the new file `to`, on disk when this returns. Checked as in check_copy(), and that nothing
/// is missing of what was acknowledged before. Unavailable: no journal, no room, not readable.
/// Nothing is left of a failure.
core::Result<CopiedJournal> copy_live(const std::string& from, const std::string& to);

/// Everything in a file that nobody writes to: its pages, its references, every link of the chain,
/// what is remembered beside it. Refused: it is of another program or newer than this one. Damaged:
/// what is wrong with it.
core::Result<CopiedJournal> check_copy(const std::string& path);

}  // namespace bitgrid::store
