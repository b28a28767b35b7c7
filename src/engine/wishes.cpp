#include "engine/wishes.hpp"

#include <algorithm>
#include <cmath>

namespace bitgrid::engine {
namespace {

using core::Occasion;
using core::Trigger;

constexpr std::size_t kRememberedAnswers = 1'000;

ports::Reply refusal(std::string command_id, std::string code, std::string de, std::string en) {
    ports::Reply reply;
    reply.command_id = std::move(command_id);
    reply.code = std::move(code);
    reply.text.de.brief = std::move(de);
    reply.text.en.brief = std::move(en);
    return reply;
}

ports::Reply acceptance(std::string command_id) {
    ports::Reply reply;
    reply.is_accepted = true;
    reply.command_id = std::move(command_id);
    return reply;
}

// `STOP_R3_OVERTEMP` beats a wish as `REJECTED_R3_OVERTEMP`.
std::string rejection_of(core::Code code) {
    const std::string name{core::name_of(code)};
    return "REJECTED" + name.substr(name.find('_'));
}

}  // namespace

Wishes::Wishes(Conductor& conductor, SafetyPath& safety, SafetyPath::Freeze freeze,
               Conductor::World world)
    : conductor_{conductor}, safety_{safety}, freeze_{std::move(freeze)}, world_{world} {}

bool Wishes::is_refused(const std::string& command_id, const ports::Answer& answer) const {
    if (is_observer_)
        answer(refusal(command_id, "NOT_IN_CONTROL",
                       "Eine andere Steuerung hat diesen Standort; diese hier schaut nur zu.",
                       "Another controller has this site; this one only watches."));
    return is_observer_;
}

std::vector<std::size_t> Wishes::loads_named(const std::string& id) const {
    std::vector<std::size_t> loads;
    for (std::size_t i = 0; i < conductor_.config().loads.size(); ++i)
        if (id.empty() || conductor_.config().loads[i].id == id) loads.push_back(i);
    return loads;
}

void Wishes::remember(const ports::Reply& reply) {
    if (reply.command_id.empty()) return;
    if (!answered_.emplace(reply.command_id, reply).second) return;
    answered_order_.push_back(reply.command_id);
    if (answered_order_.size() <= kRememberedAnswers) return;
    answered_.erase(answered_order_.front());
    answered_order_.pop_front();
}

bool Wishes::is_valid(const ports::OverrideRequest& request, ports::Reply& reply) const {
    if (loads_named(request.load_id).empty()) {
        reply = refusal(request.command_id, "UNKNOWN_LOAD",
                        "Diese Last gibt es nicht: " + request.load_id + ".",
                        "There is no such load: " + request.load_id + ".");
        return false;
    }
    if (request.duration_min < 1 || request.duration_min > 1440) {
        reply =
            refusal(request.command_id, "BAD_DURATION", "Die Dauer muss 1 bis 1440 Minuten sein.",
                    "The duration must be 1 to 1440 minutes.");
        return false;
    }
    const bool is_limit = request.action == core::OverrideAction::Limit;
    if (is_limit && !(request.limit.value > 0 && request.limit.value <= 100'000)) {
        reply = refusal(request.command_id, "BAD_LIMIT",
                        "Die Grenze muss über 0 und höchstens 100000 W sein.",
                        "The limit must be above 0 and at most 100000 W.");
        return false;
    }
    return true;
}

bool Wishes::is_too_early(const ports::OverrideRequest& request, ports::Reply& reply) const {
    if (request.action == core::OverrideAction::Stop || !start_) return false;
    const auto waiting = start_();
    if (!waiting) return false;
    reply.command_id = request.command_id;
    reply.code = "NOT_READY";
    reply.text = *waiting;
    return true;
}

Wishes::Rehearsal Wishes::rehearse(const ports::OverrideRequest& request, std::size_t load,
                                   const core::EnergyState& state) const {
    core::Memory memory = conductor_.memory();
    core::LoadMemory& mine = memory.loads[load];
    const std::optional<core::Target> before = mine.wish ? mine.wish->before : mine.target;
    const bool is_limit = request.action == core::OverrideAction::Limit;
    mine.wish = core::Override{request.action, is_limit ? request.limit : core::Watts{0},
                               request.use_reserve,
                               state.time + std::int64_t{request.duration_min} * 60'000, before};
    return {load, *mine.wish,
            conductor_.rehearse(memory, state, Occasion::between_blocks(Trigger::Override, load),
                                load)};
}

void Wishes::refuse(const ports::OverrideRequest& request, const Rehearsal& beaten,
                    const ports::Answer& answer) {
    ports::Reply reply;
    reply.command_id = request.command_id;
    reply.code = rejection_of(beaten.event.decision.code);
    reply.text = world_.narrator.refusal(conductor_.config(), reply.code, beaten.event);
    world_.recorder.note(core::OverrideRejected{conductor_.config().loads[beaten.load].id,
                                                reply.code, request.actor, reply.text});
    remember(reply);
    answer(reply);
}

void Wishes::carry_out(Rehearsal& rehearsal, const std::string& actor,
                       const std::string& override_id, Recorder::Act done) {
    const std::size_t load = rehearsal.load;
    std::vector<core::Event> also;
    if (conductor_.memory().loads[load].wish)
        also.push_back(
            {world_.clock.wall(), core::OverrideEnded{conductor_.wish_meta(load).override_id,
                                                      conductor_.config().loads[load].id,
                                                      core::OverrideEnd::Replaced, ""}});
    conductor_.memory().loads[load].wish = rehearsal.wish;
    conductor_.wish_meta(load) = {override_id, actor, core::OverrideEnd::Expired};
    also.push_back(
        {world_.clock.wall(), core::OverrideSet{override_id, conductor_.config().loads[load].id,
                                                rehearsal.wish, actor}});
    conductor_.conduct(rehearsal.event.state, Occasion::between_blocks(Trigger::Override, load),
                       std::move(also), std::move(done));
}

void Wishes::set_override(ports::OverrideRequest request, ports::Answer answer) {
    if (is_refused(request.command_id, answer)) return;
    if (const auto known = answered_.find(request.command_id); known != answered_.end())
        return answer(known->second);
    if (request.command_id.empty()) request.command_id = world_.identity.next(world_.clock.wall());
    ports::Reply reply;
    if (!is_valid(request, reply) || is_too_early(request, reply)) return answer(reply);

    const core::EnergyState state = freeze_();
    std::vector<Rehearsal> rehearsals;
    for (const std::size_t load : loads_named(request.load_id))
        rehearsals.push_back(rehearse(request, load, state));
    // A STOP is always accepted; anything else only where the rehearsal says that it would be
    // carried out.
    for (Rehearsal& r : rehearsals)
        if (request.action != core::OverrideAction::Stop &&
            core::rule_of(r.event.decision.code) != core::Rule::Override)
            return refuse(request, r, answer);

    reply = acceptance(request.command_id);
    reply.override_id = world_.identity.next(world_.clock.wall());
    const auto left = std::make_shared<std::size_t>(rehearsals.size());
    remember(reply);
    for (Rehearsal& r : rehearsals)
        carry_out(r, request.actor, reply.override_id,
                  [this, left, reply, load = r.load, answer]() mutable {
                      if (--*left > 0) return;
                      const auto& decision = conductor_.last_decision(load);
                      reply.code = core::name_of(decision->decision.code);
                      reply.text = decision->text;
                      answered_[reply.command_id] = reply;
                      answer(reply);
                  });
}

void Wishes::end(std::size_t load, core::OverrideEnd why, Recorder::Act done) {
    conductor_.wish_meta(load).end = why;
    const core::EnergyState state = freeze_();
    auto& wish = conductor_.memory().loads[load].wish;
    wish->until = std::min(wish->until, state.time);
    conductor_.conduct(state, Occasion::between_blocks(Trigger::Override, load), {},
                       std::move(done));
}

void Wishes::end_override(std::string which, std::string actor, ports::Answer answer) {
    if (is_refused("", answer)) return;
    std::vector<std::size_t> ending;
    for (std::size_t i = 0; i < conductor_.config().loads.size(); ++i) {
        const bool is_meant = which.empty() || conductor_.config().loads[i].id == which ||
                              conductor_.wish_meta(i).override_id == which;
        if (is_meant && conductor_.memory().loads[i].wish) ending.push_back(i);
    }
    if (ending.empty())
        return answer(
            refusal("", "NO_OVERRIDE", "Es läuft kein Eingriff.", "There is no override to end."));
    (void)actor;
    const auto left = std::make_shared<std::size_t>(ending.size());
    for (const std::size_t load : ending)
        end(load, core::OverrideEnd::Cancelled, [this, left, load, answer] {
            if (--*left > 0) return;
            ports::Reply reply = acceptance("");
            const auto& decision = conductor_.last_decision(load);
            reply.code = core::name_of(decision->decision.code);
            reply.text = decision->text;
            answer(reply);
        });
}

void Wishes::expire() {
    const core::UnixTime now = world_.clock.wall();
    for (std::size_t i = 0; i < conductor_.config().loads.size(); ++i) {
        const auto& wish = conductor_.memory().loads[i].wish;
        if (wish && wish->until <= now) end(i, core::OverrideEnd::Expired, nullptr);
    }
}

void Wishes::set_autonomy(core::AutonomyLevel level, std::string actor, ports::Answer answer) {
    if (is_refused("", answer)) return;
    const core::AutonomyLevel before = conductor_.memory().autonomy;
    conductor_.memory().autonomy = level;
    world_.recorder.write(
        {{world_.clock.wall(), core::AutonomyChanged{before, level, std::move(actor)}}},
        [answer = std::move(answer)] { answer(acceptance("")); });
}

// Also where nothing changes the answer waits for the journal: for the change that made it so.
void Wishes::set_research(bool is_on, std::string actor, ports::Answer answer) {
    std::vector<core::Event> events;
    if (research_(is_on))
        events.push_back({world_.clock.wall(), core::ResearchToggled{is_on, std::move(actor)}});
    world_.recorder.write(std::move(events),
                          [answer = std::move(answer)] { answer(acceptance("")); });
}

void Wishes::emergency_stop(std::string actor, ports::Answer answer) {
    if (is_refused("", answer)) return;
    conductor_.memory().is_emergency = true;
    safety_.look_at_all();
    world_.recorder.write({{world_.clock.wall(), core::EmergencyChanged{true, std::move(actor)}}},
                          [answer = std::move(answer)] { answer(acceptance("")); });
}

void Wishes::acknowledge(std::string actor, ports::Answer answer) {
    if (is_refused("", answer)) return;
    std::vector<core::Event> events;
    if (conductor_.memory().is_emergency) {
        conductor_.memory().is_emergency = false;
        events.push_back({world_.clock.wall(), core::EmergencyChanged{false, actor}});
    }
    for (core::LoadMemory& load : conductor_.memory().loads)
        if (load.lockout) load.lockout->is_acked = true;
    world_.recorder.write(std::move(events),
                          [answer = std::move(answer)] { answer(acceptance("")); });
}

void Wishes::accept_proposal(std::string decision_id, std::string actor, ports::Answer answer) {
    if (is_refused("", answer)) return;
    (void)actor;
    for (std::size_t i = 0; i < conductor_.config().loads.size(); ++i) {
        const auto& last = conductor_.last_decision(i);
        if (!last || last->decision_id != decision_id || !last->decision.proposal) continue;
        conductor_.memory().loads[i].accepted = last->decision.proposal;
        // What was proposed is judged again, with the values that it was proposed with and the
        // safety of now.
        core::EnergyState state = last->state;
        const core::EnergyState now = freeze_();
        state.time = now.time;
        state.loads = now.loads;
        return conductor_.conduct(state, Occasion::between_blocks(Trigger::Override, i), {},
                                  [this, i, answer = std::move(answer)] {
                                      const auto& done = conductor_.last_decision(i);
                                      ports::Reply reply = acceptance("");
                                      reply.code = core::name_of(done->decision.code);
                                      reply.is_accepted = done->decision.changes_level();
                                      reply.text = done->text;
                                      answer(reply);
                                  });
    }
    answer(refusal("", "PROPOSAL_GONE", "Diesen Vorschlag gibt es nicht mehr.",
                   "This proposal is gone."));
}

}  // namespace bitgrid::engine
