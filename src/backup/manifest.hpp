#pragma once
// What a backup is made of: each file with its size and SHA-256, the version of program and tables,
// where the journal's chain ends. Read from outside: bounded, and every path is one of those that
// we write, below the backup's own folder. Any thread.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/digest.hpp"

namespace bitgrid::backup {

inline constexpr const char* kManifest = "manifest.json";
inline constexpr const char* kJournal = "data/bitgrid.sqlite";
inline constexpr const char* kHeads = "data/heads.txt";
inline constexpr const char* kSecrets = "secrets.age";  ///< what pack() made, encrypted

inline constexpr std::size_t kMostFiles = 200'000;
inline constexpr std::size_t kMostManifestBytes = std::size_t{64} << 20;

struct Entry {
    std::string path;  ///< `data/…`, `config/…` or kSecrets; with slashes
    std::int64_t bytes{};
    crypto::Hash sha256{};
    friend bool operator==(const Entry&, const Entry&) = default;
};

struct Manifest {
    std::string program;    ///< its version
    std::int64_t tables{};  ///< version of the database
    core::UnixTime made{};
    std::int64_t last_event{};   ///< sequence number of the newest event
    std::string head;            ///< its hash, hex
    std::vector<Entry> files{};  ///< by path, each once
    /// Files that were not taken, because nobody was named to encrypt them to.
    std::vector<std::string> left_out{};

    const Entry* find(std::string_view path) const;
    std::int64_t bytes() const;  ///< of all files
    friend bool operator==(const Manifest&, const Manifest&) = default;
};

/// A relative path without tricks: no `..`, no empty part, no control character, not too long.
bool is_plain_path(std::string_view);

std::string manifest_text(const Manifest&);
/// BadInput names what is wrong; TooLarge: beyond the bounds. The files are in order then.
core::Result<Manifest> read_manifest(std::string_view text);

}  // namespace bitgrid::backup
