#include "adapters/mqtt/mqtt_plug.hpp"

#include <nlohmann/json.hpp>

#include "adapters/mqtt/sensor_payload.hpp"
#include "wire/bounded_json.hpp"

namespace bitgrid::adapters {
namespace {

using Json = nlohmann::json;

core::Result<std::string> text_at(std::string_view payload, const std::string& pointer) {
    if (payload.size() > kMostPayloadBytes)
        return core::Error{core::ErrorCode::TooLarge, "state of the plug"};
    if (pointer.empty()) return std::string{payload};
    const auto json = wire::parse_json(payload, {kMostPayloadBytes, kMostPayloadDepth});
    if (!json) return json.error();
    const Json::json_pointer path{pointer};
    if (!json->contains(path))
        return core::Error{core::ErrorCode::BadInput, "nothing at " + pointer};
    const Json& found = json->at(path);
    return found.is_string() ? found.get<std::string>() : found.dump();
}

}  // namespace

MqttPlug::MqttPlug(World world, MqttPlugConfig config)
    : world_{world}, config_{std::move(config)}, part_{"device/" + config_.id} {
    if (!config_.state_topic.empty())
        subscriptions_.push_back(world_.bus.subscribe(
            config_.state_topic, [this](const MqttMessage& message) { heard_state(message); }));
    if (!config_.power_topic.empty())
        subscriptions_.push_back(world_.bus.subscribe(
            config_.power_topic, [this](const MqttMessage& message) { heard_power(message); }));
}

void MqttPlug::command(const ports::Command& command, ports::CommandDone done) {
    switch_to(command.target.is_on(), static_cast<int>(command.lease_ms / 1'000), std::move(done));
}

void MqttPlug::renew(const ports::Command& command) {
    if (command.target.is_on()) renew(static_cast<int>(command.lease_ms / 1'000));
}

void MqttPlug::cut(ports::CommandDone done) { switch_to(false, 0, std::move(done)); }

void MqttPlug::close(int dead_man_s, ports::CommandDone done) {
    switch_to(true, dead_man_s, std::move(done));
}

// Without a timer of its own there is nothing to renew; and nothing is renewed against an off.
void MqttPlug::renew(int dead_man_s) {
    if (config_.payload_on_for.empty() || dead_man_s <= 0) return;
    if (attempt_ && !attempt_->is_on) return;
    world_.bus.publish(command_message(config_.command_topic, payload(true, dead_man_s)));
}

void MqttPlug::switch_to(bool on, int seconds, ports::CommandDone done) {
    if (attempt_) finish(core::Error{core::ErrorCode::Refused, "a newer command took its place"});
    contact_.reset();  // what it said before the command does not confirm it
    power_w_.reset();
    attempt_.emplace(Attempt{++attempts_, on, std::move(done), world_.exchanges.begin(), nullptr});
    attempt_->deadline = world_.clock.after(config_.confirm_s * std::int64_t{1'000}, [this] {
        finish(core::Error{core::ErrorCode::Timeout, "the plug did not confirm within " +
                                                         std::to_string(config_.confirm_s) + " s"});
    });
    world_.bus.publish(command_message(config_.command_topic, payload(on, seconds)),
                       lifeline_.guard([this, number = attempts_](core::Result<void> sent) {
                           if (!attempt_ || attempt_->number != number) return;
                           if (!sent) finish(sent);
                           else if (config_.state_topic.empty() && config_.power_topic.empty())
                               finish({});  // it never tells: the broker's word must do
                       }));
}

std::string MqttPlug::payload(bool on, int seconds) const {
    if (!on) return config_.payload_off;
    if (seconds <= 0 || config_.payload_on_for.empty()) return config_.payload_on;
    std::string text = config_.payload_on_for;
    if (const auto place = text.find("{s}"); place != std::string::npos)
        text.replace(place, 3, std::to_string(seconds));
    return text;
}

void MqttPlug::heard_state(const MqttMessage& message) {
    if (message.is_retained) return;
    const auto text = text_at(message.payload, config_.state_pointer);
    if (!text) return world_.health.rejected(part_, text.error());
    if (*text != config_.state_on && *text != config_.state_off)
        return world_.health.rejected(part_,
                                      {core::ErrorCode::BadInput, "neither its on nor its off"});
    sign_of_life();
    contact_ = *text == config_.state_on;
    finish_if_agreed();
}

void MqttPlug::heard_power(const MqttMessage& message) {
    if (message.is_retained) return;
    const auto reading = read_sensor(message.payload, {config_.power_pointer, ""});
    if (!reading) return world_.health.rejected(part_, reading.error());
    const std::string& unit = reading->unit.empty() ? config_.power_unit : reading->unit;
    const auto watts = convert(reading->value, unit, "W");
    if (!watts)
        return world_.health.rejected(part_, {core::ErrorCode::BadInput, "no unit of power"});
    sign_of_life();
    power_w_ = *watts;
    // The answer to a command first: a measurement may lead to the next one.
    finish_if_agreed();
    world_.signals.measured({core::Signal::LoadPower, config_.load, *watts, 0, 0});
}

void MqttPlug::sign_of_life() {
    world_.health.health(part_, ports::Condition::Ok, "");
    if (config_.is_heartbeat) world_.signals.alive(config_.load);
}

// Off means off: contact and watts agree. On is the contact alone: the load may still be starting.
bool MqttPlug::agrees(bool on) const {
    const bool tells_contact = !config_.state_topic.empty();
    if (tells_contact && contact_ != on) return false;
    if (on) return tells_contact || (power_w_ && *power_w_ >= config_.off_below_w);
    return config_.power_topic.empty() || (power_w_ && *power_w_ < config_.off_below_w);
}

void MqttPlug::finish_if_agreed() {
    if (attempt_ && agrees(attempt_->is_on)) finish({});
}

void MqttPlug::finish(core::Result<void> result) {
    Attempt ended = std::move(*attempt_);
    attempt_.reset();
    if (!result && result.error().code != core::ErrorCode::Refused)
        world_.health.health(part_, ports::Condition::Error, result.error().what);
    if (ended.done) ended.done(std::move(result));
}

}  // namespace bitgrid::adapters
