#include "ops/environment.hpp"

#include <unistd.h>

namespace bitgrid::ops {
namespace {

constexpr std::string_view kPrefix = "BITGRID_";

char capital(char c) {
    if (c >= 'a' && c <= 'z') return static_cast<char>(c - 'a' + 'A');
    const bool is_plain = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return is_plain ? c : '_';
}

}  // namespace

Environment environment_of_process() {
    Environment found;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text{*entry};
        const std::size_t equals = text.find('=');
        if (!text.starts_with(kPrefix) || equals == std::string_view::npos) continue;
        found.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return found;
}

std::string variable_name(std::string_view prefix, std::string_view key) {
    std::string name{prefix.starts_with(kPrefix) ? "" : kPrefix};
    for (const char c : prefix) name += capital(c);
    name += '_';
    for (const char c : key) name += capital(c);
    return name;
}

}  // namespace bitgrid::ops
