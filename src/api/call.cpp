#include "api/call.hpp"

#include <charconv>

#include "net/url.hpp"

namespace bitgrid::api {

core::Result<std::map<std::string, std::string>> parse_query(std::string_view target) {
    std::map<std::string, std::string> query;
    const std::size_t mark = target.find('?');
    std::string_view rest =
        mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
    while (!rest.empty()) {
        const std::string_view pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
        const std::size_t equals = std::min(pair.find('='), pair.size());
        auto key = net::decode_percent(pair.substr(0, equals));
        auto value = net::decode_percent(equals == pair.size() ? std::string_view{}
                                                               : pair.substr(equals + 1));
        if (!key) return key.error();
        if (!value) return value.error();
        if (!query.emplace(*key, *value).second)
            return core::Error{core::ErrorCode::BadInput, "\"" + *key + "\" stands twice"};
    }
    return query;
}

std::optional<std::int64_t> whole_number(const Call& call, const std::string& key,
                                         std::int64_t fallback, Bounds bounds, Problem& problem) {
    const auto found = call.query.find(key);
    if (found == call.query.end()) return fallback;
    std::int64_t value = 0;
    const std::string& text = found->second;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc{} && end == text.data() + text.size() && value >= bounds.min &&
        value <= bounds.max)
        return value;
    problem = {400, "BAD_QUERY",
               "\"" + key + "\" is \"" + text.substr(0, 40) +
                   "\"; allowed is a whole number from " + std::to_string(bounds.min) + " to " +
                   std::to_string(bounds.max)};
    return std::nullopt;
}

}  // namespace bitgrid::api
