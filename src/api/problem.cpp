#include "api/problem.hpp"

namespace bitgrid::api {
namespace {

const char* title_of(int status) {
    switch (status) {
        case 400:
            return "Bad request";
        case 401:
            return "Sign in";
        case 403:
            return "Not allowed";
        case 404:
            return "Not found";
        case 405:
            return "Method not allowed";
        case 409:
            return "Refused";
        case 413:
            return "Too large";
        case 415:
            return "Unsupported media type";
        case 421:
            return "Wrong host";
        case 422:
            return "Cannot be done";
        case 429:
            return "Too many requests";
        case 431:
            return "Headers too large";
        case 503:
            return "Not ready";
        default:
            return "Error";
    }
}

}  // namespace

std::shared_ptr<const std::string> text_of(const nlohmann::json& json) {
    return std::make_shared<const std::string>(
        json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

net::ServerResponse json_response(std::shared_ptr<const std::string> text, int status) {
    return {status,
            {{"Content-Type", "application/json"},
             {"Cache-Control", "no-store"},
             {"X-Content-Type-Options", "nosniff"}},
            std::move(text)};
}

net::ServerResponse json_response(const nlohmann::json& json, int status) {
    return json_response(text_of(json), status);
}

net::ServerResponse to_response(const Problem& problem) {
    nlohmann::json json = problem.more;
    json["type"] = "about:blank";
    json["title"] = title_of(problem.status);
    json["status"] = problem.status;
    json["code"] = problem.code;
    json["detail"] = problem.detail;
    net::ServerResponse response = json_response(json, problem.status);
    response.headers[0].second = "application/problem+json";
    if (problem.retry_after_s > 0)
        response.headers.emplace_back("Retry-After", std::to_string(problem.retry_after_s));
    if (!problem.allow.empty()) response.headers.emplace_back("Allow", problem.allow);
    if (problem.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
    return response;
}

}  // namespace bitgrid::api
