#include "adapters/price/energy_charts.hpp"

#include <gmock/gmock.h>

#include "adapters/price/energy_charts_reply.hpp"
#include "adapters/test_web_device.hpp"

using namespace bitgrid;
using namespace bitgrid::adapters;
using ports::Condition;
using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

std::string reply(const std::string& times, const std::string& prices,
                  const std::string& unit = "EUR / MWh") {
    return R"({"license_info":"CC BY 4.0","unix_seconds":[)" + times + R"(],"price":[)" + prices +
           R"(],"unit":")" + unit + R"(","deprecated":false})";
}
const std::string kTwo = reply("1795420800,1795421700", "42.1,-3.5");

TEST(EnergyCharts, ReadsQuarterHoursAsCentPerKwh) {
    const auto slots = read_energy_charts(kTwo);
    ASSERT_TRUE(slots);
    ASSERT_EQ(slots->size(), 2U);
    EXPECT_EQ((*slots)[0].start.ms, 1'795'420'800'000);
    EXPECT_EQ((*slots)[0].end.ms, 1'795'421'700'000);
    EXPECT_THAT((*slots)[0].value, DoubleNear(4.21, 1e-9));
    EXPECT_EQ((*slots)[1].end.ms, 1'795'422'600'000);
    EXPECT_THAT((*slots)[1].value, DoubleNear(-0.35, 1e-9));
}

TEST(EnergyCharts, TakesTheLengthOfItsSlotsFromTheTimes) {
    const auto hourly = read_energy_charts(reply("1795420800,1795424400,1795431600", "1,2,3"));
    ASSERT_TRUE(hourly);
    EXPECT_EQ((*hourly)[0].end - (*hourly)[0].start, 3'600'000);
    EXPECT_EQ((*hourly)[1].end - (*hourly)[1].start, 3'600'000) << "the gap stays a gap";
    const auto single = read_energy_charts(reply("1795420800", "1"));
    EXPECT_EQ((*single)[0].end - (*single)[0].start, 900'000);
}

TEST(EnergyCharts, LeavesOutWhatIsMissingOrAbsurd) {
    const auto slots = read_energy_charts(reply(
        "1795420800,1795421700,1795422600,1795423500,1795424400", "null,\"7\",5000.1,-500.1,-500"));
    ASSERT_TRUE(slots);
    ASSERT_EQ(slots->size(), 1U);
    EXPECT_EQ((*slots)[0].start.ms, 1'795'424'400'000);
    EXPECT_THAT((*slots)[0].value, DoubleNear(-50, 1e-9));
}

TEST(EnergyCharts, RefusesWhatMakesNoSense) {
    EXPECT_THAT(read_energy_charts(reply("1795420800", "1", "ct/kWh")).error().what,
                HasSubstr("unit"));
    for (const std::string& bad :
         {std::string{""},
          std::string{"null"},
          std::string{"[]"},
          std::string{"{}"},
          std::string{R"({"unix_seconds":{},"price":[]})"},
          reply("", ""),
          reply("1795420800", ""),
          reply("1795420800,1795420800", "1,2"),
          reply("1795421700,1795420800", "1,2"),
          reply("1795420800.5", "1"),
          reply("-5", "1"),
          reply("1e18", "1"),
          reply("99999999999999999999", "1"),
          reply("1795420800,1795420801", "1,2"),
          reply("1795420800", "1e999"),
          reply("1795420800", "NaN"),
          reply("1795420800", "null"),
          std::string{"{\"price\":[1],\"price\":[2],\"unix_seconds\":[1795420800]}"},
          std::string(100'000, '['),
          std::string("{\"price\":[\xFF]}")})
        EXPECT_FALSE(read_energy_charts(bad)) << bad.substr(0, 100);
    std::string many = "1795420800";
    for (int i = 1; i < 5000; ++i) many += "," + std::to_string(1'795'420'800 + 900 * i);
    EXPECT_FALSE(read_energy_charts(reply(many, many)));
}

TEST(EnergyCharts, AReplyCutAtAnyByteIsRefused) {
    for (std::size_t n = 0; n < kTwo.size(); ++n)
        EXPECT_FALSE(read_energy_charts(std::string_view{kTwo}.substr(0, n))) << n;
}

class EnergyChartsPricesTest : public testing::Test {
protected:
    EnergyChartsPricesTest()
        : service{world.io, [this](const net::ServerRequest&) { return answer; }} {
        config.is_enabled = true;
        config.url = "http://127.0.0.1:" + std::to_string(service.port()) + "/price";
    }
    void start() {
        prices.emplace(world.devices(), config);
        prices->start();
        ASSERT_TRUE(world.settle());
    }
    void minutes(std::int64_t count) {
        world.clock.advance(count * 60'000);
        ASSERT_TRUE(world.settle());
    }

    TestWorld world;
    TestAnswer answer{200, kTwo};
    TestWebDevice service;
    EnergyChartsConfig config;
    std::optional<EnergyChartsPrices> prices;
};

TEST_F(EnergyChartsPricesTest, AsksForTodayAndTomorrowOnceAnHour) {
    config.charges_ct_kwh = 16;
    config.tax_pct = 19;
    start();
    EXPECT_THAT(service.asked, ElementsAre("GET /price?bzn=DE-LU&start=2026-11-23&end=2026-11-24"));
    ASSERT_EQ(world.signals.prices.size(), 2U);
    EXPECT_THAT(world.signals.prices[0].value, DoubleNear((4.21 + 16) * 1.19, 1e-9));
    minutes(59);
    EXPECT_EQ(service.asked.size(), 1U);
    minutes(1);
    EXPECT_EQ(service.asked.size(), 2U);
    EXPECT_EQ(world.signals.price_series_count, 2);
}

TEST_F(EnergyChartsPricesTest, TriesAgainAfterFiveFifteenAndThirtyMinutes) {
    answer = {503, "busy"};
    start();
    EXPECT_EQ(world.health.last().condition, Condition::Warn);
    EXPECT_THAT(world.health.last().reason, HasSubstr("503"));
    std::size_t asked = 1;
    for (const std::int64_t pause : {5, 15, 30, 30}) {
        minutes(pause - 1);
        EXPECT_EQ(service.asked.size(), asked);
        minutes(1);
        EXPECT_EQ(service.asked.size(), ++asked);
    }
    EXPECT_EQ(world.health.last().condition, Condition::Warn) << "the house runs without prices";
    answer = {200, kTwo};
    minutes(30);
    EXPECT_EQ(world.health.last().condition, Condition::Ok);
    EXPECT_EQ(world.signals.price_series_count, 1);
}

TEST_F(EnergyChartsPricesTest, CountsNonsenseAndFeedsNothing) {
    answer = {200, "<html>maintenance</html>"};
    start();
    EXPECT_EQ(world.signals.price_series_count, 0);
    EXPECT_EQ(world.health.rejects.size(), 1U);
}

TEST_F(EnergyChartsPricesTest, AsksNobodyUnlessItIsEnabled) {
    config.is_enabled = false;
    start();
    minutes(120);
    EXPECT_TRUE(service.asked.empty());
}

TEST_F(EnergyChartsPricesTest, StopsInTheMiddleOfAQuestion) {
    answer.is_silent = true;
    prices.emplace(world.devices(), config);
    prices->start();
    ASSERT_TRUE(world.run_until([&] { return !service.asked.empty(); }));
    prices->stop();
    EXPECT_TRUE(world.exchanges.is_idle());
    EXPECT_FALSE(world.clock.next_due());
}

}  // namespace
