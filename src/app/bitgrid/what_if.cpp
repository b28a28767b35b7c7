#include "research/what_if.hpp"

#include <fmt/format.h>

#include <chrono>
#include <iostream>
#include <memory>

#include "app/bitgrid/daemon.hpp"
#include "app/bitgrid/looking.hpp"
#include "app/recall.hpp"
#include "explain/narrator.hpp"

namespace bitgrid::app {
namespace {

using Json = nlohmann::json;

constexpr core::UnixTime kAnyTime{253'402'300'799'000};  // the end of the year 9999

struct Options {
    Looking look;
    Daemon daemon;
    bool is_now{false};
    std::string decision_id;
    std::string at;
    std::string load;
    std::vector<std::string> signals;
    std::vector<std::string> rules;
};

struct Words {
    const char* preview;
    const char* of_decision;
    const char* of_now;
    const char* missing;
    const char* follows;
    const char* before;
    const char* recorded;
    const char* after;
    const char* decision;
    const char* level;
    const char* unbound;
    const char* same;
    const char* other_program;
    const char* fields;
    const char* to;
};
constexpr Words kEnglish{"Preview: nothing is switched, nothing is recorded.",
                         "{}  decision {}\n",
                         "{}  the next block, with the values of now\n",
                         "missing",
                         "follows",
                         "without the changes",
                         "recorded",
                         "with the changes",
                         "decision",
                         "level",
                         "does not bind",
                         "The decision stays the same.",
                         "This version of the program decides this moment otherwise than recorded.",
                         "Can be changed (--set for signals, --rule for thresholds):",
                         "to"};
constexpr Words kGerman{
    "Vorschau: Es wird nichts geschaltet und nichts aufgezeichnet.",
    "{}  Entscheidung {}\n",
    "{}  der nächste Block, mit den Werten von jetzt\n",
    "fehlt",
    "folgt daraus",
    "ohne die Änderungen",
    "aufgezeichnet",
    "mit den Änderungen",
    "Entscheidung",
    "Stufe",
    "bindet nicht",
    "Die Entscheidung bleibt gleich.",
    "Diese Version des Programms entscheidet diesen Moment anders als aufgezeichnet.",
    "Kann geändert werden (--set für Messwerte, --rule für Schwellen):",
    "bis"};

// `80`, `null`, `true`; anything else is a word.
Json value_of(const std::string& text) {
    Json value = Json::parse(text, nullptr, false);
    if (value.is_discarded() || value.is_structured()) return text;
    return value;
}

// key=value, as often as it is given; none of them twice.
core::Result<Json> read_pairs(const std::vector<std::string>& pairs, const char* option) {
    Json object = Json::object();
    for (const std::string& pair : pairs) {
        const std::size_t sign = pair.find('=');
        const std::string key = pair.substr(0, sign);
        if (sign == std::string::npos || sign == 0)
            return core::Error{core::ErrorCode::BadInput, std::string{option} + ": found \"" +
                                                              pair + "\"; allowed is key=value"};
        if (object.contains(key))
            return core::Error{core::ErrorCode::BadInput,
                               std::string{option} + ": \"" + key + "\" stands twice"};
        object[key] = value_of(pair.substr(sign + 1));
    }
    return object;
}

core::Result<Json> body_of(const Options& o) {
    auto signals = read_pairs(o.signals, "--set");
    if (!signals) return signals;
    auto rules = read_pairs(o.rules, "--rule");
    if (!rules) return rules;
    Json body{{"signals", std::move(*signals)}, {"rules", std::move(*rules)}};
    if (!o.load.empty()) body["load"] = o.load;
    return body;
}

class Paper {
public:
    Paper(const Looking& look, const Json& told)
        : look_{look},
          words_{look.is_german() ? kGerman : kEnglish},
          is_plain_{told["changes"].empty()} {}

    void print(const Json& told) const {
        const bool is_recorded = told["basis"] == "decision";
        const std::string time = on_the_clock(told.value("time", ""));
        std::cout << words_.preview << '\n'
                  << (is_recorded ? fmt::format(fmt::runtime(words_.of_decision), time,
                                                told.value("decision_id", ""))
                                  : fmt::format(fmt::runtime(words_.of_now), time));
        if (!is_plain_) std::cout << '\n';
        for (const Json& change : told["changes"]) print_change(change);
        for (const Json& load : told["loads"]) print_load(load, is_recorded);
        if (is_plain_)
            for (const Json& load : told["loads"]) print_fields(load);
    }

private:
    std::string value(const Json& value, const std::string& unit) const {
        if (value.is_null()) return words_.missing;
        if (!value.is_number()) return value.is_string() ? value.get<std::string>() : value.dump();
        return fmt::format("{:.6g}{}{}", value.get<double>(), unit.empty() ? "" : " ", unit);
    }

    void print_change(const Json& change) const {
        const std::string unit = change.value("unit", "");
        std::cout << fmt::format("  {:<26} {:>12} -> {}", change.value("name", ""),
                                 value(change["from"], unit), value(change["to"], unit))
                  << (change.value("follows", false) ? fmt::format("  ({})", words_.follows) : "")
                  << '\n';
    }

    static std::string level(const Json& decision) {
        const Json& target = decision["target_level"];
        return target.is_string() ? target.get<std::string>() : target.dump() + " W";
    }

    void print_row(const std::string& what, const std::string& before,
                   const std::string& after) const {
        if (is_plain_) std::cout << fmt::format("  {:<13} {}\n", what, before);
        else
            std::cout << fmt::format("  {:<13} {:<36} {}\n", what, before,
                                     before == after ? "=" : after);
    }

    void print_votes(const Json& before, const Json& after) const {
        const auto code = [&](const Json& vote) {
            return vote["code"].is_string() ? vote.value("code", "") : words_.unbound;
        };
        for (std::size_t i = 0; i < before["votes"].size(); ++i)
            print_row(before["votes"][i].value("rule", ""), code(before["votes"][i]),
                      code(after["votes"].at(i)));
    }

    void print_words(const char* title, const Json& decision) const {
        const Json& told = decision["explain"][look_.key()];
        std::cout << fmt::format("  {}:\n    {}\n", title, told.value("short", ""));
        if (const std::string foil = told.value("counterfactual", ""); !foil.empty())
            std::cout << "    " << foil << '\n';
    }

    void print_load(const Json& load, bool is_recorded) const {
        const char* title = is_recorded ? words_.recorded : words_.before;
        const Json &before = load["before"], &after = load["after"];
        std::cout << '\n' << load.value("load_id", "") << '\n';
        if (!is_plain_) print_row("", title, words_.after);
        print_row(words_.decision, before.value("decision_code", ""),
                  after.value("decision_code", ""));
        print_row(words_.level, level(before), level(after));
        print_votes(before, after);
        print_words(title, before);
        if (before["explain"] != after["explain"]) print_words(words_.after, after);
        if (load.value("same", false) && !is_plain_) std::cout << "  " << words_.same << '\n';
        if (!load.value("repeats", true)) std::cout << "  " << words_.other_program << '\n';
    }

    void print_fields(const Json& load) const {
        std::cout << fmt::format("\n{}: {}\n", load.value("load_id", ""), words_.fields);
        for (const Json& field : load["fields"])
            std::cout << fmt::format(
                "  {:<6} {:<26} {:>12}   {} {} {}\n", field["kind"] == "rule" ? "--rule" : "--set",
                field.value("name", ""), value(field["value"], field.value("unit", "")),
                value(field["min"], ""), words_.to, value(field["max"], ""));
    }

    const Looking& look_;
    const Words& words_;
    const bool is_plain_;  ///< nothing was changed: what there is, and what could be
};

int show(const Options& o, const Json& told) {
    if (o.look.is_json)
        std::cout << told.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
    else Paper{o.look, told}.print(told);
    return kOk;
}

int ask_the_daemon(const Options& o, Json body) {
    if (!o.decision_id.empty()) body["decision_id"] = o.decision_id;
    const auto answer = o.daemon.ask("POST", "/preview", body);
    if (!answer) return o.daemon.unreachable(answer.error());
    if (!answer->is_good()) return o.daemon.explain_refusal(*answer);
    return show(o, answer->body);
}

core::Result<research::WhatIfBasis> find_moment(const Options& o, store::JournalReader& journal,
                                                core::UnixTime until) {
    Recall recall;
    if (!o.decision_id.empty()) return recall.decision(journal, o.decision_id);
    return recall.newest(journal, until, o.load);
}

int ask_the_journal(const Options& o, const Json& body) {
    using namespace std::chrono;
    const core::UnixTime now{
        duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()};
    const auto until = o.at.empty() ? core::Result{kAnyTime} : read_moment(o.at, now);
    if (!until) return refuse(kUsage, until.error().what);
    auto request = research::what_if_request(body.dump());
    if (!request) return refuse(kUsage, request.error().what);
    auto journal = store::JournalReader::open(o.look.database());
    if (!journal) return refuse(kUnavailable, journal.error().what);
    const auto basis = find_moment(o, *journal, *until);
    if (!basis) {
        const bool is_no = basis.error().code == core::ErrorCode::NotFound ||
                           basis.error().code == core::ErrorCode::Damaged;
        return refuse(is_no ? kNo : kUnavailable, basis.error().what);
    }
    if (request->load.empty() && !o.decision_id.empty())
        request->load = basis->recorded.front().value("load_id", "");
    const auto told = research::what_if(*basis, *request, explain::Narrator{});
    if (!told) return refuse(kUsage, told.error().what);
    return show(o, *told);
}

int answer(Options& o) {
    const auto body = body_of(o);
    if (!body) return refuse(kUsage, body.error().what);
    o.daemon.speak(o.look.language);
    return o.is_now ? ask_the_daemon(o, *body) : ask_the_journal(o, *body);
}

}  // namespace

void add_what_if(CLI::App& app, int& exit_code) {
    auto* verb = app.add_subcommand(
        "whatif", "What would be decided with other signals or thresholds; nothing is done");
    verb->alias("what-if");
    const auto o = std::make_shared<Options>();
    o->look.add_to(*verb);
    auto* id = verb->add_option("--decision", o->decision_id,
                                "the moment of this decision, from `timeline`; else the newest");
    auto* at = verb->add_option("--at", o->at,
                                "the newest decision up to then: 2026-06-15T10:00Z, 36h, 7d");
    at->excludes(id);
    verb->add_option("--load", o->load, "tell of this load alone");
    verb->add_option("--set", o->signals,
                     "a signal: battery_soc_pct=80, miner.temp_c=90, pv_power_w=null (is silent)");
    verb->add_option("--rule", o->rules, "a threshold of rules.yaml: surplus_min_kw=1.2");
    verb->add_flag("--now", o->is_now, "ask the running daemon: the next block, values of now")
        ->excludes(at);
    o->daemon.add_address_to(*verb);
    verb->callback([o, &exit_code] { exit_code = answer(*o); });
}

}  // namespace bitgrid::app
