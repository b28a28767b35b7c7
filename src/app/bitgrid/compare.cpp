#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/bitgrid/judged_past.hpp"
#include "app/bitgrid/looking.hpp"
#include "app/bitgrid/recorded_home.hpp"
#include "research/compared.hpp"
#include "research/replay.hpp"
#include "research/report/compare_page.hpp"
#include "research/report/html_text.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::app {
namespace {

using Json = nlohmann::json;

struct Options {
    Looking look;
    PastOptions past;
    HomeOptions home;
    std::string a;
    std::string b;
    std::string html;
};

struct Words {
    const char* columns[4];
    const char* changed;
    const char* same;
    const char* first;
    const char* moments;
    const char* moments_same;
    const char* left_out;
    const char* journal;
    const char* captured;
    const char* extra;
    const char* net;
    const char* written;
};
constexpr Words kEnglish{
    {"", "A", "B", "B - A"},
    "In closed loop a load does something else in {} of {} blocks; {} are decided for another "
    "reason.",
    "In closed loop every one of the {} blocks would have been the same.",
    "First at {}, {}: A {} ({:.0f} W), B {} ({:.0f} W).",
    "In the {} recorded moments, each taken as it was, {} would be decided otherwise by B than by "
    "A.",
    "In the {} recorded moments, each taken as it was, A and B decide the same.",
    "{} moments could not be judged by both: {}",
    "the journal",
    "share of the surplus used, against the house without the load",
    "bought more than without the load",
    "left over: mined less feed-in and grid",
    "written: "};
constexpr Words kGerman{
    {"", "A", "B", "B - A"},
    "Im geschlossenen Kreis tut ein Verbraucher in {} von {} Blöcken etwas anderes; {} sind anders "
    "begründet.",
    "Im geschlossenen Kreis wäre jeder der {} Blöcke gleich.",
    "Zuerst um {}, {}: A {} ({:.0f} W), B {} ({:.0f} W).",
    "In den {} aufgezeichneten Momenten, jeder wie er war, würde B {} anders entscheiden als A.",
    "In den {} aufgezeichneten Momenten, jeder wie er war, entscheiden A und B gleich.",
    "{} Momente konnten nicht mit beiden beurteilt werden: {}",
    "das Journal",
    "Anteil des Überschusses genutzt, gegenüber dem Haus ohne Verbraucher",
    "mehr gekauft als ohne Verbraucher",
    "bleibt übrig: geschürft ohne Einspeisung und Netz",
    "geschrieben: "};

/// What each recorded moment would have become under both.
struct Moments {
    int all{0};
    int changed{0};
    int left_out{0};
    std::string why_left_out;
    Json first;  ///< null: none
};

void judge_moment(const std::string& decision, const HomeRun& a, const HomeRun& b,
                  Moments& moments) {
    const auto by_a = research::replay(decision, a.experiment.config);
    const auto by_b = research::replay(decision, b.experiment.config);
    ++moments.all;
    if (!by_a || !by_b) {
        ++moments.left_out;
        if (moments.why_left_out.empty()) moments.why_left_out = (by_a ? by_b : by_a).error().what;
        return;
    }
    const auto is_same = [&](const char* key) { return by_a->now.at(key) == by_b->now.at(key); };
    if (is_same("decision_code") && is_same("target_level")) return;
    ++moments.changed;
    if (moments.first.is_null())
        moments.first = {{"decision_id", by_a->now.at("decision_id")},
                         {"time", by_a->now.at("time")},
                         {"load_id", by_a->now.at("load_id")},
                         {"a", by_a->now.at("decision_code")},
                         {"b", by_b->now.at("decision_code")}};
}

/// The recorded days under each of the two, and each recorded moment.
struct BothRuns {
    HomeRun a;
    HomeRun b;
    std::optional<Moments> moments;
};

/// One rule set lived through.
struct Outcome {
    std::vector<research::SimulatedRow> rows;
    JudgedPast judged;
    research::Summary summary;
};

Outcome live(const HomeRun& run) {
    Outcome outcome;
    outcome.rows = research::simulate(run.file.home, run.experiment);
    outcome.judged = judged_rows(run, outcome.rows);
    judge(outcome.judged, std::nullopt);
    outcome.summary = research::summarise(run.file.home, run.experiment, outcome.rows, run.tariff);
    return outcome;
}

class Verb {
public:
    explicit Verb(const Options& o) : o_{o}, words_{o.look.is_german() ? kGerman : kEnglish} {}

    int run() {
        const BothRuns both = o_.home.home.empty() ? of_journal() : of_home();
        const Outcome a = live(both.a);
        const Outcome b = live(both.b);
        const research::Compared compared = research::compare(a.rows, b.rows);
        const auto figures = figures_of(a, b);
        const auto sentences = tell_changes(both, a, b, compared);
        if (o_.look.is_json) tell_json(both, figures, compared);
        else tell_table(figures, sentences);
        return o_.html.empty() ? kOk : write_page(a, b, figures, sentences);
    }

private:
    BothRuns of_home() const {
        BothRuns both{read_home_run(o_.home, rules_named(o_.a, o_.home.battery)),
                      read_home_run(o_.home, rules_named(o_.b, o_.home.battery)), std::nullopt};
        for (HomeRun* run : {&both.a, &both.b}) run->experiment.loads = core::kMaxLoads;
        return both;
    }
    BothRuns of_journal() const {
        RecordedHome recorded{o_.look.data, o_.past, o_.home};
        BothRuns both{{}, {}, Moments{}};
        both.a.experiment.config = recorded.rules_named(o_.a);
        both.b.experiment.config = recorded.rules_named(o_.b);
        recorded.read([&](const std::string& decision) {
            judge_moment(decision, both.a, both.b, *both.moments);
        });
        for (HomeRun* run : {&both.a, &both.b}) *run = recorded.run(run->experiment.config);
        return both;
    }

    std::vector<research::ComparedFigure> figures_of(const Outcome& a, const Outcome& b) const {
        using research::Summary;
        std::vector<research::ComparedFigure> figures;
        for (const research::KpiValue& kpi : a.judged.kpis) {
            if (!kpi.load_id.empty()) continue;
            const research::KpiSpec& spec = research::spec_of(kpi.kpi);
            const auto other = research::find_kpi(b.judged.kpis, kpi.kpi);
            if (!kpi.value && !other) continue;
            figures.push_back({std::string{spec.key},
                               std::string{o_.look.is_german() ? spec.de : spec.en},
                               std::string{spec.unit}, spec.digits, kpi.value, other});
        }
        figures.push_back({"captured_pct", words_.captured, "%", 1, a.summary.captured_pct(),
                           b.summary.captured_pct()});
        figures.push_back({"extra_grid_kwh", words_.extra, "kWh", 1, a.summary.extra_grid_kwh(),
                           b.summary.extra_grid_kwh()});
        if (a.summary.net_eur() || b.summary.net_eur())
            figures.push_back(
                {"net_eur", words_.net, "EUR", 2, a.summary.net_eur(), b.summary.net_eur()});
        return figures;
    }

    std::vector<std::string> tell_changes(const BothRuns& both, const Outcome& a, const Outcome& b,
                                          const research::Compared& compared) const {
        std::vector<std::string> sentences;
        if (!compared.first) {
            sentences.push_back(fmt::format(fmt::runtime(words_.same), compared.rows));
        } else {
            const std::size_t i = *compared.first;
            const std::string time = wire::time_text(both.a.file.home.times[i]);
            const research::SimulatedLoad& by_a = a.rows[i].load(compared.first_load);
            const research::SimulatedLoad& by_b = b.rows[i].load(compared.first_load);
            sentences.push_back(fmt::format(fmt::runtime(words_.changed), compared.other_levels,
                                            compared.rows, compared.other_codes));
            sentences.push_back(fmt::format(fmt::runtime(words_.first), on_the_clock(time),
                                            both.a.experiment.config.loads[compared.first_load].id,
                                            core::name_of(by_a.code), by_a.load_w,
                                            core::name_of(by_b.code), by_b.load_w));
        }
        if (!both.moments) return sentences;
        const Moments& m = *both.moments;
        sentences.push_back(m.changed == 0
                                ? fmt::format(fmt::runtime(words_.moments_same), m.all)
                                : fmt::format(fmt::runtime(words_.moments), m.all, m.changed));
        if (!m.first.is_null())
            sentences.push_back(
                fmt::format("{} {}: A {}, B {}", on_the_clock(m.first["time"].get<std::string>()),
                            m.first["load_id"].get<std::string>(), m.first["a"].get<std::string>(),
                            m.first["b"].get<std::string>()));
        if (m.left_out > 0)
            sentences.push_back(
                fmt::format(fmt::runtime(words_.left_out), m.left_out, m.why_left_out));
        return sentences;
    }

    static Json or_null(const std::optional<double>& value) {
        return value ? Json(*value) : Json{};
    }

    void tell_json(const BothRuns& both, const std::vector<research::ComparedFigure>& figures,
                   const research::Compared& compared) const {
        Json json{{"schema", "comparison/1"},
                  {"a", o_.a},
                  {"b", o_.b},
                  {"figures", Json::object()},
                  {"moments", nullptr}};
        for (const research::ComparedFigure& f : figures)
            json["figures"][f.key] = {{"a", or_null(f.a)}, {"b", or_null(f.b)}, {"unit", f.unit}};
        json["closed_loop"] = {
            {"blocks", compared.rows},
            {"other_levels", compared.other_levels},
            {"other_codes", compared.other_codes},
            {"first", compared.first
                          ? Json(wire::time_text(both.a.file.home.times[*compared.first]))
                          : Json{}},
            {"first_load", compared.first
                               ? Json(both.a.experiment.config.loads[compared.first_load].id)
                               : Json{}}};
        if (both.moments)
            json["moments"] = {{"decisions", both.moments->all},
                               {"changed", both.moments->changed},
                               {"not_judged", both.moments->left_out},
                               {"first", both.moments->first}};
        std::cout << json.dump() << '\n';
    }

    void tell_table(const std::vector<research::ComparedFigure>& figures,
                    const std::vector<std::string>& sentences) const {
        std::cout << "A: " << o_.a << "\nB: " << o_.b << '\n';
        const auto& c = words_.columns;
        std::cout << fmt::format("{:<28}{:>12}{:>12}{:>12}\n", c[0], c[1], c[2], c[3]);
        for (const research::ComparedFigure& f : figures) {
            const auto cell = [&](std::optional<double> value) {
                return value ? fmt::format("{:.{}f}", *value, f.digits) : std::string{"–"};
            };
            const auto difference = f.a && f.b ? std::optional{*f.b - *f.a} : std::nullopt;
            std::cout << fmt::format("{:<28}{:>12}{:>12}{:>12} {}\n", f.key, cell(f.a), cell(f.b),
                                     cell(difference), f.unit);
        }
        for (const std::string& sentence : sentences) std::cout << sentence << '\n';
    }

    int write_page(const Outcome& a, const Outcome& b,
                   const std::vector<research::ComparedFigure>& figures,
                   const std::vector<std::string>& sentences) const {
        const std::string data = o_.home.home.empty() ? words_.journal : o_.home.home;
        std::ofstream file{o_.html, std::ios::binary};
        file << research::compare_page({o_.look.is_german(),
                                        data,
                                        {"A: " + o_.a, a.judged.kpis, a.judged.days},
                                        {"B: " + o_.b, b.judged.kpis, b.judged.days},
                                        figures,
                                        sentences});
        file.close();
        if (!file) return refuse(kUnavailable, o_.html + ": cannot be written");
        std::cerr << "bitgrid: " << words_.written << o_.html << '\n';
        return kOk;
    }

    const Options& o_;
    const Words& words_;
};

int run_or_say_why(const Options& options) {
    try {
        return Verb{options}.run();
    } catch (const Refusal& refusal) {
        return refuse(refusal.exit_code, refusal.what);
    }
}

}  // namespace

void add_compare(CLI::App& app, int& exit_code) {
    auto* verb = app.add_subcommand(
        "compare",
        "Two rule sets over the same days: figures side by side, what they decide "
        "otherwise");
    const auto o = std::make_shared<Options>();
    o->look.add_to(*verb);
    o->past.add_to(*verb);
    o->home.add_house(*verb);
    o->home.add_world(*verb);
    verb->add_option("--a", o->a, "folder with rules, or surplus, battery-first")->required();
    verb->add_option("--b", o->b, "the rules that they are compared with")->required();
    verb->add_option("--html", o->html, "also write a page with charts to this file");
    verb->callback([o, &exit_code] { exit_code = run_or_say_why(*o); });
}

}  // namespace bitgrid::app
