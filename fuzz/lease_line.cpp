// Any bytes on the socket between controller and guard, cut anywhere: what is taken for a line of
// theirs reads back as the same line.
#include "adapters/guard_lease/lease_line.hpp"

#include <cstdint>
#include <cstdlib>

using namespace bitgrid::adapters::guard_lease;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    std::string received;
    for (std::size_t at = 0; at < bytes.size(); at += 7) {
        received += bytes.substr(at, 7);
        for (;;) {
            const auto line = next_line(received);
            if (!line) return 0;
            if (!*line) break;
            const auto renewal = read_renewal(**line);
            if (renewal && line_of(*renewal) != **line + '\n') std::abort();
            const auto answer = read_answer(**line);
            if (answer && line_of(*answer) != **line + '\n') std::abort();
        }
        if (received.size() > kLongestLine) std::abort();
    }
    return 0;
}
