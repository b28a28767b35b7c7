// Every route once: what is served, who may, and what the OpenAPI document says of it.
#include "api/api_server.hpp"

namespace bitgrid::api {

const std::vector<ApiServer::Route>& ApiServer::routes() {
    using Json = nlohmann::json;
    constexpr Role kLook = Role::Observer;
    constexpr Role kAct = Role::Operator;
    const Json text{{"type", "string"}};
    const Json moment{{"type", "string"}, {"format", "date-time"}};
    const Json number{{"type", "integer"}, {"minimum", 0}};
    const Json limit{{"type", "integer"}, {"minimum", 1}, {"maximum", 1000}, {"default", 50}};
    const Json language{{"enum", {"de", "en"}}, {"default", "en"}};
    static const std::vector<Route> table{
        {"GET", "/state", kLook, &ApiServer::get_state, "The house as it is now", "live"},
        {"GET", "/loads", kLook, &ApiServer::get_loads, "All loads", "views/loads"},
        {"GET", "/loads/{id}", kLook, &ApiServer::get_load, "One load", "live/load"},
        {"GET",
         "/timeline",
         kLook,
         &ApiServer::get_timeline,
         "Decisions, newest first",
         "views/timeline",
         "",
         {{"since", "not before this time, UTC", moment},
          {"until", "before this time, UTC", moment},
          {"load", "only of this load", text},
          {"code", "only with this code, or codes that begin so", text},
          {"limit", "so many on a page", limit},
          {"cursor", "next_cursor of the page before", number}}},
        {"GET", "/decisions/{id}", kLook, &ApiServer::get_decision,
         "One decision with state, memory and its place in the journal", "decision"},
        {"GET",
         "/explain/{id}",
         kLook,
         &ApiServer::get_explanation,
         "The words of a decision",
         "views/explanation",
         "",
         {{"lang", "language", language}}},
        {"GET", "/preview", kLook, &ApiServer::get_preview,
         "What the next block would decide with the values of now", "views/preview"},
        {"GET", "/energy-paths", kLook, &ApiServer::get_energy_paths,
         "What the next surplus kWh is worth", "live/energy_path"},
        {"GET", "/devices", kLook, &ApiServer::get_devices, "Devices and their health",
         "views/devices"},
        {"GET", "/health", kLook, &ApiServer::get_health, "Health of every part", "live/health"},
        {"GET", "/health/ready", kLook, &ApiServer::get_ready,
         "200 once decisions are made, 503 before", "views/ready"},
        {"GET", "/health/live", kLook, &ApiServer::get_live,
         "200 while the program answers; needs no token", "views/alive"},
        {"GET", "/config", kLook, &ApiServer::get_config, "Configuration, without secrets",
         "views/config"},
        {"GET", "/version", kLook, &ApiServer::get_version,
         "Versions of program, API and configuration", "views/version"},
        {"GET", "/metrics", kLook, &ApiServer::get_metrics,
         "Numbers for Prometheus; also at /metrics", ""},
        {"GET", "/openapi.json", kLook, &ApiServer::get_open_api, "This document", ""},
        {"POST", "/preview", kLook, &ApiServer::post_preview,
         "What would be decided with other signals or thresholds, now or in the moment of a "
         "decision; changes nothing",
         "views/what_if", "views/what_if_request"},
        {"POST", "/override", kLook, &ApiServer::post_override,
         "A wish with an end: START, LIMIT (operator) or STOP (anyone); NONE ends it (operator)",
         "answer", "override"},
        {"DELETE",
         "/override/{id}",
         kAct,
         &ApiServer::delete_override,
         "Ends a wish, by its id or its load's",
         "answer",
         "",
         {{"command_id", "made by the caller; the same one twice has one effect", text}}},
        {"PUT", "/autonomy", kAct, &ApiServer::put_autonomy, "How much is decided without asking",
         "answer", "views/autonomy"},
        {"POST", "/emergency-stop", kLook, &ApiServer::post_emergency_stop,
         "Stops everything until acknowledged", "answer", "views/acknowledgement"},
        {"POST", "/safety/ack", kAct, &ApiServer::post_acknowledge,
         "Acknowledges emergency stop and lockouts", "answer", "views/acknowledgement"},
        {"POST", "/proposals/{id}/accept", kAct, &ApiServer::post_accept,
         "Accepts a proposal of ASSIST, by the id of its decision", "answer",
         "views/acknowledgement"},
        {"POST", "/config/reload", kAct, &ApiServer::post_config_reload,
         "Reads the configuration again, all or nothing; 202 where all parts are made anew for it",
         "views/settings", "views/acknowledgement"},
        {"POST", "/config/check", kAct, &ApiServer::post_config_check,
         "Reads the configuration and says every problem; changes nothing", "views/settings",
         "views/acknowledgement"},
        {"POST", "/drill", kAct, &ApiServer::post_drill,
         "Hands in the result of a self-test: kept in the journal, shown on the page", "answer",
         "views/drill"},
    };
    return table;
}

}  // namespace bitgrid::api
