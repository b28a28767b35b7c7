#pragma once
// What is broken in the house. Set by orders, asked by the servers on every request. Plain values,
// engine thread only.
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace bitgrid::sim {

/// What has a line of its own.
enum class Device : std::uint8_t { Inverter, Miner, Bitaxe, Plug, Rod, Market };
inline constexpr std::array<std::string_view, 6> kDeviceNames{"inverter", "miner", "bitaxe",
                                                              "plug",     "rod",   "market"};

/// Cut: connections are reset at once. Hangs: they are taken, and never answered.
enum class Link : std::uint8_t { Up, Cut, Hangs };

enum class ModbusFault : std::uint8_t { None, Exception, ShortFrame, OtherTransaction };

struct Faults {
    std::array<Link, kDeviceNames.size()> links{};
    ModbusFault modbus{ModbusFault::None};
    bool has_broken_json{false};  ///< the miner's answers are torn
    std::map<std::string, double, std::less<>>
        reported;  ///< signals that say this, whatever is true
    std::map<std::string, double, std::less<>>
        scaled;  ///< signals that say so many times the truth; -1: with the other sign

    Link link(Device device) const { return links[static_cast<std::size_t>(device)]; }
};

}  // namespace bitgrid::sim
