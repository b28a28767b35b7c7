#include "ops/config_hash.hpp"

#include <fmt/format.h>

#include "core/rule_config_fields.hpp"
#include "crypto/digest.hpp"

namespace bitgrid::ops {

std::string canonical_text(std::string_view part, const std::vector<Field>& fields) {
    std::string text;
    for (const Field& field : fields) {
        if (field.kind == Field::Kind::Secret) continue;
        const std::string key = fmt::format("{}.{}", part, field.key);
        text += field.kind == Field::Kind::Group ? canonical_text(key, field.fields)
                                                 : fmt::format("{}={}\n", key, field.value);
    }
    return text;
}

std::string canonical_text(const core::Config& config) {
    std::string text = canonical_text("site", fields_of(config.site));
    text += canonical_text("rules", fields_of(config.rules));
    text += canonical_text("policy", fields_of(config.policy));
    for (std::size_t i = 0; i < config.loads.size(); ++i) {
        text += canonical_text(fmt::format("loads[{}]", i), fields_of(config.loads[i]));
    }
    return text;
}

std::string config_version(const core::Config& config) {
    return crypto::sha256_hex(canonical_text(config));
}

}  // namespace bitgrid::ops
