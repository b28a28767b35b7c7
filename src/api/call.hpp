#pragma once
// One call of the API, checked and taken apart, with the way to answer it.
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "api/access.hpp"
#include "api/problem.hpp"
#include "api/rejections.hpp"

namespace bitgrid::api {

struct Call {
    Caller caller;
    std::string peer;
    std::string what;                          ///< method and path, as asked
    std::string param;                         ///< what stands at `{…}` of the route
    std::map<std::string, std::string> query;  ///< decoded
    nlohmann::json body = nlohmann::json::object();
    std::shared_ptr<net::Responder> responder;
    std::shared_ptr<Rejections> rejections;
    /// `Set-Cookie` for the secret of a session, as the connection needs it.
    std::function<std::string(const std::string&)> cookie;

    void answer(const nlohmann::json& json, int status = 200) const {
        responder->answer(json_response(json, status));
    }
    void refuse(const Problem& problem) const {
        rejections->saw(problem, peer);
        responder->answer(to_response(problem));
    }
    std::string query_or(const std::string& key, const std::string& fallback) const {
        const auto found = query.find(key);
        return found == query.end() ? fallback : found->second;
    }
};

/// `a=b&c=d`, decoded; what is broken or stands twice is an error.
core::Result<std::map<std::string, std::string>> parse_query(std::string_view target);

/// A whole number within bounds; `fallback` where the key is absent. The problem names key, value
/// and bounds.
struct Bounds {
    std::int64_t min;
    std::int64_t max;
};
std::optional<std::int64_t> whole_number(const Call&, const std::string& key, std::int64_t fallback,
                                         Bounds, Problem&);

}  // namespace bitgrid::api
