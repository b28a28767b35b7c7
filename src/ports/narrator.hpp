#pragma once
// Words for a decision, made when the decision is made. Pure: no clock, no disk, no network; a few
// microseconds.
#include "core/events.hpp"

namespace bitgrid::ports {

class Narrator {
public:
    virtual core::Explanation decision(const core::Config&, const core::DecisionEvent&) const = 0;
    /// Why a wish was refused. `code` is `REJECTED_R3_<reason>` and the like; the judged decision
    /// has the numbers.
    virtual core::Explanation refusal(const core::Config&, std::string_view code,
                                      const core::DecisionEvent&) const = 0;

protected:
    ~Narrator() = default;
};

}  // namespace bitgrid::ports
