#pragma once
// The one gate for JSON from outside: bounded in size and depth, valid UTF-8, never an exception.
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string_view>

#include "core/result.hpp"

namespace bitgrid::wire {

struct JsonBounds {
    std::size_t bytes{65'536};
    int depth{32};
};

/// The value, or where and why it is not JSON. A key that stands twice in one object is an error.
core::Result<nlohmann::json> parse_json(std::string_view text, JsonBounds = {});

}  // namespace bitgrid::wire
