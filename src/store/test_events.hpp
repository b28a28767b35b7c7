#pragma once
// For tests of this room: events to write.
#include "store/wire_codec.hpp"

namespace bitgrid::store {

inline Codec test_codec() {
    static const core::Config config;
    return wire_codec(config);
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
    made->state.loads.push_back({});
    made->memory.loads.push_back({});
    return {made->time, std::shared_ptr<const core::DecisionEvent>{made}};
}

inline core::Event note(const std::string& why) { return {{1'000}, core::Stopped{why}}; }

inline core::Event health_note(std::int64_t ms) {
    return {{ms}, core::HealthChanged{"mqtt", core::HealthLevel::Warn, "gone"}};
}

}  // namespace bitgrid::store
