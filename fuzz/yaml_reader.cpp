// Any bytes as configuration files: a problem or values, never a crash, never long.
#include "ops/yaml_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/rule_config_fields.hpp"
#include "ops/config_checks.hpp"

namespace {

using namespace bitgrid;

template <class Struct>
void read(const ops::YamlNode& root, ops::Problems& problems, Struct& value) {
    const ops::Environment none;
    ops::Places places{"fuzz.yaml"};
    ops::Reading reading{"fuzz.yaml", none, problems, places};
    ops::YamlReader reader{root, reading, "BITGRID_FUZZ", ""};
    describe(reader, value);
    reader.finish();
}

/// What was read without a problem must be inside its range.
void require(bool claim) {
    if (!claim) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    ops::Problems problems;
    const ops::YamlNode root = ops::parse_yaml(text, "fuzz.yaml", problems);
    core::RuleConfig rules;
    core::SiteConfig site;
    core::LoadConfig load;
    core::PolicyConfig policy;
    read(root, problems, rules);
    read(root, problems, site);
    read(root, problems, load);
    read(root, problems, policy);
    require(rules.max_chip_temp <= core::kHardMaxChipTemp);
    require(rules.eta >= 0.1 && rules.eta <= 1);
    require(site.block_minutes >= 1 && site.block_minutes <= 60);
    require(static_cast<int>(load.kind) <= 2);
    require(!ops::format(problems).empty());
    return 0;
}
