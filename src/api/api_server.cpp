#include "api/api_server.hpp"

#include <algorithm>

#include "wire/bounded_json.hpp"
#include "wire/decision_json.hpp"
#include "wire/event_json.hpp"
#include "wire/live_json.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::api {
namespace {

constexpr std::string_view kPrefix = "/api/v1";
constexpr std::int64_t kPingMs = 5'000;

bool is_unsafe(const std::string& method) { return method != "GET" && method != "HEAD"; }

// The names of the original contract answer too.
std::string with_prefix(const std::string& path) {
    for (const char* old : {"/state", "/timeline", "/preview", "/override", "/health"})
        if (path == old) return std::string{kPrefix} + path;
    return path;
}

// Fills the one `{…}` of a pattern; false where the path is another.
bool matches(std::string_view pattern, std::string_view path, std::string& param) {
    const std::size_t open = pattern.find('{');
    if (open == std::string_view::npos) return pattern == path;
    const std::string_view head = pattern.substr(0, open);
    const std::string_view tail = pattern.substr(pattern.find('}') + 1);
    if (path.size() <= head.size() + tail.size() || !path.starts_with(head) ||
        !path.ends_with(tail))
        return false;
    param = path.substr(head.size(), path.size() - head.size() - tail.size());
    return param.find('/') == std::string::npos;
}

}  // namespace

ApiServer::ApiServer(boost::asio::io_context& io, Parts parts, ApiConfig config)
    : io_{io},
      parts_{std::move(parts)},
      config_{std::move(config)},
      files_{config_.ui_folder},
      server_{io, net::ServerLimits{},
              [this](const net::ServerRequest& request,
                     const std::shared_ptr<net::Responder>& responder) {
                  handle(request, responder);
              }} {}

core::Result<void> ApiServer::start() {
    auto access = Access::from(config_, static_cast<std::uint16_t>(config_.port));
    if (!access) return access.error();
    if (const auto listening =
            server_.listen(config_.address, static_cast<std::uint16_t>(config_.port));
        !listening)
        return listening.error();
    access_ = *access;
    access_.set_port(server_.port());
    feed_.state(live());
    beat();
    return {};
}

void ApiServer::stop() {
    beat_.reset();
    server_.stop();
    feed_.close();
}

nlohmann::json ApiServer::live() const {
    return wire::live_json(parts_.house.look(), parts_.house.config());
}

void ApiServer::beat() {
    feed_.ping(wire::time_text(parts_.clock.wall()));
    beat_ = parts_.clock.after(kPingMs, [this] { beat(); });
}

void ApiServer::told(const core::Event& event, const ports::Receipt*) {
    const core::Config& config = parts_.house.config();
    if (const auto* decision =
            std::get_if<std::shared_ptr<const core::DecisionEvent>>(&event.what)) {
        feed_.message("decision", wire::decision_json(**decision, config, false));
        feed_.state(live());
    } else {
        feed_.message("event", wire::event_json(event, config));
    }
}

void ApiServer::changed() { feed_.state(live()); }

void ApiServer::handle(const net::ServerRequest& request,
                       const std::shared_ptr<net::Responder>& responder) {
    const std::string path = with_prefix(request.path());
    if (path.starts_with(kPrefix)) return handle_api(request, responder);

    Caller nobody;
    const auto problem = access_.check(request, false, nobody);
    const bool is_wrong_host = problem && problem->status == 421;
    if (is_wrong_host) return responder->answer(to_response(*problem));
    if (is_unsafe(request.method))
        return responder->answer(
            to_response({405, "METHOD_NOT_ALLOWED", "the page can only be read"}));
    net::ServerResponse response = files_.answer(request);
    response.headers.emplace_back(
        "Content-Security-Policy",
        "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'self'");
    response.headers.emplace_back("X-Content-Type-Options", "nosniff");
    response.headers.emplace_back("Referrer-Policy", "no-referrer");
    responder->answer(std::move(response));
}

std::optional<Problem> ApiServer::admit(const net::ServerRequest& request, bool is_write,
                                        Caller& caller) {
    auto problem = access_.check(request, is_write, caller);
    if (problem && (problem->status == 401 || problem->status == 403))
        parts_.note(core::AuthFailed{request.peer, problem->code});
    return problem;
}

std::optional<Problem> ApiServer::read_body(const net::ServerRequest& request, Call& call) {
    if (request.body.empty()) return std::nullopt;
    const std::string type = request.header("content-type");
    if (type.substr(0, type.find(';')) != "application/json")
        return Problem{415, "NOT_JSON", "Content-Type must be application/json"};
    auto json = wire::parse_json(request.body);
    if (!json) return Problem{400, "BAD_JSON", "the body is " + json.error().what};
    if (!json->is_object()) return Problem{400, "BAD_JSON", "the body must be a JSON object"};
    call.body = std::move(*json);
    return std::nullopt;
}

void ApiServer::handle_api(const net::ServerRequest& request,
                           const std::shared_ptr<net::Responder>& responder) {
    const std::string path = with_prefix(request.path()).substr(kPrefix.size());
    if (request.method == "GET" && path == "/ws")
        return open_feed(request, responder, Feed::Form::WebSocket);
    if (request.method == "GET" && path == "/events")
        return open_feed(request, responder, Feed::Form::EventStream);

    Call call;
    call.responder = responder;
    bool is_known_path = false;
    for (const Route& route : routes()) {
        if (!matches(route.path, path, call.param)) continue;
        is_known_path = true;
        if (request.method == route.method ||
            (request.method == "HEAD" && std::string_view{route.method} == "GET"))
            return dispatch(route, request, std::move(call));
    }
    if (const auto problem = admit(request, false, call.caller)) return call.refuse(*problem);
    if (is_known_path)
        return call.refuse({405, "METHOD_NOT_ALLOWED", request.method + " is not allowed here"});
    call.refuse({404, "NOT_FOUND", "there is nothing at " + path.substr(0, 100)});
}

void ApiServer::dispatch(const Route& route, const net::ServerRequest& request, Call call) {
    const bool is_write = is_unsafe(request.method);
    const bool is_open = std::string_view{route.path} == "/health/live";
    const auto problem = admit(request, is_write, call.caller);
    if (problem && !(is_open && problem->status == 401)) return call.refuse(*problem);
    // Whoever may look may also stop; what starts something needs an operator.
    if (call.caller.role < route.role)
        return call.refuse(
            {403, "OPERATOR_NEEDED", "the token's role is observer; this needs operator"});
    auto query = parse_query(request.target);
    if (!query) return call.refuse({400, "BAD_QUERY", query.error().what});
    call.query = std::move(*query);
    if (const auto bad = read_body(request, call)) return call.refuse(*bad);
    const bool stops = std::string_view{route.path} == "/emergency-stop" ||
                       call.body.value("action", "") == "STOP";
    if (is_write && !stops) {
        if (const auto full =
                access_.take_write(call.caller.name + "@" + request.peer, parts_.clock.mono())) {
            parts_.note(core::RateLimited{request.peer});
            return call.refuse(*full);
        }
    }
    (this->*route.handler)(call);
}

void ApiServer::open_feed(const net::ServerRequest& request,
                          const std::shared_ptr<net::Responder>& responder, Feed::Form form) {
    Call call;
    call.responder = responder;
    if (const auto problem = admit(request, form == Feed::Form::WebSocket, call.caller))
        return call.refuse(*problem);
    auto query = parse_query(request.target);
    if (!query) return call.refuse({400, "BAD_QUERY", query.error().what});
    call.query = std::move(*query);
    Problem problem;
    const auto since = whole_number(call, "since", 0, {0, INT64_MAX}, problem);
    if (!since) return call.refuse(problem);
    const auto join = [this, form, since = *since](const std::shared_ptr<net::Channel>& channel) {
        feed_.join(channel, form, since);
    };
    if (form == Feed::Form::EventStream)
        return responder->stream({{"X-Content-Type-Options", "nosniff"}}, join);
    if (!responder->wants_websocket())
        return call.refuse({400, "NOT_A_WEBSOCKET", "this needs a WebSocket handshake"});
    const bool knows_us =
        request.header("sec-websocket-protocol").find("bitgrid") != std::string::npos;
    responder->upgrade(knows_us ? "bitgrid" : "", join);
}

}  // namespace bitgrid::api
