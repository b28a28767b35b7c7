// The verbs that ask the daemon for something: stop, ack, override, autonomy.
#include <algorithm>
#include <cctype>
#include <iostream>
#include <memory>

#include "app/bitgrid/daemon.hpp"
#include "app/bitgrid/house_words.hpp"

namespace bitgrid::app {
namespace {

using Json = nlohmann::json;

constexpr int kMostMinutes = 1'440;

struct Wish {
    Daemon daemon;
    std::string action;
    std::string load;
    std::string level;
    double watts{0};
    int minutes{60};
    bool use_reserve{false};
};

std::string capitals(std::string word) {
    std::ranges::transform(word, word.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return word;
}

// What was done in the words of its decision, else what the page's banner says now.
int tell(const Daemon& daemon, const Daemon::Answer& answer) {
    const PageWords words = daemon.words();
    const std::string sentence = answer.body["explain"][words.language()].value("short", "");
    if (!sentence.empty()) {
        std::cout << sentence << '\n';
        return kOk;
    }
    if (const auto state = daemon.ask("GET", "/state"); state && state->is_good())
        print_notices(words, state->body);
    return kOk;
}

int act(const Daemon& daemon, const std::string& method, const std::string& path,
        const Json& body) {
    const auto answer = daemon.ask(method, path, body);
    if (!answer) return daemon.unreachable(answer.error());
    if (daemon.is_json()) {
        std::cout << answer->body.dump() << '\n';
        return answer->is_good() ? kOk : kNo;
    }
    return answer->is_good() ? tell(daemon, *answer) : daemon.explain_refusal(*answer);
}

Json override_body(const Wish& wish) {
    Json body{{"action", capitals(wish.action)}};
    if (!wish.load.empty()) body["load_id"] = wish.load;
    if (body["action"] == "NONE") return body;
    body["duration_min"] = wish.minutes;
    if (body["action"] == "LIMIT") body["watts"] = wish.watts;
    if (wish.use_reserve) body["use_reserve"] = true;
    return body;
}

int stop(Wish wish) {
    if (wish.load.empty()) return act(wish.daemon, "POST", "/emergency-stop", Json::object());
    wish.action = "stop";
    return act(wish.daemon, "POST", "/override", override_body(wish));
}

int autonomy(const Wish& wish) {
    if (!wish.level.empty())
        return act(wish.daemon, "PUT", "/autonomy", {{"level", capitals(wish.level)}});
    const auto state = wish.daemon.ask("GET", "/state");
    if (!state) return wish.daemon.unreachable(state.error());
    if (!state->is_good()) return wish.daemon.explain_refusal(*state);
    const std::string level = state->body.value("autonomy", "");
    const PageWords words = wish.daemon.words();
    if (wish.daemon.is_json()) std::cout << Json{{"autonomy", level}}.dump() << '\n';
    else
        std::cout << level << ": " << words.say("autonomy." + level) << ". "
                  << words.say("autonomy." + level + ".what") << '\n';
    return kOk;
}

CLI::App* add_verb(CLI::App& app, const char* name, const char* what, Wish& wish) {
    auto* verb = app.add_subcommand(name, what);
    wish.daemon.add_to(*verb);
    return verb;
}

void add_minutes(CLI::App& verb, Wish& wish) {
    verb.add_option("--minutes", wish.minutes, "how long, 1 to 1440")
        ->check(CLI::Range(1, kMostMinutes))
        ->capture_default_str();
}

}  // namespace

void add_stop(CLI::App& app, int& exit_code) {
    const auto wish = std::make_shared<Wish>();
    auto* verb = add_verb(
        app, "stop",
        "Emergency stop: everything off until `ack`. With --load: this load, for a while", *wish);
    verb->add_option("--load", wish->load, "only this load; the others go on");
    add_minutes(*verb, *wish);
    verb->callback([wish, &exit_code] { exit_code = stop(*wish); });
}

void add_ack(CLI::App& app, int& exit_code) {
    const auto wish = std::make_shared<Wish>();
    auto* verb =
        add_verb(app, "ack", "Acknowledge an emergency stop, and lockouts that wait for it", *wish);
    verb->callback([wish, &exit_code] {
        exit_code = act(wish->daemon, "POST", "/safety/ack", Json::object());
    });
}

void add_override(CLI::App& app, int& exit_code) {
    const auto wish = std::make_shared<Wish>();
    auto* verb = add_verb(app, "override",
                          "Start, stop or limit a load for a while; `none` ends the wish", *wish);
    verb->add_option("ACTION", wish->action, "start, stop, limit or none")
        ->required()
        ->check(CLI::IsMember({"start", "stop", "limit", "none"}, CLI::ignore_case));
    auto* watts = verb->add_option("WATTS", wish->watts, "for limit: at most so many")
                      ->check(CLI::Range(1, 100'000));
    verb->add_option("--load", wish->load, "which load; else all");
    add_minutes(*verb, *wish);
    verb->add_flag("--use-reserve", wish->use_reserve, "even from the battery's hard reserve");
    verb->callback([wish, watts, &exit_code] {
        const bool is_limit = capitals(wish->action) == "LIMIT";
        if (is_limit != (watts->count() > 0))
            throw CLI::ValidationError{"WATTS", "belongs to limit, and limit needs it"};
        exit_code = act(wish->daemon, "POST", "/override", override_body(*wish));
    });
}

void add_autonomy(CLI::App& app, int& exit_code) {
    const auto wish = std::make_shared<Wish>();
    auto* verb = add_verb(app, "autonomy", "Show or set how much runs by itself", *wish);
    verb->add_option("LEVEL", wish->level, "manual, assist, semi or full")
        ->check(CLI::IsMember({"manual", "assist", "semi", "full"}, CLI::ignore_case));
    verb->callback([wish, &exit_code] { exit_code = autonomy(*wish); });
}

}  // namespace bitgrid::app
