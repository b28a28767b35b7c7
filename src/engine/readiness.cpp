#include "engine/readiness.hpp"

namespace bitgrid::engine {
namespace {

core::Explanation words(std::string de, std::string en) {
    core::Explanation text;
    text.de.brief = std::move(de);
    text.en.brief = std::move(en);
    return text;
}

std::string listed(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

core::Explanation without_charge(ports::Charge charge) {
    if (charge == ports::Charge::Asking)
        return words("Ich frage noch, ob eine andere Steuerung diesen Standort hat.",
                     "I am still asking whether another controller has this site.");
    if (charge == ports::Charge::Watching)
        return words("Eine andere Steuerung hat diesen Standort; diese hier schaut nur zu.",
                     "Another controller has this site; this one only watches.");
    return words(
        "Der MQTT-Broker fehlt, und ohne ihn weiß ich nicht, ob eine andere Steuerung diesen "
        "Standort hat. Bis dahin bleibt alles aus.",
        "The MQTT broker is missing, and without it I cannot know whether another controller has "
        "this site. Until then everything stays off.");
}

}  // namespace

std::optional<core::Explanation> waits_for(const BootFacts& facts) {
    if (!facts.is_time_trusted)
        return words("Ich warte auf die richtige Uhrzeit. Bis dahin bleibt alles aus.",
                     "I am waiting for the right time. Until then everything stays off.");
    if (facts.charge != ports::Charge::Full) return without_charge(facts.charge);
    if (facts.has_decided) return std::nullopt;
    if (!facts.unconfirmed.empty())
        return words("Ich warte, bis sicher aus ist: " + listed(facts.unconfirmed) + ".",
                     "I am waiting until this is surely off: " + listed(facts.unconfirmed) + ".");
    if (!facts.missing.empty())
        return words("Mir fehlen noch Werte: " + listed(facts.missing) + ".",
                     "I am still missing data: " + listed(facts.missing) + ".");
    return words("Ich sammle noch Werte für die erste Entscheidung.",
                 "I am still collecting data for the first decision.");
}

}  // namespace bitgrid::engine
