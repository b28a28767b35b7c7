#include "adapters/forecast/open_meteo.hpp"

#include <gmock/gmock.h>

#include "adapters/test_web_device.hpp"

using namespace bitgrid;
using namespace bitgrid::adapters;
using testing::DoubleNear;
using testing::HasSubstr;

namespace {

std::string reply(const std::string& block, const std::string& times, const std::string& gti,
                  const std::string& air) {
    return R"({"latitude":48.1,")" + block + R"(":{"time":[)" + times +
           R"(],"global_tilted_irradiance":[)" + gti + R"(],"temperature_2m":[)" + air + "]}}";
}
const std::string kTwo = reply("minutely_15", "1795420800,1795421700", "500,-1.5", "10,10");
const RoofPlane kRoof{4.6, 1, 0};

TEST(OpenMeteo, TurnsIrradianceIntoKilowatts) {
    const auto slots = read_open_meteo(kTwo, kRoof);
    ASSERT_TRUE(slots);
    ASSERT_EQ(slots->size(), 2U);
    EXPECT_EQ((*slots)[0].start.ms, 1'795'419'900'000) << "the mean of the step before";
    EXPECT_EQ((*slots)[0].end.ms, 1'795'420'800'000);
    // 4.6 · 0.5 · (1 - 0.004 · (10 + 17.1 - 25))
    EXPECT_THAT((*slots)[0].value, DoubleNear(2.28068, 1e-9));
    EXPECT_EQ((*slots)[1].value, 0);
}

TEST(OpenMeteo, TheRoofGivesNoMoreThanItsInverterAndNeverLessThanNothing) {
    EXPECT_THAT((RoofPlane{10, 0.9, 5}.power_kw(1000, 20)), DoubleNear(5, 1e-9));
    EXPECT_GT((RoofPlane{10, 0.9, 0}.power_kw(1000, -20)), 8);
    EXPECT_EQ((RoofPlane{10, 1, 0}.power_kw(-5, 20)), 0);
}

TEST(OpenMeteo, KnowsTimesInSecondsMillisecondsAndText) {
    for (const char* times : {"1795420800,1795424400", "1795420800000,1795424400000",
                              R"("2026-11-23T08:00","2026-11-23T09:00")"}) {
        const auto slots = read_open_meteo(reply("hourly", times, "1,2", "3,4"), kRoof);
        ASSERT_TRUE(slots) << times;
        EXPECT_EQ((*slots)[1].start.ms, 1'795'420'800'000) << times;
        EXPECT_EQ((*slots)[1].end.ms, 1'795'424'400'000) << times;
    }
}

TEST(OpenMeteo, LeavesOutStepsWithoutOrWithAbsurdValues) {
    const auto slots = read_open_meteo(
        reply("minutely_15", "1795420800,1795421700,1795422600,1795423500,1795424400",
              "null,\"5\",9999,100,100", "1,1,1,400,1"),
        kRoof);
    ASSERT_TRUE(slots);
    ASSERT_EQ(slots->size(), 1U);
    EXPECT_EQ((*slots)[0].end.ms, 1'795'424'400'000);
}

TEST(OpenMeteo, SaysWhatTheServiceSays) {
    EXPECT_THAT(
        read_open_meteo(R"({"error":true,"reason":"Latitude must be\u000a in range"})", kRoof)
            .error()
            .what,
        HasSubstr("Latitude must be  in range"));
}

TEST(OpenMeteo, RefusesWhatMakesNoSense) {
    for (const std::string& bad :
         {std::string{""},
          std::string{"null"},
          std::string{"[1]"},
          std::string{"{}"},
          std::string{R"({"hourly":[]})"},
          std::string{R"({"hourly":{"time":[1795420800]}})"},
          reply("hourly", "", "", ""),
          reply("hourly", "1795420800", "1", "1"),
          reply("hourly", "1795420800,1795420800", "1,2", "1,2"),
          reply("hourly", "1795424400,1795420800", "1,2", "1,2"),
          reply("hourly", "1795420800,1795420801", "1,2", "1,2"),
          reply("hourly", "-1,1795420800", "1,2", "1,2"),
          reply("hourly", "0,3600", "1,2", "1,2"),
          reply("hourly", "1e300,2e300", "1,2", "1,2"),
          reply("hourly", "\"x\",\"y\"", "1,2", "1,2"),
          reply("hourly", "1795420800,1795424400", "1", "1,2"),
          reply("hourly", "1795420800,1795424400", "null,null", "1,2"),
          reply("hourly", "1795420800,1795424400", "1e999,2", "1,2"),
          reply("hourly", "9223372036854775807,9223372036854775807", "1,2", "1,2"),
          std::string(100'000, '{'),
          std::string("{\"hourly\":\"\xC0\"}")})
        EXPECT_FALSE(read_open_meteo(bad, kRoof)) << bad.substr(0, 120);
    for (std::size_t n = 0; n < kTwo.size(); ++n)
        EXPECT_FALSE(read_open_meteo(std::string_view{kTwo}.substr(0, n), kRoof)) << n;
}

TEST(OpenMeteo, FeedsTheForecastOfTheConfiguredRoof) {
    TestWorld world;
    TestWebDevice service{world.io, [](const net::ServerRequest&) {
                              return TestAnswer{200, kTwo};
                          }};
    OpenMeteoConfig config;
    config.is_enabled = true;
    config.url = "http://127.0.0.1:" + std::to_string(service.port()) + "/v1/forecast";
    config.azimuth_deg = -90;
    config.roof = kRoof;
    OpenMeteoForecast forecast{world.devices(), config};
    forecast.start();
    ASSERT_TRUE(world.settle());
    EXPECT_THAT(service.asked,
                testing::ElementsAre(
                    "GET /v1/forecast?latitude=48.1000&longitude=11.6000&tilt=30&azimuth=-90"
                    "&minutely_15=global_tilted_irradiance,temperature_2m&forecast_days=3"
                    "&timezone=GMT&timeformat=unixtime"));
    ASSERT_EQ(world.signals.forecast.size(), 2U);
    EXPECT_THAT(world.signals.forecast[0].value, DoubleNear(2.28068, 1e-9));
    EXPECT_EQ(world.signals.issued, world.clock.wall());
}

TEST(OpenMeteo, AsksNobodyUnlessItIsEnabled) {
    TestWorld world;
    OpenMeteoForecast forecast{world.devices(), {}};
    forecast.start();
    EXPECT_TRUE(world.exchanges.is_idle());
    EXPECT_FALSE(world.clock.next_due());
}

}  // namespace
