#pragma once
// What a decision was computed from, in a form that is read back without parsing a text: the
// frozen state and the memory, without loss, little-endian. An index for replaying years; the
// canonical JSON beside it stays what was hashed.
#include <string>
#include <string_view>

#include "core/energy_state.hpp"
#include "core/memory.hpp"
#include "core/result.hpp"

namespace bitgrid::wire {

/// Bytes for a BLOB column; empty: none.
struct Packed {
    std::string bytes;
    friend bool operator==(const Packed&, const Packed&) = default;
};

struct Moment {
    core::EnergyState state;
    core::Memory memory;
    friend bool operator==(const Moment&, const Moment&) = default;
};

/// The same value gives the same bytes on every machine. Loads in the order of the configuration.
Packed pack(const Moment&);
/// Damaged where they were not made by pack() of this or an older version. Reads at most kMaxLoads
/// loads and nothing beyond the bytes.
core::Result<Moment> unpack(std::string_view bytes);

}  // namespace bitgrid::wire
