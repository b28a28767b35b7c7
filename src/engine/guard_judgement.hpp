#pragma once
// What the state of the guard means for the health of the house.
#include <string>
#include <string_view>

#include "core/events.hpp"
#include "ports/guard.hpp"

namespace bitgrid::engine {

struct GuardJudgement {
    core::HealthLevel level{core::HealthLevel::Ok};
    std::string reason{};     ///< in words
    std::string_view code{};  ///< stable, of the reason
};

GuardJudgement judge(const ports::GuardView&);

}  // namespace bitgrid::engine
