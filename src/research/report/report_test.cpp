#include <gtest/gtest.h>

#include "research/report/bar_chart.hpp"
#include "research/report/compare_page.hpp"
#include "research/report/html_text.hpp"
#include "research/report/kpi_page.hpp"

using namespace bitgrid;
using namespace bitgrid::research;

namespace {

bool has(const std::string& page, const std::string& text) {
    return page.find(text) != std::string::npos;
}

TEST(HtmlText, EscapesAndWritesNumbersAsTheLanguageDoes) {
    EXPECT_EQ(escaped("<b a='1'>&\""), "&lt;b a=&#39;1&#39;&gt;&amp;&quot;");
    EXPECT_EQ(shown(1234.56, 1, false), "1234.6");
    EXPECT_EQ(shown(1234.56, 1, true), "1234,6");
    EXPECT_EQ(shown(-0.01, 1, false), "0.0");
    EXPECT_EQ(shown(-7.26, 1, true), "-7,3");
    EXPECT_EQ(shown(-1234567.5, 1, true), "-1\u202f234\u202f567,5");
    EXPECT_EQ(shown(100000, 0, false), "100\u202f000");
    EXPECT_GT(shown(1e300, 2, false).size(), 304u);
    EXPECT_EQ(shown_day({1'716'292'800'000}, true), "21.05.2024");
    EXPECT_EQ(shown_day({1'716'292'800'000}, false), "2024-05-21");
}

TEST(BarChart, DrawsWhatThereIsAndNothingWhereNothingIs) {
    BarChart chart{"Sun", "kWh", {"1", "2"}, {{"a", {1.0, std::nullopt}}, {"b", {2.0, 0.5}}}};
    const std::string svg = bar_chart(chart);
    EXPECT_TRUE(has(svg, "Sun · kWh"));
    EXPECT_TRUE(has(svg, "class=\"first\""));
    EXPECT_TRUE(has(svg, "class=\"second\""));
    EXPECT_EQ(svg.find("nan"), std::string::npos);
    chart.series = {{"a", {0.0, std::nullopt}}};
    EXPECT_EQ(bar_chart(chart), "");
    EXPECT_EQ(lying_bars("t", "kWh", {{"x", 0, false}}, false), "");
}

std::vector<Span> days(int count) {
    std::vector<Span> all;
    for (int i = 0; i < count; ++i) {
        Span day{{1'704'067'200'000 + i * 86'400'000LL}, {}};
        day.parts.import_kwh = {1, 86'400'000};
        day.parts.loads.emplace_back().id = "miner";
        day.parts.loads.back().judged_kwh = 4;
        all.push_back(day);
    }
    return all;
}

KpiPage page(bool is_german) {
    KpiPage page{is_german,
                 "Haus <Müller>",
                 {1'704'067'200'000},
                 {1'704'240'000'000},
                 false,
                 {},
                 days(2),
                 Baselines{},
                 "9.9"};
    page.baselines->known_ms = 86'400'000;
    page.baselines->hands[2].import_kwh = 50;
    page.kpis = {{Kpi::ThermalIncidents, "", 0.0},
                 {Kpi::SwitchesPerDay, "", 3.25},
                 {Kpi::SatsPerKwh, "", std::nullopt}};
    return page;
}

TEST(KpiPage, StandsAloneAndSaysWhatIsReachedMissedAndNotKnown) {
    const std::string html = kpi_page(page(false));
    EXPECT_TRUE(has(html, "Haus &lt;Müller&gt;"));
    EXPECT_TRUE(has(html, "2024-01-01 to 2024-01-02"));
    EXPECT_TRUE(has(html, "✓ reached"));
    EXPECT_TRUE(has(html, "✗ not reached"));
    EXPECT_TRUE(has(html, "– not known"));
    EXPECT_TRUE(has(html, "3.25"));
    EXPECT_TRUE(has(html, "always on"));
    for (const char* foreign : {"http://", "https://", "<script", "src=", "@import"})
        EXPECT_FALSE(has(html, foreign)) << foreign;
}

TEST(KpiPage, SpeaksGermanAsWell) {
    const std::string html = kpi_page(page(true));
    EXPECT_TRUE(has(html, "lang=\"de\""));
    EXPECT_TRUE(has(html, "01.01.2024 bis 02.01.2024"));
    EXPECT_TRUE(has(html, "✗ nicht erreicht"));
    EXPECT_TRUE(has(html, "3,25"));
    EXPECT_TRUE(has(html, "immer an"));
}

TEST(KpiPage, ShowsMonthsWhereDaysWouldBeTooMany) {
    EXPECT_EQ(bars_of(days(62)).size(), 62u);
    const auto months = bars_of(days(91));
    ASSERT_EQ(months.size(), 3u);
    EXPECT_EQ(months[0].parts.import_kwh.total, 31);
    EXPECT_EQ(months[1].parts.loads[0].judged_kwh, 29 * 4);
    EXPECT_EQ(bar_label(months[1], true, true), "02.2024");
}

TEST(ComparePage, ShowsBothAndTheDifference) {
    const std::string html =
        compare_page({true,
                      "home.csv",
                      {"A: <a>", {}, days(2)},
                      {"B: b", {}, days(2)},
                      {{"k", "Netzbezug", "kWh", 1, 4.0, 1.5}, {"u", "x", "", 0, {}, 1.0}},
                      {"Ein <Satz>."}});
    EXPECT_TRUE(has(html, "A: &lt;a&gt;"));
    EXPECT_TRUE(has(html, "-2,5"));
    EXPECT_TRUE(has(html, "Ein &lt;Satz&gt;."));
    EXPECT_TRUE(has(html, "Aus dem Netz gekauft"));
}

}  // namespace
