#include "research/report/compare_page.hpp"

#include "research/report/bar_chart.hpp"
#include "research/report/html_text.hpp"
#include "research/report/page_frame.hpp"

namespace bitgrid::research {
namespace {

struct Headings {
    const char* title;
    const char* on;
    const char* figure;
    const char* difference;
    const char* energy;
    const char* import;
};
constexpr Headings kEnglishHeadings{
    "Two rule sets, the same days", "on", "Figure", "Difference", "Energy of the load",
    "Bought from the grid"};
constexpr Headings kGermanHeadings{"Zwei Regelsätze, dieselben Tage",
                                   "mit",
                                   "Größe",
                                   "Unterschied",
                                   "Energie des Verbrauchers",
                                   "Aus dem Netz gekauft"};

using OfParts = std::optional<double> (*)(const KpiParts&);

std::optional<double> load_kwh(const KpiParts& parts) {
    return parts.loads.empty() ? std::nullopt : parts.loads.front().energy_kwh.get();
}
std::optional<double> import_kwh(const KpiParts& parts) { return parts.import_kwh.get(); }

std::string chart(const ComparePage& page, const char* title, OfParts value) {
    BarChart chart{title, "kWh", {}, {{page.a.name, {}}, {page.b.name, {}}}, false};
    chart.is_german = page.is_german;
    const bool is_month = are_months(page.a.days);
    for (const Span& bar : bars_of(page.a.days)) {
        chart.labels.push_back(bar_label(bar, is_month, page.is_german));
        chart.series[0].values.push_back(value(bar.parts));
    }
    for (const Span& bar : bars_of(page.b.days)) chart.series[1].values.push_back(value(bar.parts));
    return bar_chart(chart);
}

std::string cell(std::optional<double> value, const ComparedFigure& figure, bool is_german) {
    return "<td class=\"number\">" + (value ? shown(*value, figure.digits, is_german) : "–") +
           "</td>";
}

std::string table(const ComparePage& page, const Headings& w) {
    std::string out = std::string{"<table><tr><th>"} + w.figure + "</th><th class=\"number\">" +
                      escaped(page.a.name) + "</th><th class=\"number\">" + escaped(page.b.name) +
                      "</th><th class=\"number\">" + w.difference + "</th><th></th></tr>\n";
    for (const ComparedFigure& f : page.figures) {
        std::optional<double> difference;
        if (f.a && f.b) difference = *f.b - *f.a;
        out += "<tr><td>" + escaped(f.words) + "</td>" + cell(f.a, f, page.is_german) +
               cell(f.b, f, page.is_german) + cell(difference, f, page.is_german) + "<td>" +
               escaped(f.unit) + "</td></tr>\n";
    }
    return out + "</table>\n";
}

}  // namespace

std::string compare_page(const ComparePage& page) {
    const Headings& w = page.is_german ? kGermanHeadings : kEnglishHeadings;
    std::string body = std::string{"<h1>"} + w.title + "</h1>\n<p class=\"quiet\">" +
                       escaped(page.a.name) + " / " + escaped(page.b.name) + ", " + w.on + " " +
                       escaped(page.data) + "</p>\n";
    for (const std::string& change : page.changes) body += "<p>" + escaped(change) + "</p>\n";
    body += table(page, w) + chart(page, w.energy, load_kwh) + chart(page, w.import, import_kwh);
    return framed_page(page.is_german ? "de" : "en", w.title, body);
}

}  // namespace bitgrid::research
