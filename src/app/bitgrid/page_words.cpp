#include "app/bitgrid/page_words.hpp"

#include <algorithm>
#include <stdexcept>

#include "explain/embedded_locales.hpp"
#include "explain/local_time.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::app {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kShownSignals = 3;
constexpr const char* kNarrowSpace = "\u202f";

std::string in_minutes(std::int64_t ms) {
    const std::int64_t seconds = std::max<std::int64_t>((ms + 999) / 1'000, 0);
    const auto text = [](std::int64_t value, const char* unit) {
        return std::to_string(value) + kNarrowSpace + unit;
    };
    if (seconds < 60) return text(seconds, "s");
    const std::int64_t minutes = (seconds + 59) / 60;
    if (minutes < 60) return text(minutes, "min");
    if (minutes % 60 == 0) return text(minutes / 60, "h");
    return text(minutes / 60, "h") + " " + text(minutes % 60, "min");
}

// A safety rule holds the load by its own cause, not by the lockout that followed.
bool is_trip(const Json& decision) {
    static constexpr std::string_view kOthers[] = {"LOCKOUT", "EMERGENCY", "SHUTDOWN",
                                                   "MISSING_TELEMETRY"};
    if (!decision.is_object() || decision.value("rule", "") != "R3") return false;
    return decision.value("action", "") == "STOP" &&
           std::ranges::find(kOthers, decision.value("reason", "")) == std::end(kOthers);
}

}  // namespace

PageWords::PageWords(bool is_german)
    : is_german_{is_german}, texts_(Json::parse(embedded_page_words(is_german ? "de" : "en"))) {}

std::string PageWords::say(const std::string& key, Slots slots) const {
    const auto found = texts_.find(key);
    if (found == texts_.end()) throw std::logic_error{"the page has no text " + key};
    std::string text = found->get<std::string>();
    for (const auto& [name, value] : slots) {
        const std::string slot = "{" + std::string{name} + "}";
        if (const auto at = text.find(slot); at != std::string::npos)
            text.replace(at, slot.size(), value);
    }
    return text;
}

std::string PageWords::named(const std::string& group, const std::string& what) const {
    return texts_.value(group + "." + what, what);
}

std::string PageWords::clock(const Json& live, const std::string& moment) const {
    const auto when = wire::parse_time(moment);
    if (!when) return moment;
    const explain::Locale locale{explain::embedded_locale(language())};
    return explain::clock_time(locale, live["site"].value("time_zone", ""), *when, *when);
}

std::string PageWords::left_until(const Json& live, const std::string& moment) const {
    const auto until = wire::parse_time(moment);
    const auto now = wire::parse_time(live.value("time", ""));
    return until && now ? in_minutes(*until - *now) : moment;
}

std::string PageWords::signals(const Json& live) const {
    std::string shown;
    const Json& missing = live["missing_signals"];
    for (std::size_t i = 0; i < std::min(missing.size(), kShownSignals); ++i) {
        const auto name = missing[i].get<std::string>();
        const auto dot = name.find('.');
        shown += shown.empty() ? "" : ", ";
        if (dot == std::string::npos) {
            shown += named("signal", name);
            continue;
        }
        std::string owner = name.substr(0, dot);
        for (const Json& load : live["loads"])
            if (load.value("id", "") == name.substr(0, dot)) owner = load.value("name", owner);
        shown += owner + ": " + named("signal", name.substr(dot + 1));
    }
    if (missing.size() > kShownSignals)
        shown += ", " + say("banner.signals.more",
                            {{"count", std::to_string(missing.size() - kShownSignals)}});
    return shown;
}

void PageWords::add_protection(const Json& live, std::vector<std::string>& notices) const {
    for (const Json& load : live["loads"])
        if (is_trip(load["decision"]))
            notices.push_back(load["decision"]["explain"][language()].value("short", ""));
    for (const Json& load : live["loads"])
        if (!is_trip(load["decision"]) && load["lockout"].is_object())
            notices.push_back(
                say("banner.lockout", {{"name", load.value("name", "")},
                                       {"time", clock(live, load["lockout"].value("until", ""))}}));
}

// As ui/src/lib/words/notices.ts orders them.
std::vector<std::string> PageWords::notices(const Json& live) const {
    std::vector<std::string> notices;
    const bool is_ready = live.value("ready", false);
    const std::string autonomy = live.value("autonomy", "");
    if (live.value("emergency", false)) notices.push_back(say("banner.emergency"));
    else add_protection(live, notices);
    if (live["safety"].value("mode", "") == "safe")
        notices.push_back(say("banner.safe", {{"signals", signals(live)}}));
    else if (is_ready && !live["missing_signals"].empty())
        notices.push_back(say("banner.degraded", {{"signals", signals(live)}}));
    for (const Json& load : live["loads"])
        if (const Json& wish = load["override"]; wish.is_object())
            notices.push_back(say("banner.override." + wish.value("action", ""),
                                  {{"name", load.value("name", "")},
                                   {"left", left_until(live, wish.value("until", ""))}}));
    if (autonomy == "MANUAL") notices.push_back(say("banner.manual"));
    if (autonomy == "ASSIST") notices.push_back(say("banner.assist"));
    if (autonomy == "SEMI") notices.push_back(say("banner.semi"));
    if (!is_ready) notices.push_back(say("banner.starting"));
    return notices;
}

}  // namespace bitgrid::app
