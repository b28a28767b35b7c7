#include "adapters/mqtt/remote_load.hpp"

namespace bitgrid::adapters {
namespace {

std::string reason_of(ports::Refusal refusal) {
    switch (refusal) {
        case ports::Refusal::StaleEpoch:
            return "the gateway obeys another controller";
        case ports::Refusal::Expired:
            return "the gateway's clock and ours differ by more than a lease";
        case ports::Refusal::Lapsed:
            return "the gateway let it lapse: it heard nothing of us for too long";
        case ports::Refusal::OverTemperature:
            return "the gateway has stopped the load because it was too hot";
        case ports::Refusal::Ending:
            return "the gateway is ending, or does not know this load";
        case ports::Refusal::None:
            break;
    }
    return "";
}

}  // namespace

RemoteLoad::RemoteLoad(World world, const std::string& id, const std::string& load)
    : world_{world},
      part_{"device/" + id},
      topic_{world.bus.root() + "/command/" + load},
      acks_{world.bus.subscribe(topic_ + "/ack", [this](const MqttMessage& m) { heard(m); })} {}

// What the gateway let lapse is over for it: on again is a new command, under a new name.
std::string RemoteLoad::id_on_the_wire() const {
    return wanted_->command_id + (begun_anew_ == 0 ? "" : "." + std::to_string(begun_anew_));
}

void RemoteLoad::send(const ports::Command& command) {
    const std::int64_t lease_ms = command.target.is_on() ? command.lease_ms : 0;
    sent_until_ = world_.clock.mono() + lease_ms;
    const ports::Setpoint setpoint{id_on_the_wire(), command.target, command.watts,
                                   world_.clock.wall() + lease_ms, world_.bus.epoch()};
    world_.bus.publish(command_message(topic_, setpoint_text(setpoint)),
                       lifeline_.guard([this, id = setpoint.command_id](core::Result<void> sent) {
                           if (!sent && attempt_ && id == id_on_the_wire()) finish(sent);
                       }));
}

void RemoteLoad::command(const ports::Command& command, ports::CommandDone done) {
    if (attempt_) finish(core::Error{core::ErrorCode::Refused, "a newer command took its place"});
    if (!wanted_ || wanted_->command_id != command.command_id) begun_anew_ = 0;
    wanted_ = command;
    if (!command.target.is_on()) runs_until_.reset();
    attempt_.emplace(Attempt{std::move(done), world_.exchanges.begin(), nullptr});
    attempt_->deadline = world_.clock.after(kAnswerMs, [this] {
        finish(core::Error{core::ErrorCode::Timeout, "the gateway does not answer"});
    });
    send(command);
}

void RemoteLoad::renew(const ports::Command& command) {
    if (!wanted_ || wanted_->command_id != command.command_id || !command.target.is_on()) return;
    send(command);
}

void RemoteLoad::heard(const MqttMessage& message) {
    if (message.is_retained || !wanted_) return;
    const auto ack = read_setpoint_ack(message.payload);
    if (!ack) return world_.health.rejected(part_, ack.error());
    if (ack->command_id != id_on_the_wire()) return;
    if (ack->refusal == ports::Refusal::None) {
        if (wanted_->target.is_on()) runs_until_ = sent_until_;
        world_.health.health(part_, ports::Condition::Ok, "");
        if (attempt_) finish({});
        return;
    }
    runs_until_.reset();
    world_.health.coded(part_, ports::Condition::Warn, "REFUSED", reason_of(ack->refusal));
    if (ack->refusal == ports::Refusal::Lapsed && wanted_->target.is_on()) return begin_anew();
    if (attempt_) finish(core::Error{core::ErrorCode::Refused, reason_of(ack->refusal)});
}

// The controller still wants it on, by its newest cycle: it asks only with its next renewal or try.
void RemoteLoad::begin_anew() { ++begun_anew_; }

void RemoteLoad::finish(core::Result<void> result) {
    Attempt ended = std::move(*attempt_);
    attempt_.reset();
    if (!result && result.error().code == core::ErrorCode::Timeout)
        world_.health.coded(part_, ports::Condition::Error, "NO_ANSWER", result.error().what);
    if (ended.done) ended.done(std::move(result));
}

ports::DeadMan RemoteLoad::dead_man() const {
    if (!runs_until_) return {true, std::nullopt};
    return {true, std::max(0.0, static_cast<double>(*runs_until_ - world_.clock.mono()) / 1'000)};
}

}  // namespace bitgrid::adapters
