#pragma once
// manifest.json of an export (`export/1`): what is in it, by whom it was signed. Values without
// owners; any thread.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "crypto/digest.hpp"

namespace bitgrid::archive {

inline constexpr const char* kManifestName = "manifest.json";
inline constexpr const char* kManifestSignature = "manifest.sig";   ///< hex, Ed25519
inline constexpr std::size_t kMostManifest = std::size_t{4} << 20;  ///< bytes

struct ExportFile {
    std::string path;     ///< in the zip file: `decisions/part-0001.parquet`
    std::string dataset;  ///< of kDatasets, or `config`
    std::int64_t rows{};  ///< of a Parquet file; else 0
    std::int64_t bytes{};
    crypto::Hash sha256{};
    friend bool operator==(const ExportFile&, const ExportFile&) = default;
};

struct ExportManifest {
    std::string made;   ///< UTC; empty: not said, because times are relative
    std::string since;  ///< of its rows, ends included
    std::string until;
    std::vector<std::string> scope;
    bool is_anonymous{true};
    bool is_relative{false};  ///< its first day is called 2000-01-01
    int parquet_schema{};
    std::string program_version;
    std::vector<std::string> rule_versions;
    std::vector<std::string> config_versions;  ///< as its decisions name them
    std::int64_t without_inputs{};             ///< decisions that nobody can compute again any more
    std::string key;                           ///< Ed25519, hex
    std::vector<ExportFile> files;
    friend bool operator==(const ExportManifest&, const ExportManifest&) = default;

    std::int64_t rows_of(std::string_view dataset) const;
};

std::string text_of(const ExportManifest&);

/// BadInput says which key is missing or wrong; TooLarge beyond kMostManifest. One of a newer
/// program says so.
core::Result<ExportManifest> read_manifest(std::string_view text);

}  // namespace bitgrid::archive
