#pragma once
// For tests of this room: events to write, and a codec that needs no other room.
#include <nlohmann/json.hpp>

#include "store/journal_row.hpp"

namespace bitgrid::store {

inline Codec test_codec() {
    Codec codec;
    codec.encode_event = [](const core::Event& event) {
        nlohmann::json json{{"type", core::type_of(event)}, {"time", event.time.ms}};
        if (const auto* decision =
                std::get_if<std::shared_ptr<const core::DecisionEvent>>(&event.what)) {
            json["decision_id"] = (*decision)->decision_id;
            json["load_id"] = (*decision)->load_id;
            json["block_id"] = (*decision)->block;
            json["decision_code"] = core::name_of((*decision)->decision.code);
        }
        if (const auto* stopped = std::get_if<core::Stopped>(&event.what))
            json["why"] = stopped->why;
        return json.dump();
    };
    codec.encode_checkpoint = [](const ports::Checkpoint& checkpoint) {
        return nlohmann::json{{"last_block", checkpoint.last_block},
                              {"is_stopped", checkpoint.is_stopped}}
            .dump();
    };
    codec.decode_checkpoint = [](std::string_view text) -> core::Result<ports::Checkpoint> {
        const auto json = nlohmann::json::parse(text, nullptr, false);
        if (!json.is_object()) return core::Error{core::ErrorCode::Damaged, "no object"};
        ports::Checkpoint checkpoint;
        checkpoint.last_block = json["last_block"].get<std::int64_t>();
        checkpoint.is_stopped = json["is_stopped"].get<bool>();
        return checkpoint;
    };
    return codec;
}

inline core::Event decision(core::BlockId block, const std::string& id,
                            const std::string& load = "miner",
                            core::Code code = core::Code::Noop_R1_INSUFFICIENT_SURPLUS) {
    auto made = std::make_shared<core::DecisionEvent>();
    made->decision_id = id;
    made->block = block;
    made->load_id = load;
    made->time = {block * 600'000};
    made->decision.code = code;
    return {made->time, std::shared_ptr<const core::DecisionEvent>{made}};
}

inline core::Event note(const std::string& why) { return {{1'000}, core::Stopped{why}}; }

inline core::Event health_note(std::int64_t ms) {
    return {{ms}, core::HealthChanged{"mqtt", core::HealthLevel::Warn, "gone"}};
}

}  // namespace bitgrid::store
