#include "store/wire_codec.hpp"

#include "wire/bounded_json.hpp"
#include "wire/checkpoint_json.hpp"
#include "wire/event_json.hpp"

namespace bitgrid::store {
namespace {

constexpr wire::JsonBounds kCheckpointBounds{1 << 20, 32};

std::string canonical(const nlohmann::json& json) {
    // Words from outside may be no UTF-8; the journal is, always.
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

Codec wire_codec(const core::Config& config) {
    Codec codec;
    codec.encode_event = [&config](const core::Event& event) {
        return canonical(wire::event_json(event, config));
    };
    codec.encode_checkpoint = [](const ports::Checkpoint& checkpoint) {
        return canonical(wire::checkpoint_json(checkpoint));
    };
    codec.decode_checkpoint = [](std::string_view text) -> core::Result<ports::Checkpoint> {
        const auto json = wire::parse_json(text, kCheckpointBounds);
        if (!json) return json.error();
        return wire::checkpoint_from_json(*json);
    };
    return codec;
}

}  // namespace bitgrid::store
