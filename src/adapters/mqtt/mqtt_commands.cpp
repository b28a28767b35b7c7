#include "adapters/mqtt/mqtt_commands.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "adapters/mqtt/topic.hpp"
#include "wire/decision_json.hpp"

namespace bitgrid::adapters {
namespace {

using Json = nlohmann::json;
using Kind = MqttCommand::Kind;

constexpr std::size_t kRemembered = 1'000;
constexpr double kStopsPerMinute = 600;
constexpr std::string_view kSet = "/set";
constexpr const char* kActor = "mqtt";

std::string accepted_or_not(const ports::Reply& reply) {
    return Json{{"schema", "ack/1"},
                {"command_id", reply.command_id},
                {"accepted", reply.is_accepted},
                {"override_id", reply.override_id.empty() ? Json{} : Json(reply.override_id)},
                {"code", reply.code},
                {"explain", wire::explanation_json(reply.text)}}
        .dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

MqttCommands::MqttCommands(MqttBus& bus, Engine engine, net::Exchanges& exchanges, std::string root,
                           int wishes_per_minute)
    : bus_{bus},
      engine_{engine},
      exchanges_{exchanges},
      root_{std::move(root)},
      wishes_{static_cast<double>(wishes_per_minute), engine.clock.mono()},
      stops_{kStopsPerMinute, engine.clock.mono()} {
    for (const char* path :
         {"/load/+/override", "/autonomy", "/emergency_stop", "/safety/ack", "/research"})
        subscriptions_.push_back(bus_.subscribe(
            root_ + path + std::string{kSet},
            [this](const MqttMessage& message) { heard(message); }, RetainFlag::AsPublished));
}

bool MqttCommands::is_allowed(const core::Result<MqttCommand>& command) {
    const bool is_stop = command && (command->kind == Kind::EmergencyStop ||
                                     (command->kind == Kind::SetOverride &&
                                      command->request.action == core::OverrideAction::Stop));
    return (is_stop ? stops_ : wishes_).take(engine_.clock.mono()) == 0;
}

void MqttCommands::heard(const MqttMessage& message) {
    // No broker that keeps to the protocol delivers one, and nothing could be answered to it.
    if (has_wildcard(message.topic))
        return engine_.health.rejected(
            "mqtt", {core::ErrorCode::BadInput, "a command on a topic with a wildcard"});
    std::string path{message.topic.substr(root_.size() + 1)};
    path.resize(path.size() - kSet.size());
    // An empty one is how a stored message is taken back: nothing to answer.
    if (message.is_retained && message.payload.empty()) return;
    const ReadCommand read = read_command(path, message.payload);
    if (!is_allowed(read.command))
        return engine_.health.rejected(
            "mqtt", {core::ErrorCode::Refused, "commands come faster than they are obeyed"});
    if (message.is_retained)
        return refuse(
            path, read.command_id, "RETAINED_COMMAND",
            {core::ErrorCode::Refused, "a stored command is never obeyed: send it unretained"});
    if (is_repeated(path, read.command_id)) return;
    if (!read.command) return refuse(path, read.command_id, "BAD_REQUEST", read.command.error());
    const std::string& load = read.command->request.load_id;
    if (!load.empty() && !knows_load(load))
        return refuse(path, read.command_id, "UNKNOWN_LOAD",
                      {core::ErrorCode::NotFound, "no load '" + load.substr(0, 32) + "'"});
    obey(path, read.command_id, *read.command);
}

void MqttCommands::obey(const std::string& path, const std::string& command_id,
                        const MqttCommand& command) {
    if (!command_id.empty()) answers_.emplace(command_id, std::nullopt);
    MqttCommand signed_command = command;
    signed_command.request.command_id = command_id;
    signed_command.request.actor = kActor;
    const auto token = std::make_shared<net::Exchanges::Exchange>(exchanges_.begin());
    call(signed_command, lifeline_.guard([this, path, command_id, token](ports::Reply reply) {
        if (!command_id.empty()) reply.command_id = command_id;
        answer(path, command_id, accepted_or_not(reply));
    }));
}

void MqttCommands::call(const MqttCommand& command, ports::Answer done) {
    ports::Control& control = engine_.control;
    switch (command.kind) {
        case Kind::SetOverride:
            return control.set_override(command.request, std::move(done));
        case Kind::EndOverride:
            return control.end_override(command.request.load_id, kActor, std::move(done));
        case Kind::SetAutonomy:
            return control.set_autonomy(command.autonomy, kActor, std::move(done));
        case Kind::EmergencyStop:
            return control.emergency_stop(kActor, std::move(done));
        case Kind::Acknowledge:
            return control.acknowledge(kActor, std::move(done));
        case Kind::SetResearch:
            return control.set_research(command.is_on, kActor, std::move(done));
    }
}

void MqttCommands::refuse(const std::string& path, const std::string& command_id,
                          std::string_view code, const core::Error& error) {
    engine_.health.rejected("mqtt",
                            {error.code, path.substr(0, 80) + kSet.data() + ": " + error.what});
    const Json document{{"schema", "ack/1"},
                        {"command_id", command_id.empty() ? Json{} : Json(command_id)},
                        {"accepted", false},
                        {"code", code},
                        {"detail", error.what}};
    bus_.publish(event_message(root_ + "/" + path + "/ack",
                               document.dump(-1, ' ', false, Json::error_handler_t::replace)));
}

void MqttCommands::answer(const std::string& path, const std::string& command_id,
                          std::string document) {
    if (!command_id.empty()) {
        answers_[command_id] = document;
        answered_.push_back(command_id);
        if (answered_.size() > kRemembered) {
            answers_.erase(answered_.front());
            answered_.pop_front();
        }
    }
    bus_.publish(event_message(root_ + "/" + path + "/ack", std::move(document)));
}

// A refused command is not remembered: it had no effect that could be repeated.
bool MqttCommands::is_repeated(const std::string& path, const std::string& command_id) {
    const auto known = answers_.find(command_id);
    if (command_id.empty() || known == answers_.end()) return false;
    if (known->second) bus_.publish(event_message(root_ + "/" + path + "/ack", *known->second));
    return true;
}

bool MqttCommands::knows_load(const std::string& load_id) const {
    const auto& loads = engine_.house.config().loads;
    return std::any_of(loads.begin(), loads.end(),
                       [&](const core::LoadConfig& load) { return load.id == load_id; });
}

}  // namespace bitgrid::adapters
