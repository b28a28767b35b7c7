#pragma once
// guard.yaml: how controller and guard meet.
#include <filesystem>
#include <string>

#include "core/config.hpp"

namespace bitgrid::adapters {

struct GuardConfig {
    bool expected{false};
    std::string socket;
    friend bool operator==(const GuardConfig&, const GuardConfig&) = default;
};

template <class Visitor>
void describe(Visitor& v, GuardConfig& c) {
    v("expected", c.expected,
      "warn while no guard is running; a guard that has been seen is expected anyway");
    v("socket", c.socket,
      "where controller and guard meet, at most 107 bytes; empty: guard.sock in the data folder");
}

inline std::string socket_of(const GuardConfig& config, const std::string& data_folder) {
    if (!config.socket.empty()) return config.socket;
    return (std::filesystem::path{data_folder} / "guard.sock").string();
}

}  // namespace bitgrid::adapters
