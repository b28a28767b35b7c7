#pragma once
// The schemas of what is sent, from schemas/, compiled in.
#include <string_view>
#include <vector>

namespace bitgrid::api {

struct EmbeddedSchema {
    std::string_view name;  ///< `live` for schemas/live.schema.json
    std::string_view text;  ///< JSON Schema 2020-12
};

const std::vector<EmbeddedSchema>& embedded_schemas();

}  // namespace bitgrid::api
