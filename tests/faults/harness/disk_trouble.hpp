#pragma once
// What is wrong with the disk of one program: shared with it through a mapped file.
#include <cstdint>

namespace bitgrid::faults {

/// Errors are errno values, 0: none.
struct DiskTrouble {
    std::int32_t write_error{0};
    std::int32_t sync_error{0};
    std::int32_t sync_delay_ms{0};
};

}  // namespace bitgrid::faults
