#include "app/bitgrid/house_words.hpp"

#include <fmt/format.h>

#include <iostream>

namespace bitgrid::app {
namespace {

using Json = nlohmann::json;

std::string level_of(const PageWords& words, const Json& load) {
    const bool is_held = load["lockout"].is_object();
    return words.say(is_held ? "level.held" : "level." + load.value("level", "off"));
}

void print_load(const PageWords& words, const Json& live, const Json& load) {
    const Json& decision = load["decision"];
    const std::string sentence =
        decision.is_object()
            ? decision["explain"][words.language()].value("short", "")
            : words.say("decision.none",
                        {{"time", words.clock(live, live["block"].value("next_tick", ""))}});
    std::cout << fmt::format("{:<14} {:<12} {}\n", load.value("name", ""), level_of(words, load),
                             sentence);
    if (decision.is_object())
        std::cout << fmt::format("{:28}{}\n", "", decision.value("decision_code", ""));
    const std::string confirmation = load.value("confirmation", "");
    if (confirmation == "pending" || confirmation == "failed")
        std::cout << fmt::format(
            "{:28}{}\n", "", words.say("load." + confirmation, {{"name", load.value("name", "")}}));
}

}  // namespace

void print_notices(const PageWords& words, const Json& live) {
    for (const std::string& notice : words.notices(live)) std::cout << notice << '\n';
}

void print_house(const PageWords& words, const Json& live) {
    print_notices(words, live);
    for (const Json& load : live["loads"]) print_load(words, live, load);
    bool is_well = true;
    for (const Json& part : live["health"]["parts"]) {
        const std::string status = part.value("status", "ok");
        const std::string name = part.value("part", "");
        // A backup that was tried out is worth a line even where all is well.
        if (status == "ok" && (name != "restore_test" || part.value("reason", "").empty()))
            continue;
        is_well = is_well && status == "ok";
        std::cout << fmt::format("{:<14} {:<12} {}\n", words.named("part", name),
                                 words.say("health.status." + status), part.value("reason", ""));
    }
    if (is_well) std::cout << words.say("health.ok") << ".\n";
    if (live.value("research", false)) std::cout << words.say("research.on") << '\n';
    std::cout << words.say("next.title") << ": "
              << words.clock(live, live["block"].value("next_tick", "")) << '\n';
}

}  // namespace bitgrid::app
