#pragma once
// How one make of smart plug is spoken to: switch, and say what is.
#include <functional>
#include <optional>
#include <string>

#include "core/result.hpp"

namespace bitgrid::adapters {

struct PlugStatus {
    bool is_on{false};
    std::optional<double> power_w;  ///< absent where the plug does not measure
    bool tells_timer{true};         ///< whether it says what its timer does
    std::optional<double>
        timer_s;         ///< until it opens by itself, >= 0; absent: nothing would open it
    std::string errors;  ///< in its own words, apart by blanks; empty: none
};

/// Engine thread only. Calls back exactly once, never from inside the call; once stopped or gone,
/// never. What was set is not what is: only look() says that.
class PlugSpeech {
public:
    using Done = std::function<void(const core::Result<void>&)>;
    using Look = std::function<void(const core::Result<PlugStatus>&)>;

    virtual ~PlugSpeech() = default;
    /// On is on for `dead_man_s`: the plug's own timer opens it then; on again begins it anew.
    virtual void set(bool is_on, int dead_man_s, Done) = 0;
    virtual void look(Look) = 0;
    virtual void stop() = 0;
};

}  // namespace bitgrid::adapters
