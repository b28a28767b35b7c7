#pragma once
// The configuration as it may be shown: every value by file, without secrets.
#include <nlohmann/json.hpp>

#include "app/installation.hpp"

namespace bitgrid::app {

/// Site, rules, policy and loads: all that has a say in a decision.
nlohmann::json shown_rules(const core::Config&);

/// Tokens keep their name and role; secrets and their hashes are left out.
nlohmann::json shown_config(const Installation&);

}  // namespace bitgrid::app
