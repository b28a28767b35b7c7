#pragma once
// The configuration while the program runs: read again, or only checked. All or nothing.
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/events.hpp"

namespace bitgrid::ports {

/// What became of a request to read the configuration again.
struct SettingsReply {
    enum class Outcome : std::uint8_t {
        Same,      ///< nothing differs from what holds
        Applied,   ///< holds now; loads went on
        Restarts,  ///< loads stop, all parts are made anew; what comes of it is an event
        Rejected,  ///< what held before holds; `problems` says why
        Busy,      ///< parts are just being made anew, or everything ends
        Valid,     ///< only checked, and right
    };
    Outcome outcome{Outcome::Same};
    std::int64_t number{0};  ///< of the configuration that holds
    std::string version;     ///< its hash
    std::vector<core::ConfigProblem> problems;
};

/// Engine thread only; reading happens elsewhere. Calls back once, on the engine thread.
class Settings {
public:
    using Answer = std::function<void(const SettingsReply&)>;

    virtual void reload(std::string actor, Answer) = 0;
    virtual void check(Answer) = 0;

protected:
    ~Settings() = default;
};

}  // namespace bitgrid::ports
