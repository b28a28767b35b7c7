#pragma once
// The version of a configuration: the same values have the same version on every machine, however
// they were written.
#include "core/config.hpp"
#include "ops/field_table.hpp"

namespace bitgrid::ops {

/// One line per value, `rules.surplus_min_kw=1.5`, in the order of describe(); secrets are left
/// out.
std::string canonical_text(std::string_view part, const std::vector<Field>& fields);
std::string canonical_text(const core::Config& config);

/// SHA-256 of the canonical text, lower-case hex.
std::string config_version(const core::Config& config);

}  // namespace bitgrid::ops
