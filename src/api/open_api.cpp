// The OpenAPI 3.1 document: the table of routes, with the schemas of what is sent in it.
#include <array>
#include <string>

#include "api/api_server.hpp"
#include "api/embedded_schemas.hpp"

namespace bitgrid::api {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kFileEnd = ".schema.json";
constexpr const char* kComponents = "#/components/schemas/";

// `live.schema.json#/$defs/load` in a file is `#/components/schemas/live/$defs/load` here.
std::string moved(const std::string& reference, const std::string& file) {
    const std::size_t hash = reference.find('#');
    std::string target = reference.substr(0, hash);
    if (target.ends_with(kFileEnd)) target.resize(target.size() - kFileEnd.size());
    const std::string inside = hash == std::string::npos ? "" : reference.substr(hash + 1);
    return kComponents + (target.empty() ? file : target) + inside;
}

void move_references(Json& schema, const std::string& file) {
    if (schema.is_object()) {
        schema.erase("$schema");
        schema.erase("$id");
        if (const auto reference = schema.find("$ref"); reference != schema.end())
            *reference = moved(reference->get<std::string>(), file);
    }
    if (schema.is_structured())
        for (Json& part : schema) move_references(part, file);
}

Json components() {
    Json schemas = Json::object();
    for (const EmbeddedSchema& one : embedded_schemas()) {
        Json schema = Json::parse(one.text);
        move_references(schema, std::string{one.name});
        schemas[std::string{one.name}] = std::move(schema);
    }
    return {{"schemas", std::move(schemas)},
            {"securitySchemes",
             {{"token",
               {{"type", "http"},
                {"scheme", "bearer"},
                {"description", "A token; needed where anybody has to sign in."}}},
              {"session",
               {{"type", "apiKey"},
                {"in", "cookie"},
                {"name", "__Host-bitgrid"},
                {"description",
                 "Of POST /login; `bitgrid` without encryption. Whatever changes something also "
                 "carries X-CSRF-Token."}}}}}};
}

// `live/load` is one of the $defs of schemas/live.schema.json.
Json reference_to(const std::string& name) {
    const std::size_t slash = name.find('/');
    if (slash == std::string::npos) return {{"$ref", kComponents + name}};
    return {{"$ref", kComponents + name.substr(0, slash) + "/$defs/" + name.substr(slash + 1)}};
}

Json content(const std::string& type, Json schema) {
    return {{type, {{"schema", std::move(schema)}}}};
}

Json parameter(const char* name, const char* where, const char* meaning, Json schema) {
    return {{"name", name},
            {"in", where},
            {"required", std::string_view{where} == "path"},
            {"description", meaning},
            {"schema", std::move(schema)}};
}

std::string lower(std::string word) {
    for (char& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return word;
}

Json feed_operation(const char* summary, const char* type) {
    const Json since{{"type", "integer"}, {"minimum", 0}};
    return {{"get",
             {{"summary", summary},
              {"parameters", Json::array({parameter("since", "query",
                                                    "the last seq that was seen: goes on from "
                                                    "there, or begins with a snapshot",
                                                    since)})},
              {"responses",
               {{type[0] == 't' ? "200" : "101",
                 {{"description", "a message each"},
                  {"content", content(type, reference_to("message"))}}}}}}}};
}

}  // namespace

Json ApiServer::open_api() {
    Json paths = Json::object();
    for (const Route& route : routes()) {
        const std::string answer = route.answer;
        const bool is_metrics = std::string_view{route.path} == "/metrics";
        Json done{{"description", "done"}};
        if (answer == "file")
            done["content"] =
                content("application/octet-stream", {{"type", "string"}, {"format", "binary"}});
        else if (!answer.empty())
            done["content"] = content("application/json", reference_to(answer));
        else if (is_metrics) done["content"] = content("text/plain", {{"type", "string"}});
        else done["content"] = content("application/json", {{"type", "object"}});
        Json operation{
            {"summary", route.summary},
            {"responses",
             {{"200", std::move(done)},
              {"default",
               {{"description", "refused, with a stable code; nothing has changed"},
                {"content", content("application/problem+json", reference_to("problem"))}}}}}};
        if (route.needs.role != Role::Observer)
            operation["description"] =
                "Needs the role " + std::string{accounts::word_of(route.needs.role)} + ".";
        const std::string path = route.path;
        Json parameters = Json::array();
        if (path.find('{') != std::string::npos)
            parameters.push_back(parameter("id", "path", "which", {{"type", "string"}}));
        for (const Query& query : route.query)
            parameters.push_back(parameter(query.key, "query", query.meaning, query.schema));
        if (!parameters.empty()) operation["parameters"] = std::move(parameters);
        const std::string body = route.body;
        if (!body.empty())
            operation["requestBody"] = {
                {"required", body != "views/acknowledgement"},
                {"content", content("application/json", reference_to(body))}};
        paths[path][lower(route.method)] = std::move(operation);
    }
    paths["/ws"] = feed_operation("The live feed as a WebSocket", "application/json");
    paths["/events"] = feed_operation("The live feed as server-sent events", "text/event-stream");
    return {
        {"openapi", "3.1.0"},
        {"info",
         {{"title", "BitGridAI"},
          {"version", "1"},
          {"license", {{"name", "AGPL-3.0-or-later"}, {"identifier", "AGPL-3.0-or-later"}}}}},
        {"servers", Json::array({{{"url", "/api/v1"}}})},
        {"security",
         Json::array({{{"token", Json::array()}}, {{"session", Json::array()}}, Json::object()})},
        {"paths", std::move(paths)},
        {"components", components()}};
}

void ApiServer::get_open_api(const Call& call) {
    static const Json document = open_api();
    call.answer(document);
}

}  // namespace bitgrid::api
