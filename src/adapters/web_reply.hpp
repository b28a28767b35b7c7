#pragma once
// What a device answered over HTTP.
#include <nlohmann/json.hpp>
#include <string>

namespace bitgrid::adapters {

struct WebReply {
    int status{};
    nlohmann::json json;  ///< null where the body is empty or no JSON
    std::string body;     ///< at most 64 KiB
    bool is_good() const { return status >= 200 && status < 300; }
    /// "500: what it says", cut to a line.
    std::string complaint() const;
};

}  // namespace bitgrid::adapters
