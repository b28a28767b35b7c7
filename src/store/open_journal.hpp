#pragma once
// Opens the journal's file with the checks that are cheap enough for every start: it is one of
// ours and no newer, its pages hang together (where it is small), the newest rows follow from each
// other, what was remembered is what was written. `bitgrid verify` looks at all of it.
#include "store/files.hpp"
#include "store/journal_row.hpp"
#include "store/restored.hpp"
#include "store/sqlite.hpp"

namespace bitgrid::store {

struct OpenedJournal {
    Database database;
    Restored restored;
};

/// Damaged: its content cannot be trusted. Refused: it is not for this program; nothing was
/// written. Unavailable: it cannot be read or written now.
core::Result<OpenedJournal> open_journal(const std::string& path, Database::Access, const Codec&,
                                         Files&);

/// Moves a damaged file and its write-ahead log out of the way, to the first free name
/// `<path>.damaged-<n>`, which it returns. Nothing is ever deleted.
core::Result<std::string> set_aside(const std::string& path, Files&);

}  // namespace bitgrid::store
