// What the API hands on to the engine. Whether it is done, the engine decides.
#include <algorithm>
#include <cmath>

#include "api/api_server.hpp"
#include "wire/decision_json.hpp"
#include "wire/words.hpp"

namespace bitgrid::api {
namespace {

using Json = nlohmann::json;

std::optional<Problem> unknown_keys(const Json& body,
                                    std::initializer_list<std::string_view> known) {
    for (const auto& [key, value] : body.items())
        if (std::find(known.begin(), known.end(), key) == known.end())
            return Problem{400, "UNKNOWN_FIELD", "unknown field \"" + key.substr(0, 40) + "\""};
    return std::nullopt;
}

Problem bad_field(const char* key, const char* allowed) {
    return {400, "BAD_FIELD", std::string{"\""} + key + "\" must be " + allowed};
}

// Reads an optional text of the body; false where it is something else or too long.
bool read_text(const Json& body, const char* key, std::string& value) {
    const auto it = body.find(key);
    if (it == body.end() || it->is_null()) return true;
    if (!it->is_string() || it->get_ref<const std::string&>().size() > 100) return false;
    value = it->get<std::string>();
    return true;
}

bool read_number(const Json& body, const char* key, double& value) {
    const auto it = body.find(key);
    if (it == body.end() || it->is_null()) return true;
    if (!it->is_number()) return false;
    value = it->get<double>();
    return std::isfinite(value);
}

std::optional<Problem> read_override(const Json& body, ports::OverrideRequest& request) {
    if (auto problem = unknown_keys(body, {"load_id", "action", "watts", "duration_min",
                                           "use_reserve", "command_id", "user_reason"}))
        return problem;
    if (!read_text(body, "load_id", request.load_id))
        return bad_field("load_id", "the id of a load");
    if (!read_text(body, "command_id", request.command_id))
        return bad_field("command_id", "at most 100 characters");
    const auto action =
        wire::value_of<core::OverrideAction>(body["action"].get_ref<const std::string&>());
    if (!action) return bad_field("action", "START, STOP, LIMIT or NONE");
    request.action = *action;
    double watts = 0;
    double minutes = 60;
    if (!read_number(body, "watts", watts)) return bad_field("watts", "a number of watts");
    if (!read_number(body, "duration_min", minutes) || !(minutes >= 1 && minutes <= 1440) ||
        minutes != std::floor(minutes))
        return bad_field("duration_min", "a whole number from 1 to 1440");
    if (request.action == core::OverrideAction::Limit && !(watts > 0 && watts <= 100'000))
        return bad_field("watts", "above 0 and at most 100000 for LIMIT");
    request.limit = core::Watts{watts};
    request.duration_min = static_cast<int>(minutes);
    const auto reserve = body.find("use_reserve");
    if (reserve != body.end() && !reserve->is_null()) {
        if (!reserve->is_boolean()) return bad_field("use_reserve", "true or false");
        request.use_reserve = reserve->get<bool>();
    }
    return std::nullopt;
}

// Accepted: 200. Refused: the code says why, and nothing has changed.
ports::Answer answer_to(const Call& call) {
    return [call](const ports::Reply& reply) {
        const Json explain = wire::explanation_json(reply.text);
        if (reply.is_accepted)
            return call.answer(
                {{"accepted", true},
                 {"command_id", reply.command_id},
                 {"override_id", reply.override_id.empty() ? Json{} : Json(reply.override_id)},
                 {"decision_code", reply.code.empty() ? Json{} : Json(reply.code)},
                 {"explain", explain}});
        const bool is_unknown = reply.code == "UNKNOWN_LOAD" || reply.code == "NO_OVERRIDE" ||
                                reply.code == "PROPOSAL_GONE";
        const bool is_bad = reply.code.starts_with("BAD_");
        call.refuse({is_unknown ? 404
                     : is_bad   ? 400
                                : 409,
                     reply.code,
                     reply.text.en.brief,
                     {{"explain", explain}, {"command_id", reply.command_id}}});
    };
}

}  // namespace

void ApiServer::post_override(const Call& call) {
    const auto action = call.body.find("action");
    if (action == call.body.end() || !action->is_string())
        return call.refuse(bad_field("action", "START, STOP, LIMIT or NONE"));
    const bool is_stop = *action == "STOP";
    if (!is_stop && call.caller.role < Role::Operator)
        return call.refuse(
            {403, "OPERATOR_NEEDED", "the token's role is observer; only STOP is allowed"});
    if (*action == "NONE") {
        std::string load;
        if (!read_text(call.body, "load_id", load))
            return call.refuse(bad_field("load_id", "the id of a load"));
        return parts_.control.end_override(load, call.caller.name, answer_to(call));
    }
    ports::OverrideRequest request;
    if (const auto problem = read_override(call.body, request)) return call.refuse(*problem);
    request.actor = call.caller.name;
    parts_.control.set_override(std::move(request), answer_to(call));
}

void ApiServer::delete_override(const Call& call) {
    parts_.control.end_override(call.param, call.caller.name, answer_to(call));
}

void ApiServer::put_autonomy(const Call& call) {
    std::string level;
    if (const auto problem = unknown_keys(call.body, {"level", "command_id"}))
        return call.refuse(*problem);
    const bool is_text = read_text(call.body, "level", level);
    const auto value = wire::value_of<core::AutonomyLevel>(level);
    if (!is_text || !value) return call.refuse(bad_field("level", "MANUAL, ASSIST, SEMI or FULL"));
    parts_.control.set_autonomy(*value, call.caller.name, answer_to(call));
}

void ApiServer::post_emergency_stop(const Call& call) {
    parts_.control.emergency_stop(call.caller.name, answer_to(call));
}

void ApiServer::post_acknowledge(const Call& call) {
    parts_.control.acknowledge(call.caller.name, answer_to(call));
}

void ApiServer::post_accept(const Call& call) {
    parts_.control.accept_proposal(call.param, call.caller.name, answer_to(call));
}

}  // namespace bitgrid::api
