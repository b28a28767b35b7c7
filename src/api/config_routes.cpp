// The configuration while the program runs: read again, all or nothing, or only checked.
#include "api/api_server.hpp"
#include "wire/event_json.hpp"

namespace bitgrid::api {
namespace {

using Json = nlohmann::json;
using Outcome = ports::SettingsReply::Outcome;

const char* word(Outcome outcome) {
    switch (outcome) {
        case Outcome::Same:
            return "same";
        case Outcome::Applied:
            return "applied";
        case Outcome::Restarts:
            return "restarts";
        case Outcome::Valid:
            return "valid";
        case Outcome::Rejected:
        case Outcome::Busy:
            break;
    }
    return "rejected";
}

net::ServerResponse answer_to(const ports::SettingsReply& reply, const std::string& command_id) {
    return json_response({{"outcome", word(reply.outcome)},
                          {"number", reply.number},
                          {"version", reply.version},
                          {"problems", wire::problems_json(reply.problems)},
                          {"command_id", command_id}},
                         reply.outcome == Outcome::Restarts ? 202 : 200);
}

net::ServerResponse response_to(const ports::SettingsReply& reply, const std::string& command_id) {
    if (reply.outcome == Outcome::Busy)
        return to_response({409,
                            "CONFIG_BUSY",
                            "all parts are just being made anew",
                            {{"command_id", command_id}},
                            2});
    if (reply.outcome == Outcome::Rejected)
        return to_response(
            {422,
             "CONFIG_REJECTED",
             "nothing of it holds; the configuration before goes on",
             {{"command_id", command_id}, {"problems", wire::problems_json(reply.problems)}}});
    return answer_to(reply, command_id);
}

}  // namespace

void ApiServer::post_config_reload(const Call& call) {
    if (parts_.settings == nullptr)
        return call.refuse({409, "CONFIG_FIXED", "this house has no configuration folder"});
    once_for(call, [&](const std::string& id, Settle settle) {
        parts_.settings->reload(
            call.caller.name, [settle = std::move(settle), id](const ports::SettingsReply& reply) {
                settle(response_to(reply, id));
            });
    });
}

void ApiServer::post_config_check(const Call& call) {
    if (parts_.settings == nullptr)
        return call.refuse({409, "CONFIG_FIXED", "this house has no configuration folder"});
    once_for(call, [&](const std::string& id, Settle settle) {
        parts_.settings->check([settle = std::move(settle), id](const ports::SettingsReply& reply) {
            settle(answer_to(reply, id));
        });
    });
}

}  // namespace bitgrid::api
