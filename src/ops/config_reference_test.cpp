#include "ops/config_reference.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "core/rule_config_fields.hpp"
#include "ops/json_schema.hpp"

namespace bitgrid::ops {
namespace {

using testing::HasSubstr;

TEST(JsonSchema, NamesKeysTypesBoundsDefaultsAndNoOthers) {
    const std::string schema = json_schema("rules.yaml", fields_of<core::RuleConfig>());
    EXPECT_THAT(schema, HasSubstr(R"("additionalProperties": false)"));
    EXPECT_THAT(schema, HasSubstr(R"("enum": ["surplus", "soc_band"], "default": "surplus"})"));
    EXPECT_THAT(
        schema,
        HasSubstr(
            R"("type": ["number", "null"], "minimum": -100, "maximum": 1000, "default": 25})"));
    EXPECT_THAT(schema, HasSubstr(R"("type": "integer")"));
    EXPECT_EQ(std::count(schema.begin(), schema.end(), '{'),
              std::count(schema.begin(), schema.end(), '}'));
}

TEST(JsonSchema, BoundsAList) {
    const std::string schema = json_schema_of_list("loads.yaml", fields_of<core::LoadConfig>(), 8);
    EXPECT_THAT(schema, HasSubstr(R"("type": "array", "maxItems": 8)"));
}

TEST(ConfigReference, HasARowForEachKeyWithItsDefault) {
    const std::string page = config_reference(core_sections());
    EXPECT_THAT(page, HasSubstr("| `surplus_min_kw` | `1.5` | 0 to 1000 | R1: full power"));
    EXPECT_THAT(page, HasSubstr("| `feed_in_ct_kwh` | `null` | -100 to 1000, `null` |"));
    EXPECT_THAT(page, HasSubstr("| `kind` | `\"miner\"` | `miner`, `heater`, `plug` |"));
    for (const ReferenceSection& section : core_sections()) {
        EXPECT_THAT(page, HasSubstr("\n## " + section.file + "\n"));
    }
}

}  // namespace
}  // namespace bitgrid::ops
