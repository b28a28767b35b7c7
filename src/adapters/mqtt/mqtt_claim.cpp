#include "adapters/mqtt/mqtt_claim.hpp"

#include <nlohmann/json.hpp>

#include "wire/bounded_json.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::adapters {
namespace {

constexpr std::int64_t kBeatMs = 5'000;
constexpr std::int64_t kSilenceMs = 15'000;

struct Claim {
    std::string controller_id;
    core::UnixTime since;
};

core::Result<Claim> read_claim(std::string_view payload) {
    const auto json = wire::parse_json(payload, {1'024, 4});
    if (!json) return json.error();
    const auto text = [&](const char* key) -> std::string {
        const auto found = json->find(key);
        return found != json->end() && found->is_string() ? found->get<std::string>() : "";
    };
    if (!json->is_object() || text("controller_id").empty())
        return core::Error{core::ErrorCode::BadInput, "a claim needs a controller_id"};
    const auto since = wire::parse_time(text("since"));
    if (!since) return since.error();
    return Claim{text("controller_id"), *since};
}

}  // namespace

MqttClaim::MqttClaim(MqttBus& bus, ports::Clock& clock, ports::HealthSink& health,
                     Identity identity, std::function<void(bool)> changed)
    : bus_{bus},
      clock_{clock},
      health_{health},
      identity_{std::move(identity)},
      topic_{identity_.root + "/controller/claim"},
      changed_{std::move(changed)},
      since_{clock.wall()} {
    claims_ = bus_.subscribe(topic_, [this](const MqttMessage& message) { heard(message); });
    // What is stored arrives first; our own claim follows with the next beat.
    heartbeat_ = clock_.after(kBeatMs, [this] { beat(); });
}

void MqttClaim::give_up() {
    heartbeat_.reset();
    claims_.reset();
    if (may_act()) bus_.publish(state_message(topic_, ""));
}

void MqttClaim::heard(const MqttMessage& message) {
    if (message.payload.empty()) {
        if (rival_) rival_->heard = {clock_.mono().ms - kSilenceMs};  // it gave up
        return;
    }
    const auto claim = read_claim(message.payload);
    if (!claim) return health_.rejected("controller", claim.error());
    if (claim->controller_id == identity_.controller_id) return;
    // A stored claim may be a dead one's: we keep quiet until it has had time to speak.
    if (message.is_retained || is_elder(claim->since, claim->controller_id))
        yield_to(claim->controller_id);
}

bool MqttClaim::is_elder(core::UnixTime since, const std::string& controller_id) const {
    if (since != since_) return since < since_;
    return controller_id < identity_.controller_id;
}

void MqttClaim::yield_to(std::string controller_id) {
    const bool is_new = !rival_;
    rival_ = Rival{std::move(controller_id), clock_.mono()};
    if (!is_new) return;
    health_.health("controller", ports::Condition::Error,
                   "another controller has this site: " + rival_->controller_id.substr(0, 64));
    changed_(false);
}

void MqttClaim::beat() {
    heartbeat_ = clock_.after(kBeatMs, [this] { beat(); });
    if (rival_ && clock_.mono() - rival_->heard >= kSilenceMs) {
        rival_.reset();
        health_.health("controller", ports::Condition::Ok, "");
        changed_(true);
    }
    if (rival_ || !bus_.is_connected()) return;
    const nlohmann::json claim{{"schema", "claim/1"},
                               {"controller_id", identity_.controller_id},
                               {"since", wire::time_text(since_)},
                               {"time", wire::time_text(clock_.wall())}};
    bus_.publish(state_message(topic_, claim.dump()));
}

}  // namespace bitgrid::adapters
