#include "api/api_server.hpp"

#include <sodium.h>

#include <algorithm>
#include <boost/asio/post.hpp>

#include "api/cross_origin.hpp"
#include "net/url.hpp"
#include "wire/bounded_json.hpp"
#include "wire/decision_json.hpp"
#include "wire/event_json.hpp"
#include "wire/live_json.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::api {
namespace {

constexpr std::string_view kPrefix = "/api/v1";
constexpr std::int64_t kPingMs = 5'000;

// Numbers of a run of their own, far from those of any other.
std::int64_t first_number() { return std::int64_t{randombytes_uniform(1U << 30U)} << 20U; }

bool is_unsafe(const std::string& method) { return method != "GET" && method != "HEAD"; }

// The names of the original contract answer too, and the one that Prometheus looks for.
std::string with_prefix(const std::string& path) {
    for (const char* old : {"/state", "/timeline", "/preview", "/override", "/health", "/metrics",
                            "/research/export"})
        if (path == old) return std::string{kPrefix} + path;
    return path;
}

// Sessions, accounts and tokens have lines of their own in the audit log; a preview changes
// nothing.
bool is_about_the_house(std::string_view path) {
    for (const std::string_view other :
         {"/preview", "/login", "/logout", "/session", "/ticket", "/users", "/tokens"})
        if (path.starts_with(other)) return false;
    return true;
}

// Of what was refused before it was a request.
const char* code_of(int status) {
    return status == 413 ? "BODY_TOO_LARGE" : status == 431 ? "HEADERS_TOO_LARGE" : "NOT_HTTP";
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
    const bool is_long = pattern.ends_with("{path}");  // of a file in folders
    const std::string_view segment =
        path.substr(head.size(), path.size() - head.size() - tail.size());
    auto decoded = net::decode_percent(segment);
    if ((!is_long && segment.find('/') != std::string_view::npos) || !decoded) return false;
    param = std::move(*decoded);
    return true;
}

}  // namespace

ApiServer::ApiServer(boost::asio::io_context& io, Parts parts, ApiConfig config)
    : io_{io},
      parts_{std::move(parts)},
      config_{std::move(config)},
      files_{config_.ui_folder},
      feed_{first_number(),
            [&io](std::function<void()> call) { boost::asio::post(io, std::move(call)); }},
      server_{
          io, net::ServerLimits{},
          [this](const net::ServerRequest& request,
                 const std::shared_ptr<net::Responder>& responder) { handle(request, responder); },
          [this](int status, const std::string& what, const std::string& peer) {
              const Problem problem{status, code_of(status), what};
              rejections_->saw(problem, peer);
              return to_response(problem);
          }},
      real_clock_{io},
      ledger_{std::make_shared<Ledger>()},
      rejections_{std::make_shared<Rejections>(parts_.clock, parts_.health)},
      accounts_{parts_.folder, accounts_world()} {}

accounts::Accounts::World ApiServer::accounts_world() {
    accounts::Accounts::World world;
    world.post = [this](std::function<void()> call) { boost::asio::post(io_, std::move(call)); };
    world.wall = [this] { return parts_.clock.wall(); };
    world.changed = [this] { look_who_may_stay(); };
    world.trouble = [this](const std::string& what) {
        parts_.health.health("accounts",
                             what.empty() ? ports::Condition::Ok : ports::Condition::Warn, what);
    };
    world.cost = parts_.cost;
    return world;
}

core::Result<void> ApiServer::start() {
    auto access = Access::from(config_, static_cast<std::uint16_t>(config_.port));
    if (!access) return access.error();
    if (const auto listening =
            server_.listen(config_.address, static_cast<std::uint16_t>(config_.port));
        !listening)
        return listening.error();
    access_ = *access;
    access_.set_port(server_.port());
    access_.know(accounts_);
    const auto code = accounts_.open(access_.is_closed() && config_.tokens.empty());
    if (!code) parts_.health.health("accounts", ports::Condition::Warn, code.error().what);
    else first_run_code_ = *code;
    parts_.health.health("api", ports::Condition::Ok, "");
    feed_.state(live());
    beat();
    return {};
}

void ApiServer::stop() {
    beat_.reset();
    late_.clear();
    rejections_->stop();
    server_.stop();
    feed_.close();
}

nlohmann::json ApiServer::live() const {
    return wire::live_json(parts_.house.look(), parts_.house.config());
}

// Whoever asks in the same turn of the loop asks about the same moment.
std::shared_ptr<const std::string> ApiServer::state_text() {
    if (!turn_->state) {
        turn_->state = text_of(live());
        boost::asio::post(io_, [turn = turn_] { turn->state.reset(); });
    }
    return turn_->state;
}

void ApiServer::beat() {
    feed_.ping(wire::time_text(parts_.clock.wall()));
    look_who_may_stay();
    beat_ = real_clock_.after(kPingMs, [this] { beat(); });
}

void ApiServer::told(const core::Event& event, const ports::Receipt* receipt) {
    const bool is_recorded = receipt != nullptr;
    // Whoever turned it off: by MQTT, too.
    const auto* research = std::get_if<core::ResearchToggled>(&event.what);
    if (research != nullptr && !research->is_on && parts_.exports != nullptr)
        parts_.exports->stop();
    const core::Config& config = parts_.house.config();
    if (const auto* decision =
            std::get_if<std::shared_ptr<const core::DecisionEvent>>(&event.what)) {
        feed_.message("decision", wire::decision_json(**decision, config, false), is_recorded);
        feed_.state(live());
    } else {
        feed_.message("event", wire::event_json(event, config), is_recorded);
    }
}

void ApiServer::changed() { feed_.state(live()); }

void ApiServer::handle(const net::ServerRequest& request,
                       const std::shared_ptr<net::Responder>& responder) {
    Call call;
    call.peer = request.peer;
    call.responder = responder;
    call.rejections = rejections_;
    const std::string path = with_prefix(request.path());
    call.what = request.method + " " + path;
    if (const std::string origin = request.header("origin"); access_.is_named_origin(origin)) {
        call.responder = std::make_shared<OriginResponder>(responder, origin);
        if (request.method == "OPTIONS") return call.responder->answer(preflight());
    }
    const bool is_api = path == kPrefix || path.starts_with(std::string{kPrefix} + "/");
    is_api ? handle_api(request, std::move(call)) : serve_page(request, call);
}

void ApiServer::serve_page(const net::ServerRequest& request, const Call& call) {
    if (const auto problem = access_.check_host(request)) return call.refuse(*problem);
    if (is_unsafe(request.method))
        return call.refuse({405, "METHOD_NOT_ALLOWED", "the page can only be read",
                            nlohmann::json::object(), 0, "GET, HEAD"});
    net::ServerResponse response = files_.answer(request);
    response.headers.emplace_back("Content-Security-Policy",
                                  "default-src 'self'; object-src 'none'; base-uri 'none'; "
                                  "form-action 'self'; frame-ancestors 'none'");
    response.headers.emplace_back("X-Content-Type-Options", "nosniff");
    response.headers.emplace_back("Referrer-Policy", "no-referrer");
    call.responder->answer(std::move(response));
}

std::optional<Problem> ApiServer::admit(const net::ServerRequest& request, Act act,
                                        Caller& caller) {
    auto problem = access_.check(request, act, parts_.clock.mono(), caller);
    if (problem && rejections_->may_be_journalled())
        parts_.note(core::AuthFailed{request.peer, problem->code});
    return problem;
}

std::optional<Problem> ApiServer::read_query(const net::ServerRequest& request,
                                             const std::vector<Query>& known, Call& call) {
    auto query = parse_query(request.target);
    if (!query) return Problem{400, "BAD_QUERY", query.error().what};
    for (const auto& [key, value] : *query) {
        std::string allowed;
        bool is_known = false;
        for (const Query& one : known) {
            is_known = is_known || key == one.key;
            allowed += (allowed.empty() ? "" : ", ") + std::string{one.key};
        }
        if (!is_known)
            return Problem{400, "BAD_QUERY",
                           "\"" + key.substr(0, 40) + "\" is not known here; allowed: " +
                               (allowed.empty() ? "nothing" : allowed)};
    }
    call.query = std::move(*query);
    return std::nullopt;
}

std::optional<Problem> ApiServer::read_body(const net::ServerRequest& request, Call& call) {
    if (request.body.empty()) return std::nullopt;
    std::string type = request.header("content-type");
    type = type.substr(0, type.find_first_of("; \t"));
    for (char& c : type) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (type != "application/json")
        return Problem{415, "NOT_JSON", "Content-Type must be application/json"};
    auto json = wire::parse_json(request.body);
    if (!json) return Problem{400, "BAD_JSON", "the body is refused: " + json.error().what};
    if (!json->is_object()) return Problem{400, "BAD_JSON", "the body must be a JSON object"};
    call.body = std::move(*json);
    return std::nullopt;
}

void ApiServer::handle_api(const net::ServerRequest& request, Call call) {
    const std::string path = with_prefix(request.path()).substr(kPrefix.size());
    const bool is_feed = path == "/ws" || path == "/events";
    if (is_feed && request.method == "GET")
        return open_feed(request, std::move(call),
                         path == "/ws" ? Feed::Form::WebSocket : Feed::Form::EventStream);
    std::string allowed = is_feed ? "GET" : "";
    for (const Route& route : routes()) {
        if (!matches(route.path, path, call.param)) continue;
        const bool is_read = std::string_view{route.method} == "GET";
        if (request.method == route.method || (request.method == "HEAD" && is_read))
            return dispatch(route, request, std::move(call));
        allowed +=
            (allowed.empty() ? "" : ", ") + std::string{route.method} + (is_read ? ", HEAD" : "");
    }
    refuse_path(request, std::move(call), allowed);
}

void ApiServer::refuse_path(const net::ServerRequest& request, Call call,
                            const std::string& allowed) {
    if (const auto problem = admit(request, Act::Look, call.caller)) return call.refuse(*problem);
    if (allowed.empty())
        return call.refuse({404, "NOT_FOUND", "there is nothing at " + call.what.substr(0, 100)});
    call.refuse({405, "METHOD_NOT_ALLOWED", "allowed here: " + allowed, nlohmann::json::object(), 0,
                 allowed});
}

// Whoever may look may also stop; only a flood of it is refused.
std::optional<Problem> ApiServer::take_turn(const Route& route, const Call& call) {
    // Changes nothing: not counted as a change, nothing for the journal.
    if (std::string_view{route.path} == "/preview")
        return access_.take_preview(call.caller.name + "@" + call.peer, parts_.clock.mono());
    const auto action = call.body.find("action");
    const bool stops = std::string_view{route.path} == "/emergency-stop" ||
                       (action != call.body.end() && *action == "STOP");
    const std::string who = call.caller.name + "@" + call.peer;
    const core::MonoTime now = parts_.clock.mono();
    auto problem = stops ? access_.take_stop(who, now) : access_.take_write(who, now);
    if (problem && rejections_->may_be_journalled()) parts_.note(core::RateLimited{call.peer});
    return problem;
}

std::optional<Problem> ApiServer::admit_to(const Route& route, const net::ServerRequest& request,
                                           Call& call) {
    const Door door = route.needs.door;
    if (door == Door::Open) return access_.check_host(request);
    if (door == Door::SignIn) return access_.check_sign_in(request);
    const Act act = is_unsafe(request.method) ? Act::Write : Act::Look;
    if (auto problem = admit(request, act, call.caller)) return problem;
    const Caller& caller = call.caller;
    if (caller.role < route.needs.role)
        return Problem{403, route.needs.role == Role::Admin ? "ADMIN_NEEDED" : "OPERATOR_NEEDED",
                       "your role is " + std::string{accounts::word_of(caller.role)} +
                           "; this needs " + std::string{accounts::word_of(route.needs.role)}};
    if (door == Door::Person && caller.kind != Caller::Kind::Session)
        return Problem{403, "PERSON_NEEDED",
                       "only a person who has signed in may do this; here, or with `bitgrid user` "
                       "and `bitgrid token` on the device"};
    const bool is_session = caller.kind == Caller::Kind::Session;
    if ((door == Door::Person || door == Door::Confirmed) && is_session && !caller.is_confirmed)
        return Problem{403, "CONFIRM_NEEDED",
                       "please show your password again (POST /session/confirm)"};
    return std::nullopt;
}

void ApiServer::dispatch(const Route& route, const net::ServerRequest& request, Call call) {
    if (const auto problem = admit_to(route, request, call)) return call.refuse(*problem);
    call.cookie = [request](const std::string& secret) { return cookie_line(request, secret); };
    if (const auto bad = read_query(request, route.query, call)) return call.refuse(*bad);
    if (const auto bad = read_body(request, call)) return call.refuse(*bad);
    if (is_unsafe(request.method) && route.needs.door != Door::SignIn) {
        if (const auto full = take_turn(route, call)) return call.refuse(*full);
        if (is_about_the_house(route.path)) audit(call, "ASKED", call.what);
    }
    (this->*route.handler)(call);
}

void ApiServer::open_feed(const net::ServerRequest& request, Call call, Feed::Form form) {
    static const std::vector<Query> known{{"since", "", {}}};
    const Act act = form == Feed::Form::WebSocket ? Act::Socket : Act::Look;
    if (const auto problem = admit(request, act, call.caller)) return call.refuse(*problem);
    if (const auto bad = read_query(request, known, call)) return call.refuse(*bad);
    // An event stream that a browser opens again says so by itself.
    const std::string last = request.header("last-event-id");
    if (form == Feed::Form::EventStream && !last.empty()) call.query["since"] = last;
    Problem problem;
    const auto since = whole_number(call, "since", 0, {0, INT64_MAX}, problem);
    if (!since) return call.refuse(problem);
    const auto join = [this, form, since = *since,
                       caller = call.caller](const std::shared_ptr<net::Channel>& channel) {
        feed_.join(channel, form, since);
        watch(channel, caller);
    };
    if (form == Feed::Form::EventStream)
        return call.responder->stream({{"X-Content-Type-Options", "nosniff"}}, join);
    if (!call.responder->wants_websocket())
        return call.refuse({400, "NOT_A_WEBSOCKET", "this needs a WebSocket handshake"});
    call.responder->upgrade(offers_protocol(request, "bitgrid") ? "bitgrid" : "", join);
}

}  // namespace bitgrid::api
