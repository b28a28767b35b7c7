#pragma once
#include "core/decide.hpp"
#include "core/rules/situation.hpp"

namespace bitgrid::core {

/// Takes all five votes and lets the first that binds decide, in the one order of the rules (see
/// order.cpp). Fills votes, code, target, mode, proposal and flags of the decision. Cannot fail.
void rule(const Situation&, LoadDecision&);

}  // namespace bitgrid::core
