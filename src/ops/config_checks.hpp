#pragma once
// Combinations that no single key can show: each check adds a problem that names the key, its line
// and the other value.
#include <span>

#include "core/config.hpp"
#include "ops/places.hpp"

namespace bitgrid::ops {

void check_site(const core::SiteConfig& site, const Places& places, Problems& problems);
void check_rules(const core::RuleConfig& rules, const Places& places, Problems& problems);
void check_loads(std::span<const core::LoadConfig> loads, const Places& places, Problems& problems);

}  // namespace bitgrid::ops
