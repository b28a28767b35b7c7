// Every route once: what is served, who may, and what the OpenAPI document says.
#include "api/api_server.hpp"

namespace bitgrid::api {

const std::vector<ApiServer::Route>& ApiServer::routes() {
    constexpr Role kLook = Role::Observer;
    constexpr Role kAct = Role::Operator;
    static const std::vector<Route> table{
        {"GET", "/state", kLook, &ApiServer::get_state, "The house as it is now", "live"},
        {"GET", "/loads", kLook, &ApiServer::get_loads, "All loads", ""},
        {"GET", "/loads/{id}", kLook, &ApiServer::get_load, "One load", ""},
        {"GET", "/timeline", kLook, &ApiServer::get_timeline,
         "Decisions, newest first: since, until, load, code, limit, cursor", ""},
        {"GET", "/decisions/{id}", kLook, &ApiServer::get_decision,
         "One decision with state and hashes", "decision"},
        {"GET", "/explain/{id}", kLook, &ApiServer::get_explanation,
         "The words of a decision: lang=de|en", ""},
        {"GET", "/preview", kLook, &ApiServer::get_preview, "What the next block would decide now",
         ""},
        {"GET", "/energy-paths", kLook, &ApiServer::get_energy_paths,
         "What the next surplus kWh is worth", ""},
        {"GET", "/devices", kLook, &ApiServer::get_devices, "Devices and their health", ""},
        {"GET", "/health", kLook, &ApiServer::get_health, "Health of every part", ""},
        {"GET", "/health/ready", kLook, &ApiServer::get_ready, "200 once decisions are made", ""},
        {"GET", "/health/live", kLook, &ApiServer::get_live, "200 while the program answers", ""},
        {"GET", "/config", kLook, &ApiServer::get_config, "Configuration, without secrets", ""},
        {"GET", "/version", kLook, &ApiServer::get_version,
         "Versions of program, API and configuration", ""},
        {"GET", "/openapi.json", kLook, &ApiServer::get_open_api, "This document", ""},
        {"POST", "/override", kLook, &ApiServer::post_override,
         "A wish with an end: START, LIMIT (operator) or STOP; NONE ends it", ""},
        {"DELETE", "/override/{id}", kAct, &ApiServer::delete_override,
         "Ends a wish, by its id or its load's", ""},
        {"PUT", "/autonomy", kAct, &ApiServer::put_autonomy, "How much is decided without asking",
         ""},
        {"POST", "/emergency-stop", kLook, &ApiServer::post_emergency_stop,
         "Stops everything until acknowledged", ""},
        {"POST", "/safety/ack", kAct, &ApiServer::post_acknowledge,
         "Acknowledges emergency stop and lockouts", ""},
        {"POST", "/proposals/{id}/accept", kAct, &ApiServer::post_accept,
         "Accepts a proposal of ASSIST", ""},
    };
    return table;
}

void ApiServer::get_open_api(const Call& call) {
    nlohmann::json paths = nlohmann::json::object();
    for (const Route& route : routes()) {
        std::string method = route.method;
        for (char& c : method) c = static_cast<char>(c - 'A' + 'a');
        nlohmann::json operation{
            {"summary", route.summary},
            {"responses",
             {{"200", {{"description", "done"}}},
              {"default",
               {{"description", "RFC 9457 problem with a stable code"},
                {"content", {{"application/problem+json", nlohmann::json::object()}}}}}}}};
        if (route.role == Role::Operator) operation["description"] = "Needs the role operator.";
        const std::string path = route.path;
        if (path.find('{') != std::string::npos)
            operation["parameters"] = nlohmann::json::array({{{"name", "id"},
                                                              {"in", "path"},
                                                              {"required", true},
                                                              {"schema", {{"type", "string"}}}}});
        paths[path][method] = std::move(operation);
    }
    call.answer({{"openapi", "3.1.0"},
                 {"info", {{"title", "BitGridAI"}, {"version", "1"}}},
                 {"servers", nlohmann::json::array({{{"url", "/api/v1"}}})},
                 {"paths", std::move(paths)}});
}

}  // namespace bitgrid::api
