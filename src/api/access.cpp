#include "api/access.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <cctype>
#include <sstream>

#include "crypto/digest.hpp"

namespace bitgrid::api {
namespace {

constexpr std::size_t kMaxAllowances = 1'000;
constexpr int kTriesPerMinute = 10;
constexpr int kPreviewsPerMinute = 300;  ///< a slider that is dragged asks a few times a second
constexpr std::size_t kMostPeers = 100;
constexpr std::string_view kProtocolToken = "token.";

bool is_hex64(std::string_view text) {
    return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

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

// `Authorization: Bearer X`, or for WebSockets `Sec-WebSocket-Protocol: bitgrid, token.X`.
std::string presented_token(const net::ServerRequest& request) {
    const std::string authorization = request.header("authorization");
    if (authorization.starts_with("Bearer ")) return authorization.substr(7);
    for (const std::string& protocol : offered_protocols(request))
        if (protocol.starts_with(kProtocolToken)) return protocol.substr(kProtocolToken.size());
    return {};
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

core::Result<Access> Access::from(const ApiConfig& config, std::uint16_t port) {
    if (sodium_init() < 0)
        return core::Error{core::ErrorCode::Unavailable, "no source of randomness"};
    Access access;
    access.config_ = config;
    access.port_ = port;
    for (const std::string& line : config.tokens) {
        const std::size_t first = line.find(':');
        const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
        const std::string role =
            second == std::string::npos ? "" : line.substr(first + 1, second - first - 1);
        const bool is_known_role = role == "observer" || role == "operator";
        if (first == 0 || !is_known_role || !is_hex64(line.substr(second + 1)))
            return core::Error{core::ErrorCode::BadInput,
                               "api.yaml: a token must be name:role:sha256, role observer or "
                               "operator, sha256 64 hex "
                               "digits; found \"" +
                                   line.substr(0, line.find(':')) + ":...\""};
        access.tokens_.push_back({line.substr(0, first),
                                  role == "operator" ? Role::Operator : Role::Observer,
                                  line.substr(second + 1)});
    }
    if (access.tokens_.empty() && !is_loopback(config.address))
        return core::Error{core::ErrorCode::BadInput,
                           "api.yaml: address " + config.address +
                               " is open to the network, so tokens must say who may come in"};
    return access;
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

bool Access::is_allowed_origin(const net::ServerRequest& request) const {
    const std::string origin = request.header("origin");
    const std::string site = request.header("sec-fetch-site");
    if (!origin.empty()) {
        const std::string host = request.header("host");
        if (origin == "http://" + host || origin == "https://" + host) return true;
        return is_named_origin(origin);
    }
    // No page sent this: a program, or a browser that says that it is at home.
    return site.empty() || site == "same-origin" || site == "none";
}

std::optional<Problem> Access::identify(const net::ServerRequest& request, core::MonoTime now,
                                        Caller& caller) {
    if (tokens_.empty()) {
        caller = {Role::Operator, "local"};
        return std::nullopt;
    }
    const std::string presented = presented_token(request);
    const std::string hash = crypto::sha256_hex(presented);
    Token* found = nullptr;
    for (Token& token : tokens_)
        if (sodium_memcmp(token.hash.data(), hash.data(), hash.size()) == 0) found = &token;
    // Who shows none guesses nothing.
    if (!presented.empty())
        if (auto problem = meet(request.peer, found, now)) return problem;
    if (found == nullptr)
        return Problem{401, "UNAUTHORIZED", "a token is needed, or this one is not known"};
    caller = {found->role, "token:" + found->name};
    return std::nullopt;
}

std::optional<Problem> Access::meet(const std::string& peer, Token* token, core::MonoTime now) {
    if (token != nullptr && token->peers.count(peer) != 0) return std::nullopt;
    net::Allowance& tries = allowance("try " + peer, kTriesPerMinute, now);
    const int wait_s = token == nullptr ? tries.take(now) : tries.wait_s(now);
    if (wait_s > 0)
        return Problem{429, "TOO_MANY_TRIES",
                       "too many wrong tokens from this address; at most " +
                           std::to_string(kTriesPerMinute) + " in a minute",
                       nlohmann::json::object(), wait_s};
    if (token != nullptr && token->peers.size() < kMostPeers) token->peers.insert(peer);
    return std::nullopt;
}

std::optional<Problem> Access::check_host(const net::ServerRequest& request) const {
    if (request.count("host") == 1 && is_known_host(request.header("host"))) return std::nullopt;
    return Problem{421, "WRONG_HOST", "this name is not one of allowed_hosts in api.yaml"};
}

std::optional<Problem> Access::check(const net::ServerRequest& request, bool is_write,
                                     core::MonoTime now, Caller& caller) {
    if (auto problem = check_host(request)) return problem;
    if (is_write && !is_allowed_origin(request))
        return Problem{403, "FOREIGN_ORIGIN", "another web page may not change anything here"};
    return identify(request, now, caller);
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
