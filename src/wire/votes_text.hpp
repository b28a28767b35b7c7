#pragma once
// The votes of a decision as canonical JSON text, byte for byte what votes_json() dumps, without
// the tree between: a replay of years compares millions of them. Thread-safe.
#include <string>

#include "core/vote.hpp"

namespace bitgrid::wire {

void append_votes_text(const core::Votes&, std::string& text);

}  // namespace bitgrid::wire
