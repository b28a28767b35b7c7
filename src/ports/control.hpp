#pragma once
// What people and programs may ask of the engine. It answers after the journal has it; a refusal
// changes nothing.
#include <functional>
#include <string>

#include "core/events.hpp"
#include "core/result.hpp"

namespace bitgrid::ports {

struct OverrideRequest {
    std::string load_id;  ///< empty: all loads
    core::OverrideAction action{core::OverrideAction::Stop};
    core::Watts limit{};
    int duration_min{60};  ///< 1 to 1440
    bool use_reserve{false};
    std::string command_id;  ///< made by the caller or here; the same id twice has one effect
    std::string actor;       ///< who asked, e.g. `token:phone`, `mqtt`
};

/// `is_accepted` or a stable code, both languages, and nothing changed.
struct Reply {
    bool is_accepted{false};
    std::string command_id;
    std::string override_id;  ///< of the override that was set
    std::string code;  ///< the decision's code, or `REJECTED_…`, `UNKNOWN_LOAD`, `NOT_READY`, …
    core::Explanation text;
};

using Answer = std::function<void(Reply)>;

/// Engine thread only.
class Control {
public:
    virtual void set_override(OverrideRequest, Answer) = 0;
    /// `which` is an override id, or a load id, or empty for all.
    virtual void end_override(std::string which, std::string actor, Answer) = 0;
    virtual void set_autonomy(core::AutonomyLevel, std::string actor, Answer) = 0;
    virtual void emergency_stop(std::string actor, Answer) = 0;
    virtual void acknowledge(std::string actor, Answer) = 0;
    /// Whether parts of the past may be given away. Holds at once; also where another controller
    /// has the site, because it commands nothing.
    virtual void set_research(bool is_on, std::string actor, Answer) = 0;
    virtual void accept_proposal(std::string decision_id, std::string actor, Answer) = 0;

protected:
    ~Control() = default;
};

}  // namespace bitgrid::ports
