#pragma once
// Proves from the files alone that the cold store is as it was sealed: the signatures of heads.txt,
// the digest of every file, the chain through every event, the counts. Offline; writes nothing. Any
// thread; uses as many as it is told.
#include <functional>
#include <string>
#include <vector>

#include "archive/heads.hpp"

namespace bitgrid::archive {

/// A finished file behind all that is recorded: a sealing was cut off before it wrote its record.
/// Harmless where the journal still has its events; the next sealing clears it away.
struct Leftover {
    std::string path;
    std::int64_t first{};  ///< event that it begins with
};

struct Proof {
    std::int64_t seals{};
    std::int64_t files{};
    std::int64_t events{};    ///< whose text was hashed again
    std::int64_t given_up{};  ///< files that retention deleted
    std::int64_t last_sequence{};
    std::string first_day;  ///< empty: nothing is sealed
    std::string last_day;
    std::string head;                 ///< hash of the newest sealed event, hex
    std::string key;                  ///< public key that signed it, hex
    std::vector<Leftover> leftovers;  ///< at most kMostDamage
    std::vector<std::string> damage;  ///< what is wrong, each with its place; at most kMostDamage
};

inline constexpr std::size_t kMostDamage = 100;
inline constexpr const char* kNotRecorded = ": is not recorded in heads.txt";

struct ProofWanted {
    std::string key;  ///< public key to trust, hex; empty: the one in the data folder
    int threads{2};
    std::function<void(std::int64_t done, std::int64_t of)> progress{};  ///< any thread
};

/// BadInput or NotFound where there is nothing to begin with: no key, no such head's form.
core::Result<Proof> prove(const std::string& data_folder, const ProofWanted&);

/// The one file as it was sealed, by its digest: NotFound where it is missing, Damaged
/// where it is another one.
core::Result<void> check_sealed_file(const std::string& parquet_folder, const SealedFile&);

/// Whether a sealed event has this hash, hex. Key and errors as in prove().
core::Result<bool> has_head(const std::string& data_folder, const std::string& key,
                            const std::string& head);

}  // namespace bitgrid::archive
