#include "research/report/kpi_page.hpp"

#include <functional>

#include "research/report/bar_chart.hpp"
#include "research/report/html_text.hpp"
#include "research/report/page_frame.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::research {
namespace {

constexpr std::size_t kMostDays = 62;

struct Words {
    const char* title;
    const char* to;
    const char* simulated;
    const char* sun;
    const char* bought;
    const char* captured;
    const char* mined;
    const char* targets;
    const char* target;
    const char* now;
    const char* reached;
    const char* missed;
    const char* unknown;
    const char* at_least;
    const char* at_most;
    const char* loads;
    const char* from_sun;
    const char* from_grid;
    const char* sun_chart;
    const char* used;
    const char* exported;
    const char* hands;
    const char* hand[kHandCount];
    const char* hands_note;
    const char* hands_columns[4];
    const char* all;
    const char* figure;
    const char* value;
    const char* note;
};
constexpr Words kEnglish{
    "How the house did",
    "to",
    "simulated, not measured",
    "from the sun",
    "bought from the grid",
    "of the surplus used",
    "sats mined",
    "Targets",
    "Target",
    "Now",
    "✓ reached",
    "✗ not reached",
    "– not known",
    "at least",
    "at most",
    "Energy of the loads",
    "from surplus",
    "bought",
    "What became of the sun",
    "used at home",
    "fed in",
    "Other hands on the switch",
    {"as it was decided", "never on", "always on", "plain threshold 1.5 / 0.8 kW"},
    "All four from the same model of the house over the same blocks, so that only the decisions "
    "differ.",
    {"bought, kWh", "extra bought, kWh", "surplus used, %", "switches a day"},
    "All figures",
    "Figure",
    "Value",
    "A figure that is not known stays empty; it is never 0. Days are those of UTC."};
constexpr Words kGerman{
    "So lief es im Haus",
    "bis",
    "simuliert, nicht gemessen",
    "von der Sonne",
    "aus dem Netz gekauft",
    "des Überschusses genutzt",
    "Sats geschürft",
    "Ziele",
    "Ziel",
    "Jetzt",
    "✓ erreicht",
    "✗ nicht erreicht",
    "– nicht bekannt",
    "mindestens",
    "höchstens",
    "Energie der Verbraucher",
    "aus Überschuss",
    "zugekauft",
    "Was aus der Sonne wurde",
    "selbst genutzt",
    "eingespeist",
    "Wenn anders geschaltet worden wäre",
    {"wie entschieden", "immer aus", "immer an", "einfache Schwelle 1,5 / 0,8 kW"},
    "Alle vier aus demselben Modell des Hauses über dieselben Blöcke: Nur die Entscheidungen "
    "unterscheiden sich.",
    {"gekauft, kWh", "zusätzlich gekauft, kWh", "Überschuss genutzt, %", "Schaltvorgänge am Tag"},
    "Alle Zahlen",
    "Größe",
    "Wert",
    "Was nicht bekannt ist, bleibt leer; es ist nie 0. Tage sind die der UTC."};

class Page {
public:
    explicit Page(const KpiPage& page) : page_{page}, w_{page.is_german ? kGerman : kEnglish} {}

    std::string html() {
        out_ = "<h1>" + escaped(page_.house) + "</h1>\n<p class=\"quiet\">" + w_.title + ", " +
               shown_day(page_.from, page_.is_german) + " " + w_.to + " " +
               shown_day(page_.to + -1, page_.is_german) +
               (page_.is_simulated ? std::string{" · "} + w_.simulated : "") + "</p>\n";
        tiles();
        targets_table();
        charts();
        hands();
        all_figures();
        out_ += std::string{"<p class=\"quiet\">"} + w_.note + " BitGridAI " +
                escaped(page_.program_version) + "</p>\n";
        return framed_page(page_.is_german ? "de" : "en", page_.house + ": " + w_.title, out_);
    }

private:
    std::string number(Kpi kpi, std::optional<double> value) const {
        if (!value) return "–";
        const KpiSpec& spec = spec_of(kpi);
        return shown(*value, spec.digits, page_.is_german) +
               (spec.unit.empty() ? "" : "\u00a0" + std::string{spec.unit});
    }
    std::string number(Kpi kpi) const { return number(kpi, find_kpi(page_.kpis, kpi)); }
    const char* name(const KpiSpec& spec) const {
        return page_.is_german ? spec.de.data() : spec.en.data();
    }

    void tiles() {
        out_ += "<ul class=\"tiles\">";
        const std::pair<Kpi, const char*> four[] = {{Kpi::PvKwh, w_.sun},
                                                    {Kpi::GridImportKwh, w_.bought},
                                                    {Kpi::SurplusCapturedPct, w_.captured},
                                                    {Kpi::EnergyToSats, w_.mined}};
        for (const auto& [kpi, words] : four)
            out_ += "<li><b>" + number(kpi) + "</b>" + words + "</li>";
        out_ += "</ul>\n";
    }

    void targets_table() {
        out_ += std::string{"<h2>"} + w_.targets + "</h2>\n<table><tr><th>" + w_.target +
                "</th><th class=\"number\"></th><th class=\"number\">" + w_.now +
                "</th><th></th></tr>\n";
        for (const Kpi kpi : targets()) {
            const KpiSpec& spec = spec_of(kpi);
            const auto value = find_kpi(page_.kpis, kpi);
            const bool is_reached = value && spec.target->is_reached_by(*value);
            out_ += std::string{"<tr><td>"} + name(spec) + "</td><td class=\"number\">" +
                    (spec.target->is_least ? w_.at_least : w_.at_most) + " " +
                    shown(spec.target->value, 0, page_.is_german) +
                    (spec.unit.empty() ? "" : "\u00a0" + std::string{spec.unit}) +
                    "</td><td class=\"number\">" + number(kpi, value) + "</td><td class=\"" +
                    (is_reached || !value ? "verdict" : "verdict missed") + "\">" +
                    (!value       ? w_.unknown
                     : is_reached ? w_.reached
                                  : w_.missed) +
                    "</td></tr>\n";
        }
        out_ += "</table>\n";
    }

    void charts() {
        const bool is_month = are_months(page_.days);
        BarChart loads{w_.loads, "kWh", {}, {{w_.from_sun, {}}, {w_.from_grid, {}}}};
        BarChart sun{w_.sun_chart, "kWh", {}, {{w_.used, {}}, {w_.exported, {}}}};
        loads.is_german = sun.is_german = page_.is_german;
        for (const Span& bar : bars_of(page_.days)) {
            double all_kwh = 0, bought_kwh = 0;
            for (const LoadParts& load : bar.parts.loads) {
                all_kwh += load.judged_kwh;
                bought_kwh += load.extra_import_kwh.total;
            }
            const double exported_kwh = bar.parts.whole_export_kwh;
            loads.labels.push_back(bar_label(bar, is_month, page_.is_german));
            loads.series[0].values.emplace_back(all_kwh - bought_kwh);
            loads.series[1].values.emplace_back(bought_kwh);
            sun.series[0].values.emplace_back(bar.parts.whole_pv_kwh - exported_kwh);
            sun.series[1].values.emplace_back(exported_kwh);
        }
        sun.labels = loads.labels;
        out_ += bar_chart(loads) + bar_chart(sun);
    }

    void hands() {
        if (!page_.baselines || page_.baselines->known_ms == 0) return;
        const Baselines& all = *page_.baselines;
        out_ += std::string{"<h2>"} + w_.hands + "</h2>\n";
        std::vector<NamedBar> bars;
        std::string rows;
        for (std::size_t i = 0; i < kHandCount; ++i) {
            const auto hand = static_cast<Hand>(i);
            bars.push_back({w_.hand[i], all.of(hand).import_kwh, hand == Hand::AsDecided});
            const auto captured = all.captured_pct(hand);
            const auto cell = [&](std::optional<double> value, int digits) {
                return "<td class=\"number\">" +
                       (value ? shown(*value, digits, page_.is_german) : "–") + "</td>";
            };
            rows += std::string{"<tr><td>"} + w_.hand[i] + "</td>" +
                    cell(all.of(hand).import_kwh, 1) + cell(all.extra_import_kwh(hand), 1) +
                    cell(captured, 1) + cell(all.switches_per_day(hand), 2) + "</tr>\n";
        }
        out_ += lying_bars(w_.bought, "kWh", bars, page_.is_german) + "<table><tr><th></th>";
        for (const char* column : w_.hands_columns)
            out_ += std::string{"<th class=\"number\">"} + column + "</th>";
        out_ += "</tr>\n" + rows + "</table>\n<p class=\"quiet\">" + w_.hands_note + "</p>\n";
    }

    void all_figures() {
        out_ += std::string{"<h2>"} + w_.all + "</h2>\n<table><tr><th>" + w_.figure +
                "</th><th class=\"number\">" + w_.value + "</th></tr>\n";
        for (const KpiValue& value : page_.kpis) {
            const std::string of = value.load_id.empty() ? "" : escaped(value.load_id) + ": ";
            out_ += "<tr><td>" + of + name(spec_of(value.kpi)) + "</td><td class=\"number\">" +
                    number(value.kpi, value.value) + "</td></tr>\n";
        }
        out_ += "</table>\n";
    }

    const KpiPage& page_;
    const Words& w_;
    std::string out_;
};

}  // namespace

std::vector<Kpi> targets() {
    std::vector<Kpi> all;
    for (const KpiSpec& spec : kpi_catalogue())
        if (spec.target) all.push_back(spec.kpi);
    return all;
}

bool are_months(const std::vector<Span>& days) { return days.size() > kMostDays; }

std::vector<Span> bars_of(const std::vector<Span>& days) {
    if (!are_months(days)) return days;
    std::vector<Span> months;
    for (const Span& day : days) {
        const auto month = [](const Span& span) { return wire::time_text(span.from).substr(0, 7); };
        if (months.empty() || month(months.back()) != month(day)) months.push_back(day);
        else months.back().parts = combine(std::move(months.back().parts), day.parts);
    }
    return months;
}

std::string bar_label(const Span& bar, bool is_month, bool is_german) {
    const std::string day = shown_day(bar.from, is_german);
    if (is_german) return is_month ? day.substr(3) : day.substr(0, 6);
    return is_month ? day.substr(0, 7) : day.substr(5);
}

std::string kpi_page(const KpiPage& page) { return Page{page}.html(); }

}  // namespace bitgrid::research
