#include "explain/foil_sentence.hpp"

#include <vector>

#include "explain/local_time.hpp"
#include "explain/numbers.hpp"

namespace bitgrid::explain {
namespace {

std::string with(std::string text, std::string_view slot, std::string_view value) {
    const std::string name = "{" + std::string{slot} + "}";
    if (const auto at = text.find(name); at != std::string::npos)
        text.replace(at, name.size(), value);
    return text;
}

std::string joined(const Locale& locale, const std::vector<std::string>& parts) {
    std::string text;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0) text.append(i + 1 == parts.size() ? locale.word("general", "and") : ", ");
        text.append(parts[i]);
    }
    return text;
}

std::string change_text(const Locale& locale, const core::Config& config, const core::Change& c) {
    const std::string_view unit = core::unit_of(c.measure);
    std::string text{locale.word("changes", core::name_of(c.measure))};
    text = with(text, "to", goal(locale, c.to, unit, c.to > c.from ? Toward::Up : Toward::Down));
    text = with(text, "gap", goal(locale, c.gap, unit, Toward::Up));
    return with(text, "lookahead", threshold(locale, config.rules.forecast_lookahead.value, "min"));
}

std::string margin_text(const Locale& locale, const core::StopMargin& margin) {
    const std::string_view unit = core::unit_of(margin.measure);
    const std::string name{core::name_of(margin.measure)};
    const std::string by_rule = name + "/" + std::string{core::name_of(margin.rule)};
    std::string text{locale.word("margins", locale.has_word("margins", by_rule) ? by_rule : name)};
    text = with(text, "to", threshold(locale, margin.bound, unit));
    return with(text, "gap", goal(locale, margin.gap, unit, Toward::Down));
}

std::string needs(const Locale& locale, const core::Config& config,
                  const core::DecisionEvent& event) {
    const core::Counterfactual& foil = *event.foil;
    const std::string wanted{event.decision.target.is_on() ? "RAISE" : core::name_of(foil.wanted)};
    std::string until;
    if (foil.not_before)
        until = clock_time(locale, config.site.time_zone, *foil.not_before, event.time);
    if (foil.changes.empty())
        return with(std::string{locale.word("foil", "only_time_" + wanted)}, "until", until);

    std::vector<std::string> parts;
    for (const core::Change& change : foil.changes)
        parts.push_back(change_text(locale, config, change));
    if (foil.not_before)
        parts.push_back(with(std::string{locale.word("foil", "not_before")}, "until", until));
    return with(std::string{locale.word("foil", wanted)}, "list", joined(locale, parts));
}

}  // namespace

std::string foil_sentence(const Locale& locale, const core::Config& config,
                          const core::DecisionEvent& event) {
    if (event.foil && event.foil->is_verified) return needs(locale, config, event);
    if (event.margin)
        return with(std::string{locale.word("foil", "margin")}, "list",
                    margin_text(locale, *event.margin));
    return {};
}

}  // namespace bitgrid::explain
