#pragma once
// The self-test of the way to a load's off, as a person does it every three months: start it, see
// that it is guarded, pull the emergency stop, see it stand, give it back. Speaks to a controller
// over its API and to nothing else, so that it tests what holds at night.
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "core/events.hpp"
#include "core/result.hpp"

namespace bitgrid::app {

/// The house as the drill sees it. Blocks; one thread.
struct DrillHouse {
    struct Answer {
        int status{0};
        nlohmann::json body;
        bool is_good() const { return status >= 200 && status < 300; }
    };
    /// `path` below /api/v1.
    std::function<core::Result<Answer>(const std::string& method, const std::string& path,
                                       const nlohmann::json& body)>
        ask;
    /// Lets about so many seconds of the house pass; false: the person wants it to end.
    std::function<bool(double seconds)> pause;
    /// Only of a simulated house: an order of its back door.
    std::function<void(const std::string&)> order;
    /// What was just tested.
    std::function<void(const core::DrillStep&)> told;
};

struct DrillOutcome {
    core::DrillReported report;  ///< without an actor
    std::string
        trouble;  ///< why it could not be done, or what is left as it should not be; or empty
    bool is_begun{false};  ///< something was switched
};

/// Times of the house's own clock, seconds.
struct DrillPatience {
    double start_s{300};
    double renewal_s{90};
    double stop_s{60};
    double relay_s{20};
    double release_s{20};
    double lockout_s{5'400};  ///< simulated house only
};

/// Starts `load_id`, stops every load, acknowledges. The lockout of an emergency stop remains, as
/// after any other. Where the load does not stop, the emergency stop stays pressed. An error on the
/// way ends it in the same order: off first.
DrillOutcome drill(const DrillHouse&, const std::string& load_id, DrillPatience = {});

/// The load that a drill is about where nobody names one: the first with a relay, else the first.
std::string drill_load(const nlohmann::json& live);

}  // namespace bitgrid::app
