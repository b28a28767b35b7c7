#include "explain/narrator.hpp"

#include <date/tz.h>

#include "explain/embedded_locales.hpp"
#include "explain/evidence.hpp"
#include "explain/foil_sentence.hpp"
#include "explain/numbers.hpp"
#include "explain/slots.hpp"

namespace bitgrid::explain {
namespace {

using core::Code;
using core::DecisionEvent;
using core::Measure;

constexpr std::size_t kLongestName = 16;
constexpr std::size_t kShortestName = 6;

std::string_view level_name(core::Target target) {
    switch (target.level) {
        case core::Level::Off:
            return "off";
        case core::Level::Full:
            return "full";
        case core::Level::Eco:
        case core::Level::Limited:
            return "eco";
    }
    return "off";
}

std::string_view lockout_theme(const DecisionEvent& event) {
    if (failed_fact(event, Measure::LockoutLeftS)) return "";
    if (failed_fact(event, Measure::TempC)) return "warm";
    return failed_fact(event, Measure::Unacknowledged) ? "ack" : "";
}

// The policy names a way; only sometimes its value says the same.
std::string_view path_theme(const DecisionEvent& event) {
    const core::Fact* fact = failed_fact(event, Measure::PathValue);
    return fact && fact->value < fact->bound ? "" : "named";
}

// Nothing is missing; what is there is not believed.
std::string_view missing_theme(const DecisionEvent& event) {
    const core::SignalSet doubted =
        event.state.distrusted | event.state.loads[event.load_index].distrusted;
    return (event.decision.missing | doubted) == doubted ? "doubt" : "";
}

std::string_view proposal_theme(const DecisionEvent& event) {
    if (!event.decision.proposal) return "";
    const core::Action action = core::action_of(*event.decision.proposal);
    if (action == core::Action::Start) return "start";
    return action == core::Action::Throttle ? "throttle" : "";
}

/// What tells apart the situations that share a code.
std::string_view theme_of(const DecisionEvent& event) {
    switch (event.decision.code) {
        case Code::Noop_R1_INSUFFICIENT_SURPLUS:
        case Code::Stop_R1_INSUFFICIENT_SURPLUS:
            return event.decision.surplus_kw > 0 ? "" : "none";
        case Code::Stop_R2_GRID_IMPORT_EXCEEDED:
        case Code::Noop_R2_GRID_IMPORT_EXCEEDED:
            return failed_fact(event, Measure::FastImportS) ? "fast" : "";
        case Code::Stop_R3_ACTUATOR_STUCK:
            return failed_fact(event, Measure::OffPowerW) ? "power" : "";
        case Code::Stop_R3_LOCKOUT:
            return lockout_theme(event);
        case Code::Stop_R3_SHUTDOWN:
            return failed_fact(event, Measure::GuardHolds) ? "guard" : "";
        case Code::Stop_R3_MISSING_TELEMETRY:
            return missing_theme(event);
        case Code::Noop_R1_PATH_EXPORT:
        case Code::Stop_R1_PATH_EXPORT:
        case Code::Noop_R1_PATH_STORE:
        case Code::Stop_R1_PATH_STORE:
        case Code::Noop_R1_PATH_HEAT:
        case Code::Stop_R1_PATH_HEAT:
            return path_theme(event);
        case Code::Noop_Autonomy_ASSIST_PROPOSAL:
            return proposal_theme(event);
        default:
            return "";
    }
}

// A long name gives way before the sentence does.
std::string brief_text(const Template& text, const std::string& name, Slots& slots) {
    std::string brief;
    for (const std::size_t signals : {std::size_t{2}, std::size_t{1}}) {
        slots.limit_signals(signals);
        for (std::size_t most = kLongestName; most >= kShortestName; --most) {
            slots.set_name(shortened(name, most));
            brief = filled(text.brief, slots);
            if (length_of(brief) <= kMostBrief) return brief;
        }
    }
    return brief;
}

std::string details_text(const Template& text, const std::string& name, Slots& slots) {
    slots.limit_signals(core::kSignalCount);
    std::string details;
    for (std::size_t most = 2 * kLongestName; most >= kShortestName; most -= 2) {
        slots.set_name(shortened(name, most));
        details = filled(text.details, slots);
        if (length_of(details) <= kMostDetails) break;
    }
    return details;
}

core::ExplanationText told(const Locale& locale, const core::Config& config, std::string_view code,
                           const DecisionEvent& event) {
    const Template* text = locale.find(code, level_name(event.decision.before), theme_of(event));
    if (!text) return {std::string{code}, {}, {}};
    Slots slots{locale, config, event};
    const std::string& name = config.loads[event.load_index].name;
    core::ExplanationText told;
    told.brief = brief_text(*text, name, slots);
    told.details = details_text(*text, name, slots);
    return told;
}

core::ExplanationText decided(const Locale& locale, const core::Config& config,
                              const DecisionEvent& event) {
    core::ExplanationText text = told(locale, config, core::name_of(event.decision.code), event);
    text.counterfactual = foil_sentence(locale, config, event);
    return text;
}

}  // namespace

Narrator::Narrator() : de_{embedded_locale("de")}, en_{embedded_locale("en")} {
    // The first look-up of a zone reads the whole list: now rather than in a decision.
    try {
        date::get_tzdb();
    } catch (const std::runtime_error&) {
        // Without a list the texts show UTC and say so.
    }
}

core::Explanation Narrator::decision(const core::Config& config, const DecisionEvent& event) const {
    return {decided(de_, config, event), decided(en_, config, event)};
}

core::Explanation Narrator::refusal(const core::Config& config, std::string_view code,
                                    const DecisionEvent& event) const {
    const auto refused = [&](const Locale& locale) {
        const bool is_known = locale.find(code, "any", "") != nullptr;
        return told(locale, config, is_known ? code : "REJECTED", event);
    };
    return {refused(de_), refused(en_)};
}

}  // namespace bitgrid::explain
