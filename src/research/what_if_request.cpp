#include "research/what_if_request.hpp"

#include <algorithm>
#include <cmath>

#include "research/rule_keys.hpp"
#include "wire/bounded_json.hpp"

namespace bitgrid::research {
namespace {

using Json = nlohmann::json;
using core::ReadingPlace;
using core::Signal;

constexpr wire::JsonBounds kRequest{16'384, 4};
constexpr std::size_t kLongestId = 100;
constexpr std::string_view kPeakName = "price_peak_ct_kwh";

core::Error wrong(std::string what) { return {core::ErrorCode::BadInput, std::move(what)}; }

// What was found, as it was written, but never at length.
std::string shown(const Json& value) {
    constexpr std::size_t kLongest = 40;
    const std::string text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
    return text.size() <= kLongest ? text : text.substr(0, kLongest) + "...";
}

bool read_text(const Json& body, const char* key, std::string& value) {
    const auto found = body.find(key);
    if (found == body.end() || found->is_null()) return true;
    if (!found->is_string() || found->get_ref<const std::string&>().size() > kLongestId)
        return false;
    value = found->get<std::string>();
    return true;
}

bool read_object(const Json& body, const char* key, Json& value) {
    const auto found = body.find(key);
    if (found == body.end() || found->is_null()) return true;
    if (!found->is_object()) return false;
    value = *found;
    return true;
}

// All that a state has a reading for.
std::vector<ReadingPlace> places_of(const core::Config& config) {
    std::vector<ReadingPlace> all;
    for (const core::SignalSpec& spec : core::kSignals)
        if (!core::is_of_load(spec.signal)) all.push_back({spec.signal});
    all.push_back({Signal::EnergyPrice, true});
    for (std::size_t i = 0; i < config.loads.size(); ++i)
        for (const core::SignalSpec& spec : core::kSignals)
            if (core::is_of_load(spec.signal) && spec.signal != Signal::LoadFan)
                all.push_back({spec.signal, false, i});
    return all;
}

core::Result<core::Supposition> read_signal(const std::string& name, const Json& value,
                                            const core::Config& config) {
    std::string known;
    for (const ReadingPlace place : places_of(config)) {
        const std::string one = name_of(place, config);
        known += (known.empty() ? "" : ", ") + one;
        if (one != name) continue;
        if (value.is_null()) return core::Supposition{place, std::nullopt};
        const core::SignalSpec& spec = core::spec_of(place.signal);
        const double number = value.is_number() ? value.get<double>() : std::nan("");
        if (number >= spec.min && number <= spec.max) return core::Supposition{place, number};
        return wrong("\"signals." + name + "\" must be a number from " + number_text(spec.min) +
                     " to " + number_text(spec.max) + " " + std::string{spec.unit} +
                     ", or null where it does not report; found " + shown(value));
    }
    return wrong("\"signals." + name.substr(0, 60) + "\" is not known; allowed: " + known);
}

core::Result<void> suppose_signals(const Json& signals, core::Case& asked, Json& changes) {
    std::vector<core::Supposition> all;
    for (const auto& [name, value] : signals.items()) {
        const auto one = read_signal(name, value, asked.config);
        if (!one) return one.error();
        all.push_back(*one);
    }
    for (const core::SupposedChange& change : core::suppose(asked.state, all))
        changes.push_back({{"kind", "signal"},
                           {"name", name_of(change.place, asked.config)},
                           {"unit", core::spec_of(change.place.signal).unit},
                           {"from", change.from ? Json(*change.from) : Json{}},
                           {"to", change.to ? Json(*change.to) : Json{}},
                           {"follows", change.follows}});
    return {};
}

core::Result<void> suppose_rules(const Json& rules, core::Case& asked, Json& changes) {
    const std::vector<RuleKey> keys = rule_keys(asked.config.rules);
    for (const auto& [name, value] : rules.items()) {
        const std::string& wanted = name;
        const auto rule = std::find_if(keys.begin(), keys.end(),
                                       [&](const RuleKey& one) { return one.key == wanted; });
        if (rule == keys.end()) {
            std::string known;
            for (const RuleKey& one : keys) known.append(known.empty() ? "" : ", ").append(one.key);
            return wrong("\"rules." + name.substr(0, 60) + "\" is not known; allowed: " + known);
        }
        if (!is_allowed(*rule, value))
            return wrong("\"rules." + name + "\" must be " + allowed_for(*rule) + "; found " +
                         shown(value));
        changes.push_back({{"kind", "rule"},
                           {"name", name},
                           {"unit", unit_of_key(name)},
                           {"from", rule->value},
                           {"to", value},
                           {"follows", false}});
        rule->set(value);
    }
    return {};
}

}  // namespace

std::string name_of(ReadingPlace place, const core::Config& config) {
    if (place.is_peak) return std::string{kPeakName};
    const std::string name{core::spec_of(place.signal).name};
    return core::is_of_load(place.signal) ? config.loads[place.load].id + "." + name : name;
}

core::Result<WhatIfRequest> what_if_request(std::string_view text) {
    WhatIfRequest request;
    if (text.empty()) return request;
    const auto body = wire::parse_json(text, kRequest);
    if (!body) return body.error();
    if (!body->is_object()) return wrong("the body must be a JSON object");
    for (const auto& [key, value] : body->items())
        if (key != "decision_id" && key != "load" && key != "signals" && key != "rules")
            return wrong("\"" + key.substr(0, 60) +
                         "\" is not known; allowed: decision_id, load, signals, rules");
    for (const auto& [key, value] :
         {std::pair{"decision_id", &request.decision_id}, {"load", &request.load}})
        if (!read_text(*body, key, *value))
            return wrong(std::string{"\""} + key + "\" must be a text of at most 100 characters");
    for (const auto& [key, value] :
         {std::pair{"signals", &request.signals}, {"rules", &request.rules}})
        if (!read_object(*body, key, *value))
            return wrong(std::string{"\""} + key + "\" must be an object; found " +
                         shown((*body)[key]));
    return request;
}

core::Result<Json> suppose(const WhatIfRequest& request, core::Case& asked) {
    Json changes = Json::array();
    if (const auto put = suppose_signals(request.signals, asked, changes); !put) return put.error();
    if (const auto put = suppose_rules(request.rules, asked, changes); !put) return put.error();
    std::stable_partition(changes.begin(), changes.end(),
                          [](const Json& change) { return !change["follows"].get<bool>(); });
    return changes;
}

}  // namespace bitgrid::research
