#pragma once
// A unit of systemd with its drop-ins, as far as single settings need: the last value holds, an
// empty one forgets those before.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/machine.hpp"

namespace bitgrid::doctor {

class UnitFile {
public:
    /// Any bytes in; lines that are none are passed over.
    void add(std::string_view text);

    /// Of `[Service]`: the last value; nothing: it is not said.
    std::optional<std::string> setting(std::string_view key) const;
    bool is_on(std::string_view key) const;

private:
    struct Entry {
        std::string key;
        std::string value;
    };
    std::vector<Entry> entries_;
};

/// With its drop-ins, as a start of that machine would read it; NotFound, Refused.
core::Result<UnitFile> read_unit(const Machine&, const std::string& name);
/// Whether a start of that machine starts it.
bool is_enabled(const Machine&, const std::string& name);

}  // namespace bitgrid::doctor
