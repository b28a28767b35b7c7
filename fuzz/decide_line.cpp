// Any bytes as a line of `bitgrid decide`: one line of JSON or an error, and the same answer every
// time.
#include "research/decide_line.hpp"

#include <cstdint>
#include <cstdlib>

using bitgrid::research::decide_line;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view line{reinterpret_cast<const char*>(data), size};
    const auto answer = decide_line(line);
    if (!answer) {
        if (answer.error().what.empty()) std::abort();
        return 0;
    }
    if (answer->find('\n') != std::string::npos || *decide_line(line) != *answer) std::abort();
    return 0;
}
