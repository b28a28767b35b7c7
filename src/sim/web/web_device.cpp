#include "sim/web/web_device.hpp"

#include <charconv>

namespace bitgrid::sim {
namespace {

std::string decode(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned value = 0;
        const char* hex = text.data() + i + 1;
        if (text[i] == '%' && i + 2 < text.size() &&
            std::from_chars(hex, hex + 2, value, 16).ptr == hex + 2) {
            out += static_cast<char>(value);
            i += 2;
        } else {
            out += text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

}  // namespace

std::string WebRequest::query_or(const std::string& key, const std::string& fallback) const {
    const auto found = query.find(key);
    return found == query.end() ? fallback : found->second;
}

WebRequest parse_request(std::string method, std::string_view target, std::string body) {
    WebRequest request{std::move(method), {}, {}, std::move(body)};
    const std::size_t mark = target.find('?');
    request.path = decode(target.substr(0, mark));
    std::string_view rest = mark == std::string_view::npos ? "" : target.substr(mark + 1);
    while (!rest.empty()) {
        const std::string_view pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
        const std::size_t equals = pair.find('=');
        const auto value = equals == std::string_view::npos ? "" : pair.substr(equals + 1);
        request.query[decode(pair.substr(0, equals))] = decode(value);
    }
    return request;
}

}  // namespace bitgrid::sim
