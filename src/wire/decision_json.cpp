#include "wire/decision_json.hpp"

#include "wire/memory_json.hpp"
#include "wire/state_json.hpp"
#include "wire/time_text.hpp"
#include "wire/words.hpp"

namespace bitgrid::wire {
namespace {

using Json = nlohmann::json;

Json text_or_null(const std::string& text) { return text.empty() ? Json{} : Json(text); }

// A decision has a dozen facts: filled in place, because an initializer list would copy each value.
Json fact_json(const core::Fact& f) {
    Json json(Json::value_t::object);
    json.emplace("name", core::name_of(f.measure));
    json.emplace("value", number(f.value));
    json.emplace("unit", core::unit_of(f.measure));
    json.emplace("op", core::name_of(f.op));
    json.emplace("bound_name", core::name_of(f.bound_id));
    json.emplace("bound", number(f.bound));
    json.emplace("holds", f.holds);
    return json;
}

Json margin_json(const core::StopMargin& m) {
    return {{"rule", core::name_of(m.rule)},    {"name", core::name_of(m.measure)},
            {"unit", core::unit_of(m.measure)}, {"value", number(m.value)},
            {"bound", number(m.bound)},         {"gap", number(m.gap)}};
}

Json words_json(const core::ExplanationText& t) {
    return {{"short", t.brief}, {"details", t.details}, {"counterfactual", t.counterfactual}};
}

}  // namespace

Json votes_json(const core::Votes& votes) {
    Json json = Json::array();
    for (const core::Vote& vote : votes) {
        Json facts = Json::array();
        for (const core::Fact& fact : vote.facts) facts.push_back(fact_json(fact));
        const core::CodeSpec* spec = vote.is_binding ? &core::spec_of(vote.code) : nullptr;
        Json one(Json::value_t::object);
        one.emplace("rule", core::name_of(vote.rule));
        one.emplace("action", spec ? Json(core::name_of(spec->action)) : Json{});
        one.emplace("code", spec ? Json(spec->name) : Json{});
        one.emplace("reason", spec ? Json(spec->reason) : Json{});
        one.emplace("facts", std::move(facts));
        json.push_back(std::move(one));
    }
    return json;
}

Json params_json(const core::LoadDecision& d) {
    Json missing = Json::array();
    for (const core::SignalSpec& signal : core::kSignals)
        if (d.missing.has(signal.signal)) missing.push_back(signal.name);
    return {{"surplus_kw", number(d.surplus_kw)},
            {"mode", d.mode == core::Mode::None ? Json{} : Json(word(d.mode))},
            {"missing", std::move(missing)}};
}

Json counterfactual_json(const core::Counterfactual& c) {
    Json changes = Json::array();
    for (const core::Change& change : c.changes)
        changes.push_back({{"rule", core::name_of(change.rule)},
                           {"name", core::name_of(change.measure)},
                           {"unit", core::unit_of(change.measure)},
                           {"from", number(change.from)},
                           {"to", number(change.to)},
                           {"gap", number(change.gap)}});
    return {{"wanted", core::name_of(c.wanted)},
            {"verified", c.is_verified},
            {"not_before", c.not_before ? Json(time_text(*c.not_before)) : Json{}},
            {"changes", std::move(changes)}};
}

Json explanation_json(const core::Explanation& e) {
    return {{"de", words_json(e.de)}, {"en", words_json(e.en)}};
}

Json decision_json(const core::DecisionEvent& e, const core::Config& config, bool with_state) {
    const core::LoadDecision& d = e.decision;
    const core::CodeSpec& spec = core::spec_of(d.code);
    Json json{{"schema", "decision/1"},
              {"type", "DecisionEvent"},
              {"decision_id", e.decision_id},
              {"block_id", e.block},
              {"load_id", e.load_id},
              {"time", time_text(e.time)},
              {"trigger", word(e.trigger)},
              {"action", core::name_of(spec.action)},
              {"decision_code", spec.name},
              {"reason", spec.reason},
              {"rule", core::name_of(spec.rule)},
              {"level_before", target_json(d.before)},
              {"target_level", target_json(d.target)},
              {"target_w", number(core::power_at(config.loads[e.load_index], d.target).value)},
              {"valid_until", time_text(e.valid_until)},
              {"command_id", text_or_null(e.command_id)},
              {"proposal", d.proposal ? Json(core::name_of(*d.proposal)) : Json{}},
              {"params", params_json(d)},
              {"votes", votes_json(d.votes)},
              {"counterfactual", e.foil ? counterfactual_json(*e.foil) : Json{}},
              {"stop_margin", e.margin ? margin_json(*e.margin) : Json{}},
              {"explain", explanation_json(e.text)},
              {"rule_version", e.rule_version},
              {"config_version", e.config_version}};
    if (with_state) {
        json["state"] = state_json(e.state, config);
        json["memory"] = memory_json(e.memory, config);
    }
    return json;
}

}  // namespace bitgrid::wire
