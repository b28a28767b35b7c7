#pragma once
// `heads.txt`: what was sealed, in plain text, each entry signed and bound to the one before it.
// The file is the record of the cold store: a Parquet file that it does not name does not belong
// there, and one that it names must be there, unchanged.
//
//     seal 2026-06-15 first=1 last=653 head=<hex> time=2026-06-16T00:05:00.000Z
//     file events/date=2026-06-15/part-1-653.parquet rows=653 sha256=<hex>
//     sign <hex>
//
//     gone events/date=2025-01-01/part-1-9.parquet why=retention time=…
//     sign <hex>
//
// `sign`: Ed25519 by the device's key over the signature before it (hex; nothing before the first)
// and the lines of the entry. Values without owners; any thread.
#include <cstdint>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "crypto/digest.hpp"
#include "crypto/signing_key.hpp"

namespace bitgrid::archive {

struct SealedFile {
    std::string path;  ///< below the folder of the datasets: `events/date=…/part-….parquet`
    std::int64_t rows{};
    crypto::Hash sha256{};
};

/// One sealing: a run of the chain without a gap, and the files that it went into.
struct Seal {
    std::string day;       ///< the newest day in it, `2026-06-15`, UTC
    std::int64_t first{};  ///< sequence numbers, both ends included
    std::int64_t last{};
    crypto::Hash head{};  ///< hash of the event `last`
    core::UnixTime time;  ///< when it was sealed
    std::vector<SealedFile> files;
};

/// A sealed file that was given up, and why: `retention` or `low_disk`.
struct Gone {
    std::string path;
    std::string why;
    core::UnixTime time;
};

struct Heads {
    std::vector<Seal> seals;  ///< in order
    std::vector<Gone> gone;
    std::string last_signature;  ///< hex; empty: nothing sealed yet

    std::int64_t last_sequence() const { return seals.empty() ? 0 : seals.back().last; }
    crypto::Hash head() const { return seals.empty() ? crypto::Hash{} : seals.back().head; }
    bool is_gone(const std::string& path) const;
    std::string text;  ///< as it lies on the disk
};

/// No file: nothing sealed yet. Damaged names the line that is malformed, or whose signature is not
/// of this key, or that does not follow from the one before it. Reads at most 64 MiB.
core::Result<Heads> read_heads(const std::string& path, const crypto::PublicKey&);

/// The same of a text; `place` is what errors call it.
core::Result<Heads> parse_heads(std::string text, const std::string& place,
                                const crypto::PublicKey&);

/// What the file says with one more entry; to be written whole in the place of the old one.
std::string with_entry(const Heads&, const std::string& lines, const crypto::SigningKey&);
std::string lines_of(const Seal&);
std::string lines_of(const Gone&);

/// What the metadata of an events file is signed over: `bitgridai day head` and these.
std::string head_statement(const std::string& day, std::int64_t first, std::int64_t last,
                           const crypto::Hash& head);

}  // namespace bitgrid::archive
