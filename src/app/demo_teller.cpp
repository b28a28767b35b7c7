#include "app/demo_teller.hpp"

#include <date/tz.h>

#include <ostream>

#include "wire/decision_json.hpp"

namespace bitgrid::app {
namespace {

constexpr const char* kGreen = "32";
constexpr const char* kYellow = "33";
constexpr const char* kRed = "31";
constexpr const char* kGrey = "90";

const char* colour_of(const core::LoadDecision& d) {
    if (core::rule_of(d.code) == core::Rule::R3) return kRed;
    if (d.target.level == core::Level::Full) return kGreen;
    return d.target.is_on() ? kYellow : kGrey;
}

}  // namespace

std::string DemoTeller::clock_of(core::UnixTime time) const {
    const std::chrono::sys_time<std::chrono::milliseconds> moment{
        std::chrono::milliseconds{time.ms}};
    const auto* zone = date::locate_zone(config_.site.time_zone);
    return date::format("%H:%M", date::floor<std::chrono::minutes>(zone->to_local(moment)));
}

std::string DemoTeller::painted(const char* colour, const std::string& text) const {
    return style_.has_colour ? std::string{"\033["} + colour + "m" + text + "\033[0m" : text;
}

void DemoTeller::tell(const core::DecisionEvent& event) {
    ++decisions_;
    rules_.emplace(core::name_of(core::rule_of(event.decision.code)));
    if (style_.form == Form::Json) {
        out_ << wire::decision_json(event, config_, false).dump() << '\n';
        return;
    }
    const core::ExplanationText& text = style_.is_german ? event.text.de : event.text.en;
    const char* mark = event.decision.changes_level() ? "*" : " ";
    out_ << clock_of(event.time) << ' ' << mark << ' '
         << painted(colour_of(event.decision), text.brief) << '\n';
}

void DemoTeller::told(const core::Event& event, const ports::Receipt*) {
    if (const auto* decision = std::get_if<std::shared_ptr<const core::DecisionEvent>>(&event.what))
        tell(**decision);
    out_.flush();
}

void DemoTeller::happened(core::UnixTime time, const std::string& what) {
    if (style_.form == Form::People) out_ << clock_of(time) << " - " << painted("36", what) << '\n';
}

}  // namespace bitgrid::app
