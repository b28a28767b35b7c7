#include "adapters/mqtt/gateway_link.hpp"

#include <nlohmann/json.hpp>

#include "adapters/mqtt/setpoint_payload.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::adapters {
namespace {

constexpr std::string_view kConditions[] = {"ok", "warn", "error"};

}  // namespace

GatewayLink::GatewayLink(MqttBus& bus, Sinks sinks, ports::Clock& clock, Identity identity)
    : bus_{bus}, sinks_{sinks}, clock_{clock}, identity_{std::move(identity)} {
    subscriptions_.push_back(bus_.subscribe(identity_.root + "/controller/claim",
                                            [this](const MqttMessage& m) { heard_claim(m); }));
    for (const std::string& load : identity_.loads)
        subscriptions_.push_back(bus_.subscribe(
            identity_.root + "/command/" + load,
            [this, load](const MqttMessage& m) { heard_command(load, m); },
            RetainFlag::AsPublished));
}

void GatewayLink::heard_command(const std::string& load, const MqttMessage& message) {
    if (message.is_retained)
        return rejected("command", {core::ErrorCode::BadInput, "a stored command is never obeyed"});
    const auto setpoint = read_setpoint(message.payload);
    if (!setpoint) return rejected("command", setpoint.error());
    answer(load, setpoint->command_id, sinks_.setpoints.take(load, *setpoint));
}

void GatewayLink::heard_claim(const MqttMessage& message) {
    const auto epoch = read_claimed_epoch(message.payload);
    if (!epoch) return rejected("controller", epoch.error());
    sinks_.setpoints.heard_epoch(*epoch);
}

void GatewayLink::answer(const std::string& load, const std::string& command_id,
                         ports::Refusal refusal) {
    bus_.publish(command_message(identity_.root + "/command/" + load + "/ack",
                                 ack_text({command_id, refusal})));
}

void GatewayLink::lapsed(const std::string& load, const std::string& command_id) {
    answer(load, command_id, ports::Refusal::Lapsed);
}

std::string GatewayLink::telemetry(std::string_view device, std::string_view signal) const {
    return identity_.root + "/telemetry/" + std::string{device} + "/" + std::string{signal};
}

// With the time of the measurement, so that what waited for the broker is not taken for news.
void GatewayLink::measured(const ports::Measurement& m) {
    sinks_.signals.measured(m);
    const core::SignalSpec& spec = core::spec_of(m.signal);
    const std::string_view device = m.load.empty() ? std::string_view{identity_.name} : m.load;
    const nlohmann::json told{{"value", m.value},
                              {"unit", spec.unit},
                              {"time", wire::time_text(clock_.wall() + -m.age_ms)}};
    Publication message{telemetry(device, spec.name), told.dump(), 0, false, Waiting::Latest};
    bus_.publish(std::move(message), nullptr);
}

// A sign of life has no time of its own: it is told now or not at all.
void GatewayLink::alive(std::string_view load) {
    sinks_.signals.alive(load);
    if (bus_.is_connected())
        bus_.publish({telemetry(load, "heartbeat"), "1", 0, false, Waiting::Latest}, nullptr);
}

void GatewayLink::health(std::string_view part, ports::Condition condition,
                         std::string_view reason) {
    sinks_.health.health(part, condition, reason);
    const nlohmann::json told{{"status", kConditions[static_cast<std::size_t>(condition)]},
                              {"reason", std::string{reason.substr(0, 500)}}};
    bus_.publish(state_message(
                     identity_.root + "/gateway/" + identity_.name + "/health/" + std::string{part},
                     told.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)),
                 nullptr);
}

void GatewayLink::rejected(std::string_view part, const core::Error& error) {
    sinks_.health.rejected(part, error);
}

}  // namespace bitgrid::adapters
