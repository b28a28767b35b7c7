#pragma once
// Parts of the past as files, for research: exports that are made by a process of their own, and
// the sealed files as they lie. Engine thread only; nothing here waits for the disk longer than
// reading a folder takes. Times UTC, sizes in bytes.
#include <cstdint>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"

namespace bitgrid::ports {

struct ExportRequest {
    std::string since;               ///< a moment or a time back from now: `2026-06-15`, `30d`
    std::string until;               ///< empty: now
    std::vector<std::string> scope;  ///< empty: all
    bool is_anonymous{true};
    bool is_relative{false};
    std::string recipient;  ///< age; empty: not encrypted
};

struct ExportFile {
    std::string id;  ///< its file name
    std::int64_t bytes{};
    core::UnixTime made{};
};

struct ExportsView {
    bool is_making{false};
    std::string trouble;            ///< of the last one that failed; empty: none
    std::vector<ExportFile> items;  ///< finished ones alone, newest first
};

struct SealedFileView {
    std::string path;  ///< below the folder of the datasets
    std::int64_t rows{};
    std::string sha256;  ///< hex
    std::int64_t bytes{};
};

class Exports {
public:
    /// Begins one. Refused while another one is made; BadInput names what it cannot be.
    virtual core::Result<void> begin(const ExportRequest&) = 0;
    virtual ExportsView list() const = 0;
    /// Full path of a finished one. NotFound for anything else.
    virtual core::Result<std::string> find(const std::string& id) const = 0;
    /// What heads.txt names and has not given up.
    virtual core::Result<std::vector<SealedFileView>> sealed() = 0;
    virtual core::Result<std::string> find_sealed(const std::string& path) = 0;
    /// What is being made is given up.
    virtual void stop() = 0;

protected:
    ~Exports() = default;
};

}  // namespace bitgrid::ports
