#include "app/shown_config.hpp"

#include <algorithm>

#include "core/rule_config_fields.hpp"
#include "ops/field_table.hpp"

namespace bitgrid::app {
namespace {

using Json = nlohmann::json;

Json shown(const std::vector<ops::Field>& fields) {
    Json json = Json::object();
    for (const ops::Field& field : fields) {
        if (field.kind == ops::Field::Kind::Secret) continue;
        json[field.key] = field.kind == ops::Field::Kind::Group
                              ? shown(field.fields)
                              : Json::parse(field.value, nullptr, false);
    }
    return json;
}

template <class Entry>
Json shown_list(const std::vector<Entry>& entries) {
    Json json = Json::array();
    for (const Entry& entry : entries) json.push_back(shown(ops::fields_of(entry)));
    return json;
}

}  // namespace

Json shown_rules(const core::Config& config) {
    return {{"site.yaml", shown(ops::fields_of(config.site))},
            {"rules.yaml", shown(ops::fields_of(config.rules))},
            {"policy.yaml", shown(ops::fields_of(config.policy))},
            {"loads.yaml", shown_list(config.loads)}};
}

Json shown_config(const Installation& all) {
    api::ApiConfig api = all.api;
    for (std::string& token : api.tokens) token.resize(std::min(token.size(), token.rfind(':')));
    Json json = shown_rules(all.config);
    json.update({{"devices.yaml", shown_list(all.devices)},
                 {"mqtt.yaml", shown(ops::fields_of(all.mqtt))},
                 {"mqtt_sensors.yaml", shown_list(all.mqtt_sensors)},
                 {"api.yaml", shown(ops::fields_of(api))},
                 {"ups.yaml", shown(ops::fields_of(all.ups))},
                 {"guard.yaml", shown(ops::fields_of(all.guard))},
                 {"store.yaml", shown(ops::fields_of(all.store))},
                 {"mirror.yaml", shown(ops::fields_of(all.mirror))},
                 {"log.yaml", shown(ops::fields_of(all.log))}});
    return json;
}

}  // namespace bitgrid::app
