#pragma once
// Who may steer a site: what a controller may do now, and what it must remember of it.
#include <cstdint>

namespace bitgrid::ports {

/// From the least to the most.
enum class Charge : std::uint8_t {
    Asking,    ///< just begun: nobody knows yet whether another controller has this site
    Watching,  ///< another one has it: we measure and show, and command nothing
    OffOnly,   ///< nobody can be asked: what we know is off stays off, R3 acts, nothing starts
    Full       ///< it is ours
};

/// Survives restarts. The epoch grows with every take-over of the site, by whomever; who acts with
/// a lower one is out.
struct Tenure {
    std::int64_t epoch{0};
    bool is_held{false};   ///< we had the site
    bool is_bound{false};  ///< we promised another one to let go when the broker is out of reach
    friend bool operator==(const Tenure&, const Tenure&) = default;
};

}  // namespace bitgrid::ports
