// Any bytes as a line of the audit log: left out, or read, and then written in one line again.
#include <cstdint>
#include <cstdlib>

#include "accounts/audit.hpp"

using namespace bitgrid;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto entry = accounts::entry_of({reinterpret_cast<const char*>(data), size});
    if (!entry) return 0;
    const std::string line = accounts::line_of(*entry);
    if (line.find('\n') != std::string::npos || !accounts::entry_of(line)) std::abort();
    return 0;
}
