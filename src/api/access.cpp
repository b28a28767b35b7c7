#include "api/access.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>

namespace bitgrid::api {
namespace {

constexpr std::size_t kMaxBuckets = 1'000;
constexpr std::string_view kProtocolToken = "token.";

bool is_hex64(std::string_view text) {
    return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

bool is_loopback(std::string_view address) {
    return address == "127.0.0.1" || address == "::1" || address.starts_with("127.");
}

// `Authorization: Bearer X`, or for WebSockets `Sec-WebSocket-Protocol: bitgrid, token.X`.
std::string presented_token(const net::ServerRequest& request) {
    const std::string authorization = request.header("authorization");
    if (authorization.starts_with("Bearer ")) return authorization.substr(7);
    const std::string protocols = request.header("sec-websocket-protocol");
    const std::size_t at = protocols.find(kProtocolToken);
    if (at == std::string::npos) return {};
    const std::size_t begin = at + kProtocolToken.size();
    return protocols.substr(begin, protocols.find_first_of(", ", begin) - begin);
}

}  // namespace

std::string sha256_hex(std::string_view text) {
    std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
    crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(text.data()),
                       text.size());
    std::array<char, 2 * crypto_hash_sha256_BYTES + 1> hex{};
    sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
    return hex.data();
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

bool Access::is_known_host(std::string_view host) const {
    const std::string port = ":" + std::to_string(port_);
    if (host.ends_with(port)) host.remove_suffix(port.size());
    if (host == config_.address || host == "[" + config_.address + "]") return true;
    if (is_loopback(config_.address) &&
        (host == "localhost" || host == "127.0.0.1" || host == "[::1]"))
        return true;
    return std::find(config_.allowed_hosts.begin(), config_.allowed_hosts.end(), host) !=
           config_.allowed_hosts.end();
}

bool Access::is_allowed_origin(const net::ServerRequest& request) const {
    const std::string origin = request.header("origin");
    const std::string site = request.header("sec-fetch-site");
    if (!origin.empty()) {
        const std::string host = request.header("host");
        if (origin == "http://" + host || origin == "https://" + host) return true;
        return std::find(config_.allowed_origins.begin(), config_.allowed_origins.end(), origin) !=
               config_.allowed_origins.end();
    }
    // No page sent this: a program, or a browser that says that it is at home.
    return site.empty() || site == "same-origin" || site == "none";
}

std::optional<Problem> Access::identify(const net::ServerRequest& request, Caller& caller) const {
    if (tokens_.empty()) {
        caller = {Role::Operator, "local"};
        return std::nullopt;
    }
    const std::string hash = sha256_hex(presented_token(request));
    const Token* found = nullptr;
    for (const Token& token : tokens_)
        if (sodium_memcmp(token.hash.data(), hash.data(), hash.size()) == 0) found = &token;
    if (found == nullptr)
        return Problem{401, "UNAUTHORIZED", "a token is needed, or this one is not known"};
    caller = {found->role, "token:" + found->name};
    return std::nullopt;
}

std::optional<Problem> Access::check(const net::ServerRequest& request, bool is_write,
                                     Caller& caller) const {
    if (request.count("host") != 1 || !is_known_host(request.header("host")))
        return Problem{421, "WRONG_HOST", "this name is not one of allowed_hosts in api.yaml"};
    if (is_write && !is_allowed_origin(request))
        return Problem{403, "FOREIGN_ORIGIN", "another web page may not change anything here"};
    return identify(request, caller);
}

std::optional<Problem> Access::take_write(const std::string& caller, core::MonoTime now) {
    if (buckets_.size() >= kMaxBuckets) buckets_.clear();
    const double most = config_.writes_per_minute;
    Bucket& bucket = buckets_.try_emplace(caller, Bucket{most, now}).first->second;
    bucket.left =
        std::min(most, bucket.left + most * static_cast<double>(now - bucket.at) / 60'000);
    bucket.at = now;
    if (bucket.left < 1) {
        const auto wait_s = static_cast<int>((1 - bucket.left) * 60 / most) + 1;
        return Problem{429, "RATE_LIMITED", "too many changes in a short time",
                       nlohmann::json::object(), wait_s};
    }
    bucket.left -= 1;
    return std::nullopt;
}

}  // namespace bitgrid::api
