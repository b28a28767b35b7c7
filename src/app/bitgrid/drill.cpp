#include "app/drill.hpp"

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <memory>
#include <thread>

#include "app/bitgrid/daemon.hpp"
#include "app/bitgrid/looking.hpp"
#include "app/drill_report.hpp"
#include "app/simulated_drill.hpp"
#include "wire/drill_json.hpp"
#include "wire/words.hpp"

namespace bitgrid::app {
namespace {

using Json = nlohmann::json;

std::atomic<bool> is_ending{false};
static_assert(std::atomic<bool>::is_always_lock_free);

struct Options {
    Daemon daemon;
    std::string data{"data"};
    std::string load;
    bool is_real{false};
    bool is_agreed{false};
};

struct Words {
    const char* plan;
    const char* type;
    const char* not_agreed;
    const char* simulated;
    const char* real;
    const char* passed;
    const char* failed;
    const char* not_done;
    const char* report;
    const char* not_told;
};
constexpr Words kEnglish{
    "This tests the real house at {}. Stand beside {} while it runs, some minutes long:\n"
    "  1. {} is started.\n"
    "  2. The emergency stop is pulled: EVERY load goes off.\n"
    "  3. It is released again. As after any emergency stop, loads stay locked for a while\n"
    "     (an hour, unless rules.yaml says otherwise).\n",
    "Type {} to begin: ",
    "Not begun.",
    "A simulated house; nothing of yours is switched. The real one: bitgrid drill --real\n",
    "Self-test of {} at {}\n",
    "Passed.",
    "FAILED.",
    "Not done",
    "Report: {}.txt\n",
    "The daemon did not keep the result: {}"};
constexpr Words kGerman{
    "Das prüft das echte Haus unter {}. Bleib einige Minuten lang neben {} stehen:\n"
    "  1. {} wird gestartet.\n"
    "  2. Der Not-Stopp wird gedrückt: ALLES geht aus.\n"
    "  3. Er wird wieder gelöst. Wie nach jedem Not-Stopp bleiben Lasten eine Weile gesperrt\n"
    "     (eine Stunde, wenn rules.yaml nichts anderes sagt).\n",
    "Zum Beginnen {} eintippen: ",
    "Nicht begonnen.",
    "Ein simuliertes Haus; von deinem wird nichts geschaltet. Das echte: bitgrid drill --real\n",
    "Selbsttest von {} unter {}\n",
    "Bestanden.",
    "NICHT BESTANDEN.",
    "Nicht gemacht",
    "Bericht: {}.txt\n",
    "Die Steuerung hat das Ergebnis nicht behalten: {}"};

struct Trouble {
    std::string_view code;
    const char* en;
    const char* de;
};
constexpr Trouble kTroubles[] = {
    {"NOT_READY", "the controller is still collecting data; try again in some minutes",
     "die Steuerung sammelt noch Werte; versuche es in einigen Minuten wieder"},
    {"EMERGENCY", "the emergency stop is pressed already; acknowledge it first",
     "der Not-Stopp ist schon gedrückt; bestätige ihn erst"},
    {"LOCKOUT", "the load is locked; try again when the lock has ended",
     "das Gerät ist gesperrt; versuche es nach der Sperre wieder"},
    {"NOT_STOPPED",
     "THE LOAD STILL RUNS. Pull its plug or switch off its fuse. The emergency stop stays pressed",
     "DAS GERÄT LÄUFT NOCH. Zieh den Stecker oder schalte die Sicherung aus. Der Not-Stopp bleibt "
     "gedrückt"},
    {"LEFT_RUNNING",
     "the controller could not be reached any more: the load may run until its wish ends or its "
     "dead man's switch opens; look, and pull its plug if it does",
     "die Steuerung war nicht mehr zu erreichen: Das Gerät läuft vielleicht, bis dein Wunsch endet "
     "oder der Totmannschalter öffnet; sieh nach, und zieh wenn nötig den Stecker"},
    {"INTERRUPTED", "ended by you; everything was switched off, and waits for `bitgrid ack`",
     "von dir beendet; alles wurde abgeschaltet und wartet auf `bitgrid ack`"},
};

std::string trouble_text(const std::string& code, bool is_german) {
    for (const Trouble& trouble : kTroubles)
        if (trouble.code == code) return is_german ? trouble.de : trouble.en;
    return code;
}

class Verb {
public:
    explicit Verb(Options options)
        : o_{std::move(options)},
          page_{o_.daemon.words()},
          is_german_{std::string_view{page_.language()} == "de"},
          words_{is_german_ ? kGerman : kEnglish} {}

    int run() {
        struct sigaction action {};
        action.sa_handler = [](int) { is_ending = true; };
        sigaction(SIGINT, &action, nullptr);
        sigaction(SIGTERM, &action, nullptr);
        return o_.is_real ? real() : simulated();
    }

private:
    int simulated() {
        note(words_.simulated);
        const auto outcome = drill_in_simulated_house(
            [this](const core::DrillStep& step) { tell(step); }, [] { return is_ending.load(); });
        if (!outcome) return refuse(kUnavailable, outcome.error().what);
        return conclude(*outcome, "");
    }

    int real() {
        const auto state = o_.daemon.ask("GET", "/state");
        if (!state) return o_.daemon.unreachable(state.error());
        if (!state->is_good()) return o_.daemon.explain_refusal(*state);
        const std::string load = o_.load.empty() ? drill_load(state->body) : o_.load;
        std::string name;
        for (const Json& one : state->body["loads"])
            if (one.value("id", "") == load) name = one.value("name", load);
        if (name.empty()) return refuse(kUsage, "no load \"" + load + "\"");
        if (!agreed(load, name)) return refuse(kNo, words_.not_agreed);
        note(fmt::format(fmt::runtime(words_.real), name, o_.daemon.url()));
        return conclude(drill(house(), load), o_.daemon.url());
    }

    bool agreed(const std::string& load, const std::string& name) const {
        if (o_.is_agreed) return true;
        std::cerr << fmt::format(fmt::runtime(words_.plan), o_.daemon.url(), name, name)
                  << fmt::format(fmt::runtime(words_.type), load) << std::flush;
        std::string typed;
        return std::getline(std::cin, typed) && typed == load;
    }

    DrillHouse house() {
        DrillHouse house;
        house.ask = [this](const std::string& method, const std::string& path,
                           const Json& body) -> core::Result<DrillHouse::Answer> {
            auto answer = o_.daemon.ask(method, path, body);
            if (!answer) return answer.error();
            return DrillHouse::Answer{answer->status, std::move(answer->body)};
        };
        house.pause = [](double seconds) {
            std::this_thread::sleep_for(std::chrono::duration<double>{seconds});
            return !is_ending.load();
        };
        house.told = [this](const core::DrillStep& step) { tell(step); };
        return house;
    }

    void note(const std::string& text) {
        told_ += text;
        if (!o_.daemon.is_json()) std::cout << text << std::flush;
    }
    void tell(const core::DrillStep& step) {
        const bool is_passed = step.result == core::DrillResult::Passed;
        const std::string result =
            is_passed ? fmt::format("{:.1f} s", step.took_s)
                      : page_.say("drill.result." + std::string{wire::word(step.result)});
        note(fmt::format("  {:<44} {}\n",
                         page_.say("drill.check." + std::string{wire::word(step.check)}), result));
    }

    int conclude(const DrillOutcome& outcome, const std::string& where) {
        const bool has_steps = !outcome.report.steps.empty();
        const std::string trouble = trouble_text(outcome.trouble, is_german_);
        if (outcome.report.is_passed) note(std::string{words_.passed} + "\n");
        else if (has_steps) note(std::string{words_.failed} + " " + trouble + "\n");
        else note(std::string{words_.not_done} + ": " + trouble + "\n");
        if (!has_steps) return kNo;
        const core::UnixTime now{std::chrono::duration_cast<std::chrono::milliseconds>(
                                     std::chrono::system_clock::now().time_since_epoch())
                                     .count()};
        const auto path = write_drill(o_.data + "/drill", {now, where, told_, outcome});
        if (!path) return refuse(kUnavailable, path.error().what);
        if (!where.empty()) hand_in(outcome.report);
        if (o_.daemon.is_json()) std::cout << wire::drill_json(outcome.report).dump() << '\n';
        else std::cout << fmt::format(fmt::runtime(words_.report), *path);
        return outcome.report.is_passed ? kOk : kNo;
    }

    void hand_in(const core::DrillReported& report) {
        Json body = wire::drill_json(report);
        body.erase("actor");
        const auto answer = o_.daemon.ask("POST", "/drill", body);
        if (answer && answer->is_good()) return;
        refuse(kNo, fmt::format(fmt::runtime(words_.not_told),
                                answer ? answer->body.value("code", "") : answer.error().what));
    }

    Options o_;
    PageWords page_;
    bool is_german_;
    const Words& words_;
    std::string told_;
};

}  // namespace

void add_drill(CLI::App& app, int& exit_code) {
    const auto options = std::make_shared<Options>();
    CLI::App* verb = app.add_subcommand(
        "drill",
        "Self-test: start a load, pull the emergency stop, see it stand; in a simulated "
        "house, or with --real in yours");
    options->daemon.add_to(*verb);
    verb->add_option("--data", options->data, "folder for the report, below drill/")
        ->capture_default_str();
    auto* is_real = verb->add_flag("--real", options->is_real,
                                   "the house of the running daemon; asks before it begins");
    verb->add_option("--load", options->load, "with --real: this load; else the first with a relay")
        ->needs(is_real);
    verb->add_flag("--yes", options->is_agreed, "with --real: do not ask")->needs(is_real);
    verb->callback([options, &exit_code] { exit_code = Verb{*options}.run(); });
}

}  // namespace bitgrid::app
