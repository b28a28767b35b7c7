#pragma once
// Another program, run to its end: what it says is handed over line by line, and after its time it
// is killed with all that it started. Blocks; any thread.
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace bitgrid::app {

struct RunOrder {
    std::vector<std::string> words;  ///< the program's path and its arguments; no shell
    int limit_s{60};
    /// A line of its standard output, at most 64 KiB of it.
    std::function<void(std::string_view line)> on_line{};
    /// Both outputs go to our standard error instead, also those of what it leaves running.
    bool is_passed_on{false};
};

struct Ran {
    int code{};              ///< exit code, or 128 + the signal that ended it
    std::string complained;  ///< the end of its standard error, at most 2,000 bytes
};

/// Unavailable: it cannot be started. Timeout: it was killed.
core::Result<Ran> run_program(const RunOrder&);

}  // namespace bitgrid::app
