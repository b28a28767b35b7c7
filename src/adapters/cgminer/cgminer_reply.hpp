#pragma once
// What a CGMiner answered: its status line, and the rest as JSON.
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace bitgrid::adapters::cgminer {

struct Reply {
    nlohmann::json json;
    bool is_repaired{false};
    char status{'?'};  ///< S, I, W, E or F
    int code{-1};
    std::string message;         ///< at most 200 characters
    std::optional<double> when;  ///< seconds of the device's own clock

    /// The device has done what it was told: says so, and not only that it has heard.
    bool is_done() const;
};

inline constexpr int kInvalidCommand = 14;
inline constexpr int kAccessDenied = 45;

/// Pure and bounded; any bytes. Damaged where it is no answer, not even a broken one.
core::Result<Reply> read_reply(std::string_view bytes);

}  // namespace bitgrid::adapters::cgminer
