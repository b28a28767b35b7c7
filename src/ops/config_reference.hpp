#pragma once
// The reference page of the configuration (Markdown), made from the same tables as the reader.
#include "ops/field_table.hpp"

namespace bitgrid::ops {

struct ReferenceSection {
    std::string file;     ///< rules.yaml
    std::string purpose;  ///< one sentence
    std::vector<Field> fields;
    bool is_list{false};
};

/// site, loads, rules and policy: what every program of the product reads.
std::vector<ReferenceSection> core_sections();

/// The whole page; more sections may follow those of the core.
std::string config_reference(const std::vector<ReferenceSection>& sections);

}  // namespace bitgrid::ops
