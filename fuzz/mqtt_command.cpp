// What a command from anybody may be: an override within its bounds, a known word, or an error.
// rooms: wire
// sources: adapters/mqtt/command_payload.cpp adapters/mqtt/sensor_payload.cpp
#include <cstdint>
#include <cstdlib>

#include "adapters/mqtt/command_payload.hpp"

using namespace bitgrid;
using namespace bitgrid::adapters;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view payload{reinterpret_cast<const char*>(data), size};
    for (const char* path : {"load/miner/override", "autonomy", "emergency_stop", "safety/ack"}) {
        const ReadCommand read = read_command(path, payload);
        if (read.command_id.size() > 64) std::abort();
        if (!read.command || read.command->kind != MqttCommand::Kind::SetOverride) continue;
        const ports::OverrideRequest& request = read.command->request;
        if (request.duration_min < 1 || request.duration_min > 1440) std::abort();
        const bool is_limit = request.action == core::OverrideAction::Limit;
        if (is_limit && !(request.limit.value > 0 && request.limit.value <= 100'000)) std::abort();
    }
    (void)read_command(payload.substr(0, payload.size() / 2), payload);
    return 0;
}
