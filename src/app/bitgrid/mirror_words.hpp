#pragma once
// What several parts of `bitgrid mirror` say, in both languages.
#include <string>
#include <string_view>
#include <vector>

#include "app/mirror_config.hpp"

namespace bitgrid::app {

/// What leaves, where to, for whom: one line each, for people.
std::string told_plan(const MirrorConfig&, bool is_german);

}  // namespace bitgrid::app
