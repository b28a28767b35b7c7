#pragma once
// The hash chain of the journal: each row's hash covers its text and the hash before it, so that a
// changed, removed, added or swapped row shows. Any thread; each function opens what it needs.
//
// What it proves: every row between the chain's beginning and its recorded end is as it was
// written, and none is missing. What it cannot prove alone: somebody who rewrites the tail of the
// journal and the recorded end with it stays unseen here; the signed day heads outside the
// database catch that for every sealed day.
#include <cstdint>
#include <string>

#include "core/time.hpp"
#include "crypto/digest.hpp"
#include "store/sqlite.hpp"

namespace bitgrid::store {

using crypto::Hash;
using crypto::hash_of;
using crypto::hex;
using crypto::link;

/// How a chain that is whole begins and ends.
struct Chain {
    std::int64_t first_sequence{};  ///< 0: no rows
    std::int64_t last_sequence{};   ///< of the newest event ever written, archived ones included
    std::int64_t rows{};
    std::string head;  ///< hash of the newest event, hex
};

/// Walks the whole journal in the file, offline or beside a running daemon, whose writes it never
/// holds up for long. Damaged names the first row that is wrong and how; Unavailable: the file
/// cannot be read.
core::Result<Chain> verify(const std::string& path);

/// Hash of an event, hex: of a row, or of the place where rows were pruned. NotFound where the
/// journal does not reach there.
core::Result<std::string> hash_at(const std::string& path, std::int64_t sequence);
/// Whether a row has this hash, hex; false where the file cannot be read.
bool has_hash(const std::string& path, const std::string& hash);

/// The same for the newest `rows` only, as a program does at its start. `rows` of the result counts
/// what was looked at.
core::Result<Chain> verify_end(Database&, std::int64_t rows);

/// Takes the rows up to and with `last` out, after they were archived: the chain then begins
/// behind it. Refused where there is no such row.
core::Result<void> prune(Database&, std::int64_t last);

/// As prune(), of the oldest rows up to `through` and older than that moment, at most so many at
/// once; true: there are more.
core::Result<bool> prune_some(Database&, std::int64_t through, core::UnixTime older_than,
                              std::int64_t at_most);

}  // namespace bitgrid::store
