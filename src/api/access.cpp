#include "api/access.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <cctype>
#include <sstream>
#include <utility>

#include "accounts/book_json.hpp"
#include "crypto/digest.hpp"

namespace bitgrid::api {
namespace {

constexpr std::size_t kMaxAllowances = 1'000;
constexpr int kTriesPerMinute = 10;
constexpr int kPreviewsPerMinute = 300;  ///< a slider that is dragged asks a few times a second
constexpr std::size_t kMostPeers = 100;
constexpr std::size_t kMostTickets = 200;
constexpr std::string_view kProtocolToken = "token.";
constexpr std::string_view kProtocolTicket = "ticket.";
constexpr const char* kPlainCookie = "bitgrid";
constexpr const char* kSecureCookie = "__Host-bitgrid";

bool is_loopback(std::string_view address) {
    return address == "127.0.0.1" || address == "::1" || address.starts_with("127.");
}

// The subprotocols that a WebSocket handshake offers, in its order.
std::vector<std::string> offered_protocols(const net::ServerRequest& request) {
    std::vector<std::string> offered;
    std::istringstream list{request.header("sec-websocket-protocol")};
    for (std::string one; std::getline(list, one, ',');) {
        const std::size_t begin = one.find_first_not_of(" \t");
        const std::size_t end = one.find_last_not_of(" \t");
        if (begin != std::string::npos) offered.push_back(one.substr(begin, end - begin + 1));
    }
    return offered;
}

std::string offered_secret(const net::ServerRequest& request, std::string_view prefix) {
    for (const std::string& protocol : offered_protocols(request))
        if (protocol.starts_with(prefix)) return protocol.substr(prefix.size());
    return {};
}

// `Authorization: Bearer X`, or for WebSockets `Sec-WebSocket-Protocol: bitgrid, token.X`.
std::string presented_token(const net::ServerRequest& request) {
    const std::string authorization = request.header("authorization");
    if (authorization.starts_with("Bearer ")) return authorization.substr(7);
    return offered_secret(request, kProtocolToken);
}

// Who guesses from IPv6 has a network of addresses.
std::string network_of(const std::string& peer) {
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(peer, error);
    if (error || !address.is_v6() || address.to_v6().is_v4_mapped()) return peer;
    auto bytes = address.to_v6().to_bytes();
    std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
    return boost::asio::ip::make_address_v6(bytes).to_string();
}

bool is_at_home(const net::ServerRequest& request) {
    const std::string site = request.header("sec-fetch-site");
    return site.empty() || site == "same-origin" || site == "none";
}

// An address in numbers cannot be another site's name that points here.
bool is_address(std::string host) {
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    boost::system::error_code error;
    boost::asio::ip::make_address(host, error);
    return !error;
}

}  // namespace

bool offers_protocol(const net::ServerRequest& request, std::string_view name) {
    const auto offered = offered_protocols(request);
    return std::find(offered.begin(), offered.end(), name) != offered.end();
}

std::string session_cookie(const net::ServerRequest& request) {
    if (request.count("cookie") != 1) return {};
    const std::string wanted =
        std::string{request.is_encrypted ? kSecureCookie : kPlainCookie} + "=";
    std::istringstream list{request.header("cookie")};
    std::string secret;
    bool is_there = false;
    for (std::string one; std::getline(list, one, ';');) {
        one.erase(0, std::min(one.find_first_not_of(' '), one.size()));
        if (!one.starts_with(wanted)) continue;
        if (std::exchange(is_there, true)) return {};
        secret = one.substr(wanted.size());
    }
    return secret;
}

std::string cookie_line(const net::ServerRequest& request, const std::string& secret) {
    const std::string age =
        std::to_string(secret.empty() ? 0 : accounts::Sessions::kLongestMs / 1'000);
    const char* const name = request.is_encrypted ? kSecureCookie : kPlainCookie;
    return std::string{name} + "=" + secret + "; Path=/; Max-Age=" + age + "; " +
           (request.is_encrypted ? "Secure; " : "") + "HttpOnly; SameSite=Strict";
}

std::string csrf_of(const std::string& secret) { return crypto::sha256_hex("csrf " + secret); }

core::Result<Access> Access::from(const ApiConfig& config, std::uint16_t port) {
    if (sodium_init() < 0)
        return core::Error{core::ErrorCode::Unavailable, "no source of randomness"};
    Access access;
    access.config_ = config;
    access.port_ = port;
    for (const std::string& line : config.tokens) {
        const std::size_t first = line.find(':');
        const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
        const auto role = second == std::string::npos
                              ? std::nullopt
                              : accounts::role_of(line.substr(first + 1, second - first - 1));
        if (first == 0 || !role || !accounts::is_hash(line.substr(second + 1)))
            return core::Error{core::ErrorCode::BadInput,
                               "api.yaml: a token must be name:role:sha256, role observer, "
                               "operator or admin, sha256 64 hex "
                               "digits; found \"" +
                                   line.substr(0, line.find(':')) + ":...\""};
        access.tokens_.push_back({line.substr(0, first), *role, line.substr(second + 1)});
    }
    return access;
}

bool Access::is_closed() const {
    return config_.accounts || !tokens_.empty() || !is_loopback(config_.address) ||
           (accounts_ != nullptr && accounts_->is_closed());
}

bool Access::is_known_host(std::string host) const {
    for (char& c : host) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const auto& allowed = config_.allowed_hosts;
    if (std::find(allowed.begin(), allowed.end(), host) != allowed.end()) return true;
    const std::string port = ":" + std::to_string(port_);
    if (host.ends_with(port)) host.resize(host.size() - port.size());
    if (host == config_.address || host == "[" + config_.address + "]") return true;
    const bool is_everywhere = config_.address == "0.0.0.0" || config_.address == "::";
    if ((is_loopback(config_.address) || is_everywhere) &&
        (host == "localhost" || host == "127.0.0.1" || host == "[::1]"))
        return true;
    if (is_everywhere && is_address(host)) return true;
    return std::find(allowed.begin(), allowed.end(), host) != allowed.end();
}

bool Access::is_named_origin(const std::string& origin) const {
    const auto& named = config_.allowed_origins;
    return std::find(named.begin(), named.end(), origin) != named.end();
}

Access::Origin Access::origin_of(const net::ServerRequest& request) const {
    const std::string origin = request.header("origin");
    // No page sent this: a program, or a browser that says that it is at home.
    if (request.count("origin") == 0)
        return is_at_home(request) ? Origin::Missing : Origin::Foreign;
    if (request.count("origin") > 1) return Origin::Foreign;
    if (is_named_origin(origin)) return Origin::Named;
    const std::string host = request.header("host");
    // Without encryption there may be a proxy of this machine that encrypts.
    const bool is_own =
        origin == "https://" + host || (!request.is_encrypted && origin == "http://" + host);
    return is_own && is_at_home(request) ? Origin::Own : Origin::Foreign;
}

bool Access::find_token(const std::string& presented, Caller& caller,
                        std::set<std::string>*& peers) {
    const std::string hash = crypto::sha256_hex(presented);
    for (Token& token : tokens_)
        if (sodium_memcmp(token.hash.data(), hash.data(), hash.size()) == 0) {
            caller = {token.role, "token:" + token.name, Caller::Kind::Line};
            peers = &token.peers;
        }
    if (peers != nullptr || accounts_ == nullptr) return peers != nullptr;
    const accounts::Token* const token = accounts_->token_of(presented);
    if (token == nullptr) return false;
    if (peers_of_.size() > 2 * accounts::kMostTokens) peers_of_.clear();
    caller = {token->role, "token:" + token->name, Caller::Kind::Token};
    peers = &peers_of_[hash];
    return true;
}

std::optional<Problem> Access::identify(const net::ServerRequest& request, Act act,
                                        core::MonoTime now, Caller& caller) {
    if (!is_closed()) {
        caller = {Role::Admin, "local", Caller::Kind::Local};
        return std::nullopt;
    }
    const std::string presented = presented_token(request);
    // Who shows none guesses nothing.
    if (!presented.empty()) {
        std::set<std::string>* peers = nullptr;
        const bool is_known = find_token(presented, caller, peers);
        if (auto problem = meet(request.peer, peers, now)) return problem;
        if (is_known) return std::nullopt;
        return Problem{401, "UNAUTHORIZED", "this token is not known, or has expired"};
    }
    if (act == Act::Socket && take_ticket(offered_secret(request, kProtocolTicket), now, caller))
        return std::nullopt;
    // A cookie that another page has sent along is none.
    const std::string secret = is_at_home(request) ? session_cookie(request) : "";
    if (accounts_ != nullptr && !secret.empty())
        if (const auto person = accounts_->person_of(secret)) {
            caller = {person->role,    "user:" + person->name, Caller::Kind::Session,
                      person->session, csrf_of(secret),        person->is_confirmed};
            return std::nullopt;
        }
    return Problem{
        401, "UNAUTHORIZED", "please sign in, or show a token", {{"sign_in", ways_in()}}};
}

nlohmann::json Access::ways_in() const {
    nlohmann::json ways = nlohmann::json::array();
    if (accounts_ != nullptr && !accounts_->book().accounts.empty()) ways.push_back("password");
    if (accounts_ != nullptr && !accounts_->book().first_run.empty()) ways.push_back("code");
    ways.push_back("token");
    return ways;
}

std::optional<Problem> Access::meet(const std::string& peer, std::set<std::string>* peers,
                                    core::MonoTime now) {
    if (peers != nullptr && peers->count(peer) != 0) return std::nullopt;
    net::Allowance& tries = allowance("try " + network_of(peer), kTriesPerMinute, now);
    const int wait_s = peers == nullptr ? tries.take(now) : tries.wait_s(now);
    if (wait_s > 0)
        return Problem{429, "TOO_MANY_TRIES",
                       "too many wrong tokens from this address; at most " +
                           std::to_string(kTriesPerMinute) + " in a minute",
                       nlohmann::json::object(), wait_s};
    if (peers != nullptr && peers->size() < kMostPeers) peers->insert(peer);
    return std::nullopt;
}

std::optional<Problem> Access::take_password(const std::string& peer, core::MonoTime now) {
    const int wait_s = allowance("password " + network_of(peer), kTriesPerMinute, now).take(now);
    if (wait_s == 0) return std::nullopt;
    return Problem{429, "TOO_MANY_TRIES",
                   "too many wrong passwords from this address; at most " +
                       std::to_string(kTriesPerMinute) + " in a minute",
                   nlohmann::json::object(), wait_s};
}

void Access::give_password_back(const std::string& peer, core::MonoTime now) {
    allowance("password " + network_of(peer), kTriesPerMinute, now).give_back();
}

std::string Access::ticket_for(const Caller& caller, core::MonoTime now) {
    std::erase_if(tickets_, [now](const auto& entry) { return entry.second.until < now; });
    if (tickets_.size() >= kMostTickets) tickets_.clear();
    std::string ticket = accounts::random_secret();
    tickets_[crypto::sha256_hex(ticket)] = {caller, now + kTicketS * 1'000};
    return ticket;
}

bool Access::take_ticket(const std::string& presented, core::MonoTime now, Caller& caller) {
    if (presented.empty()) return false;
    const auto found = tickets_.find(crypto::sha256_hex(presented));
    if (found == tickets_.end()) return false;
    const Ticket ticket = found->second;
    tickets_.erase(found);
    if (ticket.until < now || !is_still(ticket.caller)) return false;
    caller = ticket.caller;
    caller.csrf.clear();
    return true;
}

bool Access::is_still(const Caller& caller) {
    if (caller.kind == Caller::Kind::Line) return true;
    if (caller.kind == Caller::Kind::Local) return !is_closed();
    if (accounts_ == nullptr) return false;
    if (caller.kind == Caller::Kind::Session) {
        const auto person = accounts_->person_by_session(caller.session);
        return person && person->role == caller.role;
    }
    const auto& tokens = accounts_->book().tokens;
    return std::any_of(tokens.begin(), tokens.end(), [&](const accounts::Token& token) {
        return "token:" + token.name == caller.name && token.role == caller.role &&
               accounts_->is_unexpired(token);
    });
}

std::optional<Problem> Access::check_host(const net::ServerRequest& request) const {
    if (request.count("host") == 1 && is_known_host(request.header("host"))) return std::nullopt;
    return Problem{421, "WRONG_HOST", "this name is not one of allowed_hosts in api.yaml"};
}

std::optional<Problem> Access::check(const net::ServerRequest& request, Act act, core::MonoTime now,
                                     Caller& caller) {
    const Problem foreign{403, "FOREIGN_ORIGIN", "another web page may not change anything here"};
    if (auto problem = check_host(request)) return problem;
    const Origin origin = origin_of(request);
    if (act != Act::Look && origin == Origin::Foreign) return foreign;
    if (auto problem = identify(request, act, now, caller)) return problem;
    // A ticket has no csrf: it was asked for with one.
    if (act == Act::Look || caller.csrf.empty()) return std::nullopt;
    if (origin != Origin::Own) return foreign;
    if (act == Act::Write && request.header("x-csrf-token") != caller.csrf)
        return Problem{403, "CSRF_TOKEN_NEEDED",
                       "the header X-CSRF-Token must be the csrf of GET /session"};
    return std::nullopt;
}

std::optional<Problem> Access::check_sign_in(const net::ServerRequest& request) const {
    if (auto problem = check_host(request)) return problem;
    if (origin_of(request) == Origin::Own) return std::nullopt;
    return Problem{403, "FOREIGN_ORIGIN",
                   "signing in is for the page of this house: the header Origin must be its own"};
}

net::Allowance& Access::allowance(const std::string& key, double per_minute, core::MonoTime now) {
    if (allowances_.size() >= kMaxAllowances)
        for (auto entry = allowances_.begin(); entry != allowances_.end();)
            entry = entry->second.is_full(now) ? allowances_.erase(entry) : std::next(entry);
    if (allowances_.size() >= kMaxAllowances) allowances_.clear();
    return allowances_.try_emplace(key, per_minute, now).first->second;
}

std::optional<Problem> Access::take(const std::string& key, double per_minute, core::MonoTime now,
                                    const std::string& what) {
    const int wait_s = allowance(key, per_minute, now).take(now);
    if (wait_s == 0) return std::nullopt;
    return Problem{429, "RATE_LIMITED", "too many " + what + " in a minute",
                   nlohmann::json::object(), wait_s};
}

std::optional<Problem> Access::take_write(const std::string& caller, core::MonoTime now) {
    return take("write " + caller, config_.writes_per_minute, now,
                "changes; at most " + std::to_string(config_.writes_per_minute));
}

std::optional<Problem> Access::take_stop(const std::string& caller, core::MonoTime now) {
    return take("stop " + caller, 10.0 * config_.writes_per_minute, now,
                "changes; at most " + std::to_string(config_.writes_per_minute));
}

std::optional<Problem> Access::take_preview(const std::string& caller, core::MonoTime now) {
    return take("preview " + caller, kPreviewsPerMinute, now,
                "previews; at most " + std::to_string(kPreviewsPerMinute));
}

}  // namespace bitgrid::api
