// What the API hands on to the engine. Whether it is done, the engine decides.
#include <sodium.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "api/api_server.hpp"
#include "crypto/digest.hpp"
#include "wire/decision_json.hpp"
#include "wire/drill_json.hpp"
#include "wire/words.hpp"

namespace bitgrid::api {
namespace {

using Json = nlohmann::json;

std::string all(std::initializer_list<std::string_view> words) {
    std::string text;
    for (const std::string_view word : words) text.append(text.empty() ? "" : ", ").append(word);
    return text;
}

std::optional<Problem> unknown_keys(const Json& body,
                                    std::initializer_list<std::string_view> known) {
    for (const auto& [key, value] : body.items())
        if (std::find(known.begin(), known.end(), key) == known.end())
            return Problem{400, "UNKNOWN_FIELD",
                           "unknown field \"" + key.substr(0, 40) + "\"; allowed: " + all(known)};
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

// 1 to 64 printable characters, as everywhere.
bool is_command_id(const Json& id) {
    if (!id.is_string()) return false;
    const auto& text = id.get_ref<const std::string&>();
    return !text.empty() && text.size() <= 64 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 127; });
}

std::optional<Problem> read_watts(const Json& body, ports::OverrideRequest& request) {
    const bool is_limit = request.action == core::OverrideAction::Limit;
    double watts = 0;
    if (!read_number(body, "watts", watts)) return bad_field("watts", "a number of watts");
    const auto given = body.find("watts");
    if (!is_limit && given != body.end() && !given->is_null())
        return Problem{422, "BAD_FIELD", "\"watts\" belongs to the action LIMIT"};
    if (is_limit && !(watts > 0 && watts <= 100'000))
        return Problem{422, "BAD_FIELD", "\"watts\" must be above 0 and at most 100000 for LIMIT"};
    request.limit = core::Watts{watts};
    return std::nullopt;
}

std::optional<Problem> read_override(const Json& body, ports::OverrideRequest& request) {
    const auto action = body.find("action");
    if (action == body.end() || !action->is_string())
        return bad_field("action", "START, STOP, LIMIT or NONE");
    const auto wanted = wire::value_of<core::OverrideAction>(action->get_ref<const std::string&>());
    if (!wanted) return bad_field("action", "START, STOP, LIMIT or NONE");
    request.action = *wanted;
    if (auto problem = read_watts(body, request)) return problem;
    double minutes = 60;
    if (!read_number(body, "duration_min", minutes) || !(minutes >= 1 && minutes <= 1440) ||
        minutes != std::floor(minutes))
        return bad_field("duration_min", "a whole number from 1 to 1440");
    request.duration_min = static_cast<int>(minutes);
    const auto reserve = body.find("use_reserve");
    if (reserve != body.end() && !reserve->is_null()) {
        if (!reserve->is_boolean()) return bad_field("use_reserve", "true or false");
        request.use_reserve = reserve->get<bool>();
    }
    return std::nullopt;
}

// Accepted: 200. Refused: the code says why, and nothing has changed.
net::ServerResponse response_to(const ports::Reply& reply, const std::string& command_id) {
    const Json explain = wire::explanation_json(reply.text);
    if (reply.is_accepted)
        return json_response(
            {{"accepted", true},
             {"command_id", command_id},
             {"override_id", reply.override_id.empty() ? Json{} : Json(reply.override_id)},
             {"decision_code", reply.code.empty() ? Json{} : Json(reply.code)},
             {"explain", explain}});
    const bool is_unknown = reply.code == "UNKNOWN_LOAD" || reply.code == "NO_OVERRIDE" ||
                            reply.code == "PROPOSAL_GONE";
    const bool is_too_early = reply.code == "NOT_READY";
    const int refused = is_too_early ? 503 : 409;
    const int status = is_unknown ? 404 : reply.code.starts_with("BAD_") ? 400 : refused;
    return to_response({status,
                        reply.code,
                        reply.text.en.brief,
                        {{"explain", explain}, {"command_id", command_id}},
                        is_too_early ? 10 : 0});
}

std::string random_id() {
    std::array<unsigned char, 16> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    std::array<char, 2 * bytes.size() + 1> hex{};
    return sodium_bin2hex(hex.data(), hex.size(), bytes.data(), bytes.size());
}

}  // namespace

void ApiServer::once_for(const Call& call,
                         const std::function<void(const std::string&, Settle)>& act) {
    // A client without a body says it in the query.
    Json given = call.body.contains("command_id") ? call.body["command_id"] : Json{};
    if (given.is_null() && call.query.count("command_id") > 0) given = call.query.at("command_id");
    if (!given.is_null() && !is_command_id(given))
        return call.refuse(bad_field("command_id", "1 to 64 printable characters"));
    const std::string id = given.is_null() ? random_id() : given.get<std::string>();
    const std::string what =
        crypto::sha256_hex(call.caller.name + " " + call.what + " " + call.body.dump());
    switch (ledger_->begin(id, what, call.responder)) {
        case Ledger::Entry::Known:
            return;
        case Ledger::Entry::Another:
            return call.refuse(
                {422, "COMMAND_ID_REUSED", "this command_id was used for something else"});
        case Ledger::Entry::New:
            return act(id, [ledger = ledger_, id](const net::ServerResponse& response) {
                ledger->settle(id, response);
            });
    }
}

void ApiServer::once(const Call& call,
                     const std::function<void(const std::string&, ports::Answer)>& act) {
    once_for(call, [&act](const std::string& id, Settle settle) {
        act(id, [settle = std::move(settle), id](const ports::Reply& reply) {
            settle(response_to(reply, id));
        });
    });
}

void ApiServer::post_override(const Call& call) {
    if (const auto problem = unknown_keys(
            call.body, {"load_id", "action", "watts", "duration_min", "use_reserve", "command_id"}))
        return call.refuse(*problem);
    const auto action = call.body.find("action");
    const bool is_stop = action != call.body.end() && *action == "STOP";
    if (!is_stop && call.caller.role < Role::Operator)
        return call.refuse(
            {403, "OPERATOR_NEEDED", "the token's role is observer; only STOP is allowed"});
    ports::OverrideRequest request;
    if (!read_text(call.body, "load_id", request.load_id))
        return call.refuse(bad_field("load_id", "the id of a load"));
    request.actor = call.caller.name;
    if (action != call.body.end() && *action == "NONE")
        return once(call, [&](const std::string&, ports::Answer done) {
            parts_.control.end_override(request.load_id, request.actor, std::move(done));
        });
    if (const auto problem = read_override(call.body, request)) return call.refuse(*problem);
    once(call, [&](const std::string& command_id, ports::Answer done) {
        request.command_id = command_id;
        parts_.control.set_override(std::move(request), std::move(done));
    });
}

void ApiServer::delete_override(const Call& call) {
    if (const auto problem = unknown_keys(call.body, {"command_id"})) return call.refuse(*problem);
    once(call, [&](const std::string&, ports::Answer done) {
        parts_.control.end_override(call.param, call.caller.name, std::move(done));
    });
}

void ApiServer::put_autonomy(const Call& call) {
    if (const auto problem = unknown_keys(call.body, {"level", "command_id"}))
        return call.refuse(*problem);
    std::string level;
    const bool is_text = read_text(call.body, "level", level);
    const auto value = wire::value_of<core::AutonomyLevel>(level);
    if (!is_text || !value) return call.refuse(bad_field("level", "MANUAL, ASSIST, SEMI or FULL"));
    once(call, [&](const std::string&, ports::Answer done) {
        parts_.control.set_autonomy(*value, call.caller.name, std::move(done));
    });
}

void ApiServer::post_emergency_stop(const Call& call) {
    if (const auto problem = unknown_keys(call.body, {"command_id"})) return call.refuse(*problem);
    once(call, [&](const std::string&, ports::Answer done) {
        parts_.control.emergency_stop(call.caller.name, std::move(done));
    });
}

void ApiServer::post_acknowledge(const Call& call) {
    if (const auto problem = unknown_keys(call.body, {"command_id"})) return call.refuse(*problem);
    once(call, [&](const std::string&, ports::Answer done) {
        parts_.control.acknowledge(call.caller.name, std::move(done));
    });
}

void ApiServer::post_accept(const Call& call) {
    if (const auto problem = unknown_keys(call.body, {"command_id"})) return call.refuse(*problem);
    once(call, [&](const std::string&, ports::Answer done) {
        parts_.control.accept_proposal(call.param, call.caller.name, std::move(done));
    });
}

void ApiServer::post_drill(const Call& call) {
    if (const auto problem = unknown_keys(call.body, {"load_id", "passed", "steps", "command_id"}))
        return call.refuse(*problem);
    auto drill = wire::drill_from_json(call.body);
    if (!drill) return call.refuse({400, "BAD_FIELD", drill.error().what});
    const auto& loads = parts_.house.config().loads;
    if (std::none_of(loads.begin(), loads.end(),
                     [&](const core::LoadConfig& load) { return load.id == drill->load_id; }))
        return call.refuse({404, "UNKNOWN_LOAD", "no load \"" + drill->load_id + "\""});
    drill->actor = call.caller.name;
    once(call, [&](const std::string& command_id, const ports::Answer& done) {
        parts_.note(std::move(*drill));
        done({true, command_id, "", "", {}});
    });
}

}  // namespace bitgrid::api
