#pragma once
// manifest.json of an update (`update/1`): which program it is, for which machines, each file with
// size and SHA-256. Read from outside: bounded, every path plain and below bin/, lib/ or share/.
// Values without owners; any thread. Sizes in bytes.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "crypto/digest.hpp"
#include "update/version.hpp"

namespace bitgrid::update {

inline constexpr const char* kManifestName = "manifest.json";
inline constexpr const char* kManifestSignature = "manifest.sig";   ///< hex, Ed25519
inline constexpr std::size_t kMostManifest = std::size_t{2} << 20;  ///< bytes
inline constexpr std::size_t kMostFiles = 5'000;
inline constexpr std::int64_t kMostBytes = std::int64_t{2} << 30;  ///< of all files together

struct File {
    std::string path;  ///< `bin/bitgridd`, `share/…`
    std::int64_t bytes{};
    bool is_executable{false};
    crypto::Hash sha256{};
    friend bool operator==(const File&, const File&) = default;
};

struct Manifest {
    Version version;
    std::string architecture;  ///< `amd64`, `arm64`
    std::int64_t tables{};     ///< newest version of the database that it reads
    std::string made;          ///< ISO 8601
    std::string key;           ///< public key of who signed it, hex
    std::vector<File> files;   ///< by path, each once

    const File* find(std::string_view path) const;
    std::int64_t bytes() const;  ///< of all files
    friend bool operator==(const Manifest&, const Manifest&) = default;
};

/// Of the machine that this program was built for.
const char* own_architecture();

/// A file that an update may have: a plain relative path below bin/, lib/ or share/.
bool is_place_in_update(std::string_view path);

std::string text_of(const Manifest&);
/// BadInput names what is wrong, also a manifest of a newer format; TooLarge: beyond the bounds.
core::Result<Manifest> read_manifest(std::string_view text);

}  // namespace bitgrid::update
