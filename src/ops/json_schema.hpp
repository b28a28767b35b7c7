#pragma once
// JSON Schema (2020-12) of a configuration file, for editors. The reader does not use it: both come
// from describe().
#include "ops/field_table.hpp"

namespace bitgrid::ops {

/// Of a file with one struct, or with a list of at most `most` of them. Indented JSON with a
/// newline at its end.
std::string json_schema(std::string_view title, const std::vector<Field>& fields);
std::string json_schema_of_list(std::string_view title, const std::vector<Field>& fields,
                                std::size_t most);

}  // namespace bitgrid::ops
