// Any bytes as JSON from outside: a value within its bounds that can be written and read again, or
// an error.
#include "wire/bounded_json.hpp"

#include <cstdint>
#include <cstdlib>

using bitgrid::wire::parse_json;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const auto value = parse_json(text, {4096, 16});
    if (size > 4096 && value) std::abort();
    if (!value) {
        if (value.error().what.empty()) std::abort();
        return 0;
    }
    const std::string again = value->dump();
    const auto back = parse_json(again);
    if (!back || *back != *value) std::abort();
    return 0;
}
