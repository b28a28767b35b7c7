#pragma once
// A wrong clock or a bad disk for one program alone, whatever rights we have: a small library is
// loaded before it. The machine's own clock and disks are not touched.
#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "faults/harness/child.hpp"
#include "faults/harness/disk_trouble.hpp"
#include "ops/scratch_folder.hpp"

namespace bitgrid::faults {

using Environment = std::vector<std::pair<std::string, std::string>>;

/// A value that a program that runs sees change.
template <class Value>
class Mapped {
public:
    explicit Mapped(Value value) : path_{folder_.path() / "value"} { set(value); }
    void set(Value value) {
        std::fstream file{path_, std::ios::in | std::ios::out | std::ios::binary};
        if (!file) file.open(path_, std::ios::out | std::ios::binary);
        file.write(reinterpret_cast<const char*>(&value), sizeof value);
        if (!file) throw std::runtime_error{"cannot write " + path_.string()};
    }
    std::string path() const { return path_.string(); }

private:
    ops::ScratchFolder folder_;
    std::filesystem::path path_;
};

class WrongClock {
public:
    explicit WrongClock(std::int64_t offset_ms) : offset_{offset_ms} {}
    void set(std::int64_t offset_ms) { offset_.set(offset_ms); }
    Environment environment() const {
        return {{"LD_PRELOAD", (programs() / "../lib/clock_shim.so").string()},
                {"BITGRID_FAULT_CLOCK", offset_.path()}};
    }

private:
    Mapped<std::int64_t> offset_;
};

/// Of everything below `folder`.
class BadDisk {
public:
    void set(DiskTrouble trouble) { trouble_.set(trouble); }
    Environment environment(const std::filesystem::path& folder) const {
        return {{"LD_PRELOAD", (programs() / "../lib/disk_shim.so").string()},
                {"BITGRID_FAULT_DISK", trouble_.path()},
                {"BITGRID_FAULT_FOLDER", folder.string()}};
    }

private:
    Mapped<DiskTrouble> trouble_{DiskTrouble{}};
};

}  // namespace bitgrid::faults
