#pragma once
// Errors of the API: RFC 9457 problem details with a stable code.
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "net/http_server.hpp"

namespace bitgrid::api {

struct Problem {
    int status{400};
    std::string code;    ///< stable, e.g. `UNKNOWN_LOAD`
    std::string detail;  ///< names the field, the value and what is allowed
    nlohmann::json more = nlohmann::json::object();
    int retry_after_s{0};
    std::string allow{};  ///< methods, for 405
};

net::ServerResponse to_response(const Problem&);
net::ServerResponse json_response(const nlohmann::json&, int status = 200);
net::ServerResponse json_response(std::shared_ptr<const std::string> text, int status = 200);

/// What is no UTF-8 in it is replaced.
std::shared_ptr<const std::string> text_of(const nlohmann::json&);

}  // namespace bitgrid::api
