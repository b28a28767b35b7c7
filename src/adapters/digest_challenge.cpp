#include "adapters/digest_challenge.hpp"

#include <map>

namespace bitgrid::adapters {
namespace {

constexpr std::size_t kLongestHeader = 2048;

std::string lowered(std::string_view text) {
    std::string out;
    for (const char c : text) out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return out;
}

// name=value or name="value", apart by commas; quotes and line breaks inside of values are refused
// by stopping there, so that nothing of them can end up in our own header.
std::map<std::string, std::string> parameters(std::string_view text) {
    std::map<std::string, std::string> found;
    while (found.size() < 16) {
        const std::size_t begin = text.find_first_not_of(" ,\t");
        const std::size_t equals = text.find('=');
        if (begin == std::string_view::npos || equals == std::string_view::npos || equals < begin)
            return found;
        const std::string name = lowered(text.substr(begin, equals - begin));
        text.remove_prefix(equals + 1);
        const bool is_quoted = text.starts_with('"');
        if (is_quoted) text.remove_prefix(1);
        const std::size_t end = text.find(is_quoted ? '"' : ',');
        if (is_quoted && end == std::string_view::npos) return found;
        const std::string_view value = text.substr(0, end);
        if (value.find_first_of("\"\\\r\n") != std::string_view::npos) return found;
        found.emplace(name, value);
        if (end == std::string_view::npos) return found;
        text.remove_prefix(end + 1);
    }
    return found;
}

}  // namespace

core::Result<DigestChallenge> read_challenge(std::string_view header) {
    constexpr std::string_view kScheme = "digest ";
    if (header.size() > kLongestHeader || lowered(header.substr(0, kScheme.size())) != kScheme)
        return core::Error{core::ErrorCode::Unavailable, "it wants another login than digest"};
    auto values = parameters(header.substr(kScheme.size()));
    if (lowered(values["algorithm"]) != "sha-256" ||
        values["qop"].find("auth") == std::string::npos)
        return core::Error{core::ErrorCode::Unavailable,
                           "it wants another digest than SHA-256 with qop auth"};
    if (values["nonce"].empty())
        return core::Error{core::ErrorCode::Damaged, "its digest challenge has no nonce"};
    return DigestChallenge{values["realm"], values["nonce"], values["opaque"]};
}

}  // namespace bitgrid::adapters
