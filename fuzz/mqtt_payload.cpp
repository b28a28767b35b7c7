// What a sensor's message may do to us: nothing but a finite number or an error.
// rooms: wire
// sources: adapters/mqtt/sensor_payload.cpp
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "adapters/mqtt/sensor_payload.hpp"

using namespace bitgrid::adapters;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view payload{reinterpret_cast<const char*>(data), size};
    for (const SensorPointers& pointers :
         {SensorPointers{"", ""}, {"/value", ""}, {"/value", "/time"}, {"/0/a~1b", "/t"}}) {
        const auto reading = read_sensor(payload, pointers);
        if (reading && !std::isfinite(reading->value)) std::abort();
    }
    (void)parse_stamp(payload).has_value();
    return 0;
}
