#pragma once
// On which machine, and how busy it was: a figure without that is no figure.
#include <string>

namespace bitgrid::bench {

/// Processor, cores, memory, kernel.
std::string machine_words();

/// `load 0.12` of the last minute, as `uptime` says it.
std::string load_words();

/// The file system below a folder, for what waits for the disk.
std::string disk_words(const std::string& folder);

}  // namespace bitgrid::bench
