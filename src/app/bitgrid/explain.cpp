#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/bitgrid/looking.hpp"
#include "app/bitgrid/recorded_past.hpp"

namespace bitgrid::app {
namespace {

using Json = nlohmann::json;

struct Options {
    Looking look;
    std::string decision_id;
    std::string load;
};

/// The words around the facts; the facts keep their names, as in rules.yaml.
struct Words {
    const char* missing;
    const char* free;
    const char* fails;
    const char* origin;
};
constexpr Words kEnglish{"missing", "does not bind", "  <- not so",
                         "\ndecision {}\nconfig   {}\njournal  row {}, hash {}\n"};
constexpr Words kGerman{"fehlt", "bindet nicht", "  <- nicht erfüllt",
                        "\nEntscheidung  {}\nKonfiguration {}\nJournal       Zeile {}, Hash {}\n"};

std::string number(const Words& words, const Json& value) {
    return value.is_number() ? fmt::format("{:.6g}", value.get<double>()) : words.missing;
}

void print_fact(const Words& words, const Json& fact) {
    std::cout << fmt::format(
        "      {} {} {} {} {} ({}){}\n", fact.value("name", ""), number(words, fact["value"]),
        fact.value("op", ""), number(words, fact["bound"]), fact.value("unit", ""),
        fact.value("bound_name", ""), fact.value("holds", false) ? "" : words.fails);
}

void print_votes(const Words& words, const Json& decision) {
    const std::string deciding = decision.value("rule", "");
    for (const Json& vote : decision["votes"]) {
        const std::string rule = vote.value("rule", "");
        std::cout << fmt::format("  {} {}  {}\n", rule == deciding ? "*" : " ", rule,
                                 vote["code"].is_string() ? vote.value("code", "") : words.free);
        for (const Json& fact : vote["facts"]) print_fact(words, fact);
    }
}

void print_explanation(const Looking& look, const ports::StoredEvent& event) {
    const Words& words = look.is_german() ? kGerman : kEnglish;
    const Json decision = Json::parse(event.json);
    const Json& told = decision["explain"][look.key()];
    std::cout << told.value("short", "") << "\n\n" << told.value("details", "") << '\n';
    if (const std::string foil = told.value("counterfactual", ""); !foil.empty())
        std::cout << foil << '\n';
    std::cout << fmt::format("\n{}  {}  {}\n", on_the_clock(decision.value("time", "")),
                             decision.value("load_id", ""), decision.value("decision_code", ""));
    print_votes(words, decision);
    std::cout << fmt::format(fmt::runtime(words.origin), decision.value("decision_id", ""),
                             decision.value("config_version", ""), event.sequence, event.hash);
}

core::Result<ports::StoredEvent> find(RecordedPast& past, const Options& o) {
    if (!o.decision_id.empty()) return past.find_decision(o.decision_id);
    ports::HistoryQuery newest;
    newest.load = o.load;
    newest.limit = 1;
    auto found = past.find(newest);
    if (!found) return found.error();
    if (found->empty())
        return core::Error{core::ErrorCode::NotFound,
                           o.load.empty() ? "no decision yet" : "no decision for load " + o.load};
    return std::move(found->front());
}

int explain_decision(const Options& o) {
    auto past = RecordedPast::open(o.look.data);
    if (!past) return refuse(kUnavailable, past.error().what);
    const auto event = find(*past, o);
    if (!event) {
        const bool is_unknown = event.error().code == core::ErrorCode::NotFound;
        return refuse(is_unknown ? kNo : kUnavailable, event.error().what);
    }
    if (o.look.is_json) std::cout << event->json << '\n';
    else print_explanation(o.look, *event);
    return kOk;
}

}  // namespace

void add_explain(CLI::App& app, int& exit_code) {
    auto* verb = app.add_subcommand(
        "explain", "Explain a decision with every rule's vote and the numbers behind it");
    const auto o = std::make_shared<Options>();
    o->look.add_to(*verb);
    verb->add_option("ID", o->decision_id, "of the decision, from `timeline`; else the newest");
    verb->add_option("--load", o->load, "the newest decision of this load");
    verb->callback([o, &exit_code] { exit_code = explain_decision(*o); });
}

}  // namespace bitgrid::app
