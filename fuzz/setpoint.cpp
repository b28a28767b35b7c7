// What comes at command/<device>, its /ack and controller/claim, from anybody.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "adapters/mqtt/setpoint_payload.hpp"

using namespace bitgrid;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    if (const auto read = adapters::read_setpoint(text)) {
        const auto again = adapters::read_setpoint(adapters::setpoint_text(*read));
        if (!again || again->target != read->target || again->epoch != read->epoch) std::abort();
    }
    if (const auto ack = adapters::read_setpoint_ack(text)) {
        const auto again = adapters::read_setpoint_ack(adapters::ack_text(*ack));
        if (!again || again->refusal != ack->refusal) std::abort();
    }
    if (const auto epoch = adapters::read_claimed_epoch(text); epoch && *epoch < 0) std::abort();
    return 0;
}
