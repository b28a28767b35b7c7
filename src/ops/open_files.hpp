#pragma once
// How many files and connections the process may have open. Systems allow few unless a program asks
// for more; a thousand readers of the live feed and the database need more than that.
#include <cstddef>

namespace bitgrid::ops {

/// Raises what is allowed to `wanted` where the system permits so many, else to the most that it
/// does; never lowers it. Returns what is allowed now. Once, before anything is opened.
std::size_t allow_open_files(std::size_t wanted);

}  // namespace bitgrid::ops
