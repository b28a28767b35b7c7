// Any bytes as an answer of upsd.
#include "adapters/nut/nut_reply.hpp"

#include <cstdint>
#include <cstdlib>

using namespace bitgrid::adapters::nut;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view line{reinterpret_cast<const char*>(data), size};
    const auto value = value_of(line, "ups", "ups.status");
    (void)read_status(value ? std::string_view{*value} : line);
    const auto number = read_number(value ? std::string_view{*value} : line, 100);
    if (number && !(*number >= 0 && *number <= 100)) std::abort();
    return 0;
}
