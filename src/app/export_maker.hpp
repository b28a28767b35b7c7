#pragma once
// Makes an export for research: what was chosen of the past, sealed and not sealed yet, as Parquet,
// with the configurations to decide it again, a manifest and a signature, in one zip file. For a
// process of its own; blocks for as long as it takes; up to some 200 MB of memory. Appears whole
// under its name or not at all: whatever goes wrong leaves nothing. Times UTC, sizes in bytes.
#include <cstdint>
#include <string>
#include <vector>

#include "archive/export_manifest.hpp"
#include "core/time.hpp"

namespace bitgrid::app {

/// The words of --scope.
inline constexpr const char* kExportScopes[] = {"timeline", "states", "kpi", "explain", "config"};

struct ExportWanted {
    std::string data;
    std::string to;  ///< folder; empty: `exports` in the data folder
    core::UnixTime since{};
    core::UnixTime until{};
    std::vector<std::string> scope{std::begin(kExportScopes), std::end(kExportScopes)};
    bool is_anonymous{true};
    bool is_relative{false};
    std::string recipient;  ///< age; empty: not encrypted
    std::int64_t most_bytes{2'000'000'000};
    std::int64_t most_days{3'660};
    std::int64_t most_s{1'800};

    bool has(std::string_view scope_word) const;
    std::string folder() const { return to.empty() ? data + "/exports" : to; }
};

struct ExportMade {
    std::string path;
    std::int64_t bytes{};
    archive::ExportManifest manifest;
};

/// BadInput: what is wanted cannot be. NotFound: there is nothing in that time. Refused: too little
/// room on the disk, another one makes an export, or nobody could read it. TooLarge: more bytes or
/// time than allowed. Unavailable: a file.
core::Result<ExportMade> make_export(const ExportWanted&, core::UnixTime now);

}  // namespace bitgrid::app
