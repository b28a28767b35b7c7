#include "net/url.hpp"

#include <algorithm>
#include <charconv>

namespace bitgrid::net {
namespace {

constexpr std::size_t kMaxUrl = 2'048;

core::Error bad(std::string_view url, std::string_view why) {
    return {core::ErrorCode::BadInput,
            "bad address \"" + std::string{url.substr(0, 80)} + "\": " + std::string{why}};
}

bool is_host_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_' || c == ':';
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// Takes `host`, `host:port` or `[v6]:port` apart.
bool read_authority(std::string_view authority, Url& url) {
    std::string_view port;
    if (authority.starts_with('[')) {
        const std::size_t end = authority.find(']');
        if (end == std::string_view::npos) return false;
        url.host = authority.substr(1, end - 1);
        port = authority.substr(end + 1);
    } else {
        const std::size_t colon = authority.find(':');
        url.host = authority.substr(0, colon);
        port = colon == std::string_view::npos ? std::string_view{} : authority.substr(colon);
    }
    if (url.host.empty() || url.host.size() > 253) return false;
    if (!std::all_of(url.host.begin(), url.host.end(), is_host_character)) return false;
    if (port.empty()) return true;
    if (port.front() != ':') return false;
    port.remove_prefix(1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    return error == std::errc{} && end == port.data() + port.size() && url.port > 0;
}

}  // namespace

core::Result<Url> parse_url(std::string_view text) {
    if (text.size() > kMaxUrl) return bad(text, "longer than 2048 characters");
    if (!std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 127; }))
        return bad(text, "only printable ASCII is allowed");
    Url url;
    std::string_view rest = text;
    if (rest.starts_with("https://")) {
        url.is_tls = true;
        url.port = 443;
        rest.remove_prefix(8);
    } else if (rest.starts_with("http://")) {
        rest.remove_prefix(7);
    } else {
        return bad(text, "it must begin with http:// or https://");
    }
    const std::size_t path = std::min(rest.find_first_of("/?"), rest.size());
    const std::string_view authority = rest.substr(0, path);
    rest.remove_prefix(path);
    if (authority.find('@') != std::string_view::npos)
        return bad(text, "user and password do not belong here");
    if (rest.find('#') != std::string_view::npos)
        return bad(text, "a fragment does not belong here");
    if (!read_authority(authority, url)) return bad(text, "host or port is wrong");
    if (!rest.empty())
        url.target = rest.front() == '/' ? std::string{rest} : "/" + std::string{rest};
    return url;
}

core::Result<std::string> decode_percent(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded.push_back(text[i]);
            continue;
        }
        const int high = i + 1 < text.size() ? hex_value(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
        if (high < 0 || low < 0) return bad(text, "broken % escape");
        decoded.push_back(static_cast<char>(high * 16 + low));
        i += 2;
    }
    return decoded;
}

}  // namespace bitgrid::net
