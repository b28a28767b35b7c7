#include "doctor/socket_table.hpp"

#include <charconv>

#include "doctor/config_lines.hpp"

namespace bitgrid::doctor {
namespace {

constexpr std::size_t kMost = 4'096;
constexpr const char* kListens = "0A";

// Words of four bytes in the order of the machine: 127.0.0.1 is 0100007F.
bool is_loopback_address(std::string_view hex) {
    constexpr std::size_t kFour = 8, kSix = 32;
    if (hex.size() == kFour) return hex.ends_with("7F");
    if (hex.size() != kSix) return false;
    if (hex == "00000000000000000000000001000000") return true;
    return hex.starts_with("0000000000000000FFFF0000") && hex.ends_with("7F");
}

}  // namespace

std::vector<Listener> listeners_in(std::string_view table) {
    std::vector<Listener> listeners;
    for (const ConfigLine& line : config_lines(table)) {
        if (line.values.size() < 3 || line.values[2] != kListens) continue;
        const std::string_view local{line.values[0]};
        const std::size_t colon = local.find(':');
        if (colon == std::string_view::npos) continue;
        const std::string_view digits = local.substr(colon + 1);
        std::uint16_t port = 0;
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), port, 16);
        if (error != std::errc{} || end != digits.data() + digits.size()) continue;
        if (listeners.size() == kMost) break;
        listeners.push_back({port, is_loopback_address(local.substr(0, colon))});
    }
    return listeners;
}

}  // namespace bitgrid::doctor
