#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "net/manual_clock.hpp"
#include "sim/testing_house.hpp"
#include "sim/web/axeos.hpp"
#include "sim/web/control_api.hpp"
#include "sim/web/market_api.hpp"
#include "sim/web/plug_make.hpp"

using namespace bitgrid;
using namespace bitgrid::sim;
using nlohmann::json;
using testing::HasSubstr;

namespace {

const std::filesystem::path kData{"data"};

class WebDevices : public testing::Test {
protected:
    static json get(WebDevice& device, const std::string& target, int status = 200) {
        return send(device, "GET", target, "", status);
    }
    static json post(WebDevice& device, const std::string& target, const json& body,
                     int status = 200) {
        return send(device, "POST", target, body.dump(), status);
    }
    static json send(WebDevice& device, const std::string& method, const std::string& target,
                     const std::string& body, int status) {
        const WebAnswer answer = device.answer(parse_request(method, target, body));
        EXPECT_EQ(answer.status, status) << target << " " << answer.body;
        return json::parse(answer.body, nullptr, false);
    }

    net::ManualClock clock{*parse_time("2024-05-21T11:00Z")};
    House house{clock, {}, shipped_home(kData), shipped_prices(kData)};
    Shelly plug{house, miner_plug()};
    AxeOs axeos{house};
    MarketApi market{house};
    ControlApi control{house, [this](std::int64_t ms) { clock.advance(ms); }};
};

TEST_F(WebDevices, SwitchThePlugAndReportTheStateBefore) {
    EXPECT_EQ(get(plug, "/shelly")["gen"], 3);
    EXPECT_EQ(get(plug, "/rpc/Switch.Set?id=0&on=true")["was_on"], false);
    EXPECT_EQ(get(plug, "/rpc/Switch.Set?id=0&on=true")["was_on"], true);
    clock.advance(300'000);
    const json status = get(plug, "/rpc/Switch.GetStatus?id=0");
    EXPECT_EQ(status["output"], true);
    EXPECT_NEAR(status["apower"].get<double>(), 800, 1);
    EXPECT_GT(status["aenergy"]["total"], 81'442);
    EXPECT_FALSE(status.contains("timer_duration"));
}

TEST_F(WebDevices, OpenThePlugByItsOwnTimerUnlessItIsRenewed) {
    get(plug, "/rpc/Switch.Set?id=0&on=true&toggle_after=120");
    for (int i = 0; i < 5; ++i) {
        clock.advance(100'000);
        EXPECT_EQ(get(plug, "/rpc/Switch.Set?id=0&on=true&toggle_after=120")["was_on"], true);
    }
    clock.advance(60'000);
    const json armed = get(plug, "/rpc/Switch.GetStatus?id=0");
    EXPECT_EQ(armed["timer_duration"], 120);
    EXPECT_EQ(armed["timer_started_at"], clock.wall().ms / 1000 - 60);
    clock.advance(60'000);
    EXPECT_EQ(get(plug, "/rpc/Switch.GetStatus?id=0")["output"], false);
    EXPECT_EQ(house.now().flows().miner_w, 0) << "the dead man's switch really cuts the miner";
}

TEST_F(WebDevices, SpeakTheFullRpcFrameAndNameErrors) {
    const json frame = post(plug, "/rpc",
                            {{"id", 7},
                             {"src", "x"},
                             {"method", "Switch.Set"},
                             {"params", {{"id", 0}, {"on", true}, {"toggle_after", 60}}}});
    EXPECT_EQ(frame["id"], 7);
    EXPECT_EQ(frame["dst"], "x");
    EXPECT_EQ(frame["result"]["was_on"], false);
    EXPECT_EQ(
        post(plug, "/rpc", {{"method", "Switch.Set"}, {"params", {{"id", 5}}}})["error"]["code"],
        -105);
    EXPECT_EQ(post(plug, "/rpc/Switch.Set", {{"id", 0}}, 500)["code"], -103);
    get(plug, "/rpc/Switch.Set?id=0&on=perhaps", 500);
    get(plug, "/rpc/Switch.Set?id=0&on=true&toggle_after=-5", 500);
    get(plug, "/rpc/Cover.Open?id=0", 404);
    send(plug, "POST", "/rpc", "{", 400);
    send(plug, "POST", "/rpc/Switch.Set", "[1]", 400);
}

TEST_F(WebDevices, OpenAFirstShellyByItsOwnTimerUnlessItIsRenewed) {
    const auto old = make_plug(house, PlugMake::Shelly1, miner_plug());
    EXPECT_EQ(get(*old, "/relay/0?turn=on&timer=120")["has_timer"], true);
    clock.advance(100'000);
    EXPECT_EQ(get(*old, "/status")["relays"][0]["timer_remaining"], 20);
    get(*old, "/relay/0?turn=on&timer=120");
    clock.advance(119'000);
    const json status = get(*old, "/status");
    EXPECT_EQ(status["relays"][0]["ison"], true);
    EXPECT_GT(status["meters"][0]["power"], 700);
    clock.advance(1'000);
    EXPECT_EQ(get(*old, "/status")["relays"][0]["ison"], false);
    EXPECT_EQ(house.now().flows().miner_w, 0);
    get(*old, "/relay/0?turn=on");
    EXPECT_EQ(get(*old, "/status")["relays"][0]["has_timer"], false);
    send(*old, "GET", "/relay/0?turn=sideways", "", 400);
    send(*old, "GET", "/relay/0?turn=on&timer=-1", "", 400);
    send(*old, "GET", "/rpc/Switch.GetStatus?id=0", "", 404);
}

TEST_F(WebDevices, OpenATasmotaByItsPulseTimeUnlessItIsRenewed) {
    const auto tasmota = make_plug(house, PlugMake::Tasmota, miner_plug());
    EXPECT_EQ(get(*tasmota, "/cm?cmnd=PulseTime1%20220")["PulseTime1"]["Remaining"], 0);
    EXPECT_EQ(get(*tasmota, "/cm?cmnd=Power1%20ON")["POWER"], "ON");
    clock.advance(100'000);
    EXPECT_EQ(get(*tasmota, "/cm?cmnd=PulseTime1")["PulseTime1"]["Remaining"], 120) << "20 s";
    get(*tasmota, "/cm?cmnd=Power1%20ON");
    clock.advance(119'000);
    EXPECT_EQ(get(*tasmota, "/cm?cmnd=State")["POWER"], "ON");
    EXPECT_EQ(get(*tasmota, "/cm?cmnd=PulseTime1")["PulseTime1"]["Remaining"], 10) << "1 s";
    EXPECT_GT(get(*tasmota, "/cm?cmnd=Status%208")["StatusSNS"]["ENERGY"]["Power"], 700);
    clock.advance(1'000);
    EXPECT_EQ(get(*tasmota, "/cm?cmnd=State")["POWER"], "OFF");
    EXPECT_EQ(house.now().flows().miner_w, 0);
    get(*tasmota, "/cm?cmnd=PulseTime1%200");
    get(*tasmota, "/cm?cmnd=Power1%20ON");
    clock.advance(600'000);
    EXPECT_EQ(get(*tasmota, "/cm?cmnd=State")["POWER"], "ON") << "without a time, for ever";
    EXPECT_EQ(get(*tasmota, "/cm?cmnd=Fly")["Command"], "Unknown");
    send(*tasmota, "GET", "/rpc", "", 404);
}

TEST_F(WebDevices, SayManyTimesTheTruthWhereTheyAreScaled) {
    get(plug, "/rpc/Switch.Set?id=0&on=true");
    clock.advance(300'000);
    EXPECT_TRUE(house.order("scale plug.power_w 0.001"));
    EXPECT_NEAR(get(plug, "/rpc/Switch.GetStatus?id=0")["apower"].get<double>(), 0.8, 0.1);
    EXPECT_TRUE(house.order("scale plug.power_w -1"));
    EXPECT_NEAR(get(plug, "/rpc/Switch.GetStatus?id=0")["apower"].get<double>(), -800, 1);
    EXPECT_TRUE(house.order("thaw plug.power_w"));
    EXPECT_NEAR(get(plug, "/rpc/Switch.GetStatus?id=0")["apower"].get<double>(), 800, 1);
    EXPECT_FALSE(house.order("scale nonsense 2"));
    EXPECT_FALSE(house.order("scale plug.power_w much"));
    EXPECT_FALSE(house.order("thaw plug.power_w")) << "it tells the truth already";
}

TEST_F(WebDevices, PauseAndThrottleTheBitaxe) {
    clock.advance(120'000);
    EXPECT_EQ(axeos.link(), Link::Up);
    EXPECT_NEAR(get(axeos, "/api/system/info")["power"].get<double>(), 17.4, 0.11);
    EXPECT_EQ(get(axeos, "/api/system/asic")["frequencyOptions"].size(), 5u);
    send(axeos, "PATCH", "/api/system", R"({"frequency":400})", 200);
    clock.advance(60'000);
    EXPECT_NEAR(get(axeos, "/api/system/info")["power"].get<double>(), 13.2, 0.2);
    post(axeos, "/api/system/pause", {});
    clock.advance(20'000);
    const json paused = get(axeos, "/api/system/info");
    EXPECT_EQ(paused["miningPaused"], true);
    EXPECT_EQ(paused["temp"], -1);
    EXPECT_LT(paused["power"], 8);
    post(axeos, "/api/system/restart", {});
    EXPECT_EQ(axeos.link(), Link::Cut) << "it boots";
    clock.advance(60'000);
    const json again = get(axeos, "/api/system/info");
    EXPECT_EQ(again["miningPaused"], false) << "a pause is forgotten at a restart";
    EXPECT_EQ(again["frequency"], 400) << "a frequency is not";
    for (const char* bad :
         {"", "[]", R"({"frequency":"fast"})", R"({"frequency":0})", R"({"frequency":1e99})"})
        send(axeos, "PATCH", "/api/system", bad, 400);
    get(axeos, "/api/nothing", 404);
}

TEST_F(WebDevices, GiveQuarterHourPricesAndTomorrowOnlyFromNoonOn) {
    const json today = get(market, "/price?bzn=DE-LU&start=2024-05-21&end=2024-05-22");
    EXPECT_EQ(today["unit"], "EUR / MWh");
    EXPECT_EQ(today["price"].size(), 96u);
    EXPECT_EQ(today["unix_seconds"][0], 1716249600);
    EXPECT_EQ(today["price"][44], 31.34) << "11:00 UTC";
    EXPECT_THAT(today["license_info"].get<std::string>(), HasSubstr("CC BY 4.0"));
    clock.advance(3'600'000);
    EXPECT_EQ(get(market, "/price?bzn=DE-LU&start=2024-05-21&end=2024-05-22")["price"].size(),
              192u);
    EXPECT_EQ(get(market, "/v1/marketdata?start=1716249600000&end=1716253200000")["data"].size(),
              4u);
    get(market, "/price?start=yesterday", 400);
    get(market, "/price?start=2024-01-01&end=2024-12-31", 400);
}

TEST_F(WebDevices, ForecastTheSunToComeAsIrradiance) {
    const json reply =
        get(market,
            "/v1/forecast?latitude=48&longitude=11&minutely_15=global_tilted_irradiance_instant,"
            "temperature_2m&forecast_days=3&timezone=GMT&timeformat=unixtime");
    const json& block = reply["minutely_15"];
    ASSERT_EQ(block["time"].size(), 288u);
    ASSERT_EQ(block["temperature_2m"].size(), 288u);
    EXPECT_EQ(block["time"][0], 1716249600);
    EXPECT_EQ(block["global_tilted_irradiance_instant"][0], 0);
    const double gti = block["global_tilted_irradiance_instant"][46];
    const double air = block["temperature_2m"][46];
    const double watts = 5000 * gti / 1000 * (1 - 0.004 * (air + 0.0342 * gti - 25));
    EXPECT_NEAR(watts, 4000, 0.25 * 4000) << "11:30, recorded 3458 to 4205 W";
    EXPECT_EQ(
        get(market, "/v1/forecast?hourly=temperature_2m&forecast_days=1")["hourly"]["time"][13],
        "2024-05-21T13:00");
    get(market, "/v1/forecast?hourly=mood", 400);
    get(market, "/v1/forecast?hourly=temperature_2m&forecast_days=99", 400);
}

TEST_F(WebDevices, TakeOrdersAndTellTheTruth) {
    EXPECT_EQ(post(control, "/sim/command", {{"do", "cloud"}, {"args", "0.5"}})["done"],
              "cloud 0.5");
    post(control, "/sim/command", {{"do", "freeze miner.temp_c"}});
    EXPECT_THAT(post(control, "/sim/command", {{"do", "fly"}}, 422)["error"].get<std::string>(),
                HasSubstr("hot_miner"));
    post(control, "/sim/command", {{"order", "cloud"}}, 400);
    const json moved = post(control, "/sim/advance", {{"seconds", 30}});
    EXPECT_EQ(moved["time_ms"], clock.wall().ms);
    const json state = get(control, "/sim/state");
    EXPECT_NEAR(state["flows"]["pv_power_w"].get<double>(), 2100, 150);
    EXPECT_EQ(state["miner"]["phase"], "unpowered");
    EXPECT_TRUE(state["faults"]["reported"].contains("miner.temp_c"));
    EXPECT_EQ(state["log"].size(), 3u);
    EXPECT_GT(get(control, "/sim/orders").size(), 20u);
    ControlApi by_itself{house};
    post(by_itself, "/sim/advance", {{"seconds", 30}}, 409);
}

TEST_F(WebDevices, AnswerInJsonEvenWhereTheyAreAskedInNoise) {
    const std::string noise = "\xc0\xff\"";
    EXPECT_FALSE(house.order("fly" + noise));
    EXPECT_EQ(get(control, "/sim/state")["log"].size(), 1u);
    get(plug, "/rpc/Fly" + noise + "?id=0", 404);
    get(market, "/price?start=" + noise, 400);
    get(market, "/price?start=-9000000000000000000", 400);
}

TEST_F(WebDevices, DecodeTargetsAndLeaveBrokenEscapesAlone) {
    const WebRequest request = parse_request("GET", "/a%20b?x=1%262&y&z=%zz&=e", "");
    EXPECT_EQ(request.path, "/a b");
    EXPECT_EQ(request.query.at("x"), "1&2");
    EXPECT_EQ(request.query.at("y"), "");
    EXPECT_EQ(request.query.at("z"), "%zz");
    EXPECT_EQ(request.query_or("none", "some"), "some");
}

}  // namespace
