#pragma once
// How far the mirror is: the one small file beside the spool that decides what was closed. Values
// without owners.
#include <string>

#include "mirror/files.hpp"
#include "mirror/record.hpp"

namespace bitgrid::mirror {

struct Progress {
    std::string consent;      ///< which opt-in this stream belongs to
    StreamId stream{};        ///< of that opt-in
    std::string salt;         ///< secret, hex: gives loads their pseudonyms
    std::uint64_t next{1};    ///< number of the next segment; those before it are closed for good
    crypto::Hash previous{};  ///< SHA-256 of the newest closed segment
    std::int64_t cursor{0};   ///< rows up to here stand in closed segments, or are of no interest
    std::string cursor_hash;  ///< of that row, hex; empty: of none
    core::UnixTime closed_at{};  ///< of the newest segment; 0: none yet
    std::vector<Gap> gaps;       ///< told in each segment until one that tells of them is delivered
    friend bool operator==(const Progress&, const Progress&) = default;
};

std::string text_of(const Progress&);
/// Damaged where it is not what text_of() wrote.
core::Result<Progress> progress_from_text(std::string_view);

/// Adds a gap, as part of the one before it where it goes on from there, or where there are many.
void note(Progress&, const Gap&);

}  // namespace bitgrid::mirror
