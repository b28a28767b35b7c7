#include "wire/event_json.hpp"

#include "wire/decision_json.hpp"
#include "wire/drill_json.hpp"
#include "wire/live_json.hpp"
#include "wire/minutes_json.hpp"
#include "wire/state_json.hpp"
#include "wire/time_text.hpp"
#include "wire/words.hpp"

namespace bitgrid::wire {
namespace {

using Json = nlohmann::json;

Json signals_json(core::SignalSet set) {
    Json names = Json::array();
    for (const core::SignalSpec& spec : core::kSignals)
        if (set.has(spec.signal)) names.push_back(spec.name);
    return names;
}

// The fields of each event; type and time stand beside them.
struct Fields {
    const core::Config& config;

    Json operator()(const std::shared_ptr<const core::DecisionEvent>& e) const {
        return decision_json(*e, config, true);
    }
    Json operator()(const core::DeadbandActivated& e) const {
        return {{"load_id", e.load_id},
                {"held_by", core::name_of(e.held_by)},
                {"held_back", core::name_of(e.held_back)}};
    }
    Json operator()(const core::SafetyTripped& e) const {
        return {{"load_id", e.load_id},
                {"decision_code", core::name_of(e.code)},
                {"missing", signals_json(e.missing)},
                {"explain", explanation_json(e.text)}};
    }
    Json operator()(const core::SafetyCleared& e) const {
        return {{"load_id", e.load_id}, {"reason", word(e.reason)}};
    }
    Json operator()(const core::OverrideSet& e) const {
        return {
            {"load_id", e.load_id},
            {"override_id", e.override_id},
            {"action", word(e.wish.action)},
            {"limit_w",
             e.wish.action == core::OverrideAction::Limit ? number(e.wish.limit.value) : Json{}},
            {"use_reserve", e.wish.use_reserve},
            {"until", time_text(e.wish.until)},
            {"actor", e.actor}};
    }
    Json operator()(const core::OverrideEnded& e) const {
        return {{"load_id", e.load_id},
                {"override_id", e.override_id},
                {"why", word(e.why)},
                {"decision_code", e.code.empty() ? Json{} : Json(e.code)}};
    }
    Json operator()(const core::OverrideRejected& e) const {
        return {{"load_id", e.load_id},
                {"code", e.code},
                {"actor", e.actor},
                {"explain", explanation_json(e.text)}};
    }
    Json operator()(const core::AutonomyChanged& e) const {
        return {{"from", word(e.from)}, {"to", word(e.to)}, {"actor", e.actor}};
    }
    Json operator()(const core::EmergencyChanged& e) const {
        return {{"on", e.is_on}, {"actor", e.actor}};
    }
    Json operator()(const core::CommandReported& e) const {
        return {{"load_id", e.load_id},
                {"command_id", e.command_id},
                {"target_level", target_json(e.target)},
                {"attempt", e.attempt},
                {"reason", e.why}};
    }
    Json operator()(const core::HealthChanged& e) const {
        return {
            {"part", e.part}, {"status", word(e.level)}, {"reason", e.reason}, {"code", e.code}};
    }
    Json operator()(const core::AuthFailed& e) const {
        return {{"peer", e.peer}, {"reason", e.why}};
    }
    Json operator()(const core::RateLimited& e) const { return {{"peer", e.peer}}; }
    Json operator()(const core::TimeDriftDetected& e) const { return {{"jump_ms", e.jump_ms}}; }
    Json operator()(const core::EnergyPathDecided& e) const {
        Json json = energy_path_json(e.path);
        json["block_id"] = e.block;
        return json;
    }
    Json operator()(const core::ConfigLoaded& e) const {
        return {
            {"number", e.number}, {"version", e.version}, {"actor", e.actor}, {"config", e.json}};
    }
    Json operator()(const core::ConfigRejected& e) const {
        return {{"actor", e.actor}, {"problems", problems_json(e.problems)}};
    }
    Json operator()(const core::Started& e) const {
        return {{"program_version", e.program_version},
                {"config_version", e.config_version},
                {"was_clean", e.was_clean}};
    }
    Json operator()(const core::Stopped& e) const { return {{"reason", e.why}}; }
    Json operator()(const core::DrillReported& e) const { return drill_json(e); }
    Json operator()(const core::ResearchToggled& e) const {
        return {{"enabled", e.is_on}, {"actor", e.actor}};
    }
    Json operator()(const core::MinutesMeasured& e) const { return minutes_json(e, config); }
    Json operator()(const core::ArchiveReported& e) const {
        return {{"sealed_through", e.sealed_through},
                {"head", e.head},
                {"given_up", e.given_up},
                {"why", e.why}};
    }
};

}  // namespace

Json problems_json(const std::vector<core::ConfigProblem>& problems) {
    Json list = Json::array();
    for (const core::ConfigProblem& p : problems)
        list.push_back({{"file", p.file},
                        {"line", p.line > 0 ? Json(p.line) : Json{}},
                        {"key", p.key},
                        {"found", p.what},
                        {"allowed", p.allowed}});
    return list;
}

Json event_json(const core::Event& event, const core::Config& config) {
    Json json = std::visit(Fields{config}, event.what);
    if (!json.contains("schema")) json["schema"] = "event/1";
    json["type"] = core::type_of(event);
    json["time"] = time_text(event.time);
    return json;
}

}  // namespace bitgrid::wire
