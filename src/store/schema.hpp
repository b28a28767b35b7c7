#pragma once
// The tables of the hot database and how older files become newer ones. Migrations only go
// forwards, each file in one transaction, with a copy of the file beside it before.
#include <span>
#include <string>

#include "store/sqlite.hpp"

namespace bitgrid::store {

/// Tells our files from other SQLite files ("BGRD").
inline constexpr std::int64_t kApplicationId = 0x42475244;

/// SQL that brings version n to n + 1; the index in the list is n.
std::span<const char* const> migrations();

/// WAL, synchronous=FULL, foreign keys: what makes a commit survive a power cut. Whoever writes
/// empties the write-ahead log himself.
core::Result<void> set_durable(Database&);

/// Refused, with clear words: a newer file than the program, a file of another program. Damaged:
/// one of ours that lost its mark. Writes nothing.
core::Result<void> refuse_unknown(Database&, std::span<const char* const> steps = migrations());

/// Brings the open file up to the newest version. Fails as refuse_unknown(), and leaves the file
/// as it was. `path` names the copy's place: `<path>.v<n>.backup`; an empty file needs none.
core::Result<void> migrate(Database&, const std::string& path,
                           std::span<const char* const> steps = migrations());

}  // namespace bitgrid::store
