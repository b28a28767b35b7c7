#include "sim/cgminer/cgminer_server.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "sim/testing_house.hpp"
#include "sim/wire_peer.hpp"

using namespace bitgrid;
using namespace bitgrid::sim;
using nlohmann::json;
using testing::HasSubstr;

namespace {

class CgminerServerTest : public testing::Test {
protected:
    CgminerServerTest() {
        EXPECT_TRUE(server.start(0));
        house.begin();
        house.run([&] { house.house.now().miner_plug.set(true, std::nullopt); });
        house.pass(400);
    }
    ~CgminerServerTest() override {
        house.run([&] { server.stop(); });
        house.stop();
    }

    std::string raw(const std::string& request) const {
        const WirePeer wire{server.port()};
        wire.say(request);
        return wire.hear();
    }
    json ask(const std::string& command, const std::string& parameter = "") const {
        std::string answer = raw(json{{"command", command}, {"parameter", parameter}}.dump());
        EXPECT_THAT(answer, testing::EndsWith(std::string(1, '\0')));
        answer.pop_back();
        return json::parse(answer, nullptr, false);
    }
    std::string bracket() const { return ask("estats")["STATS"][0]["MM ID0"]; }

    TestingHouse house{"data"};
    CgminerServer server{house.io, house.house};
};

TEST_F(CgminerServerTest, TellsChipTemperatureAndPowerOnlyInTheBracketText) {
    EXPECT_EQ(ask("version")["VERSION"][0]["PROD"], "Avalon Q");
    EXPECT_EQ(ask("summary")["SUMMARY"][0]["Elapsed"], 400);
    EXPECT_EQ(ask("devs")["DEVS"][0]["Temperature"], -273.0);
    EXPECT_THAT(bracket(), HasSubstr("Work: In Work"));
    EXPECT_THAT(bracket(), HasSubstr(" 800] GHSspd[4"));
    EXPECT_THAT(bracket(), testing::ContainsRegex("TMax\\[[56][0-9]\\]"));
}

TEST_F(CgminerServerTest, StandsByAndWakesAtTimesOfItsOwnClock) {
    const std::int64_t when = ask("version")["STATUS"][0]["When"];
    EXPECT_EQ(when, 400) << "seconds since boot, not the house's time";
    EXPECT_THAT(ask("ascset", "0,softoff,1:405")["STATUS"][0]["Msg"].get<std::string>(),
                HasSubstr("success"));
    house.pass(20);
    EXPECT_THAT(bracket(), HasSubstr("Work: In Idle"));
    EXPECT_THAT(bracket(), HasSubstr("TMax[-273]"));
    EXPECT_THAT(bracket(), HasSubstr("SoftOFF[1]"));
    EXPECT_NEAR(house.run([&] { return house.house.now().flows().miner_w; }), 15, 0.01);
    ask("ascset", "0,softon,1:425");
    ask("ascset", "0,workmode,set,2");
    house.pass(200);
    EXPECT_NEAR(house.run([&] { return house.house.now().flows().miner_w; }), 1674, 0.01);
    EXPECT_THAT(bracket(), HasSubstr("WORKMODE[2]"));
}

TEST_F(CgminerServerTest, RefusesWhatItDoesNotUnderstandByCode) {
    EXPECT_EQ(ask("nonsense")["STATUS"][0]["Code"], 14);
    EXPECT_EQ(ask("ascset", "0,softoff,1:soon")["STATUS"][0]["Code"], 120);
    EXPECT_EQ(ask("ascset", "0,workmode,set,7")["STATUS"][0]["Code"], 120);
    EXPECT_THAT(raw("{broken"), HasSubstr("\"Code\":23"));
    EXPECT_THAT(raw("{\"parameter\":1}"), HasSubstr("\"Code\":24"));
    EXPECT_THAT(raw("version"), HasSubstr("STATUS=S,When=400,Code=22"));
    EXPECT_THAT(raw("\xff\xfe{"), HasSubstr("Code=14"));
}

TEST_F(CgminerServerTest, ServesOneConnectionAfterTheOther) {
    const WirePeer first{server.port()};
    const WirePeer second{server.port()};
    second.say("version");
    first.say("version");
    EXPECT_THAT(first.hear(), HasSubstr("PROD=Avalon Q"));
    EXPECT_THAT(second.hear(), HasSubstr("PROD=Avalon Q"));
}

TEST_F(CgminerServerTest, IsGoneWithItsMainsAndRestartsIntoWorkWhenTheyReturn) {
    ask("ascset", "0,softoff,1:400");
    house.pass(20);
    house.run([&] { house.house.now().miner_plug.set(false, std::nullopt); });
    house.pass(5);
    EXPECT_EQ(raw("version"), "");
    house.run([&] { house.house.now().miner_plug.set(true, std::nullopt); });
    house.pass(200);
    EXPECT_THAT(bracket(), HasSubstr("Work: In Work"));
    EXPECT_EQ(ask("summary")["SUMMARY"][0]["Elapsed"], 200);
}

TEST_F(CgminerServerTest, ShowsTheFaultsThatItIsOrderedToHave) {
    house.order("broken_json");
    std::string torn_answer = raw("{\"command\":\"estats\"}");
    torn_answer.pop_back();
    EXPECT_FALSE(json::accept(torn_answer));
    EXPECT_THAT(torn_answer, HasSubstr("TMax["));
    house.order("broken_json off");

    house.order("cable_out");
    EXPECT_EQ(raw("version"), "");
    house.order("hang");
    {
        const WirePeer wire{server.port(), 200};
        wire.say("version");
        EXPECT_EQ(wire.hear(), "");
    }
    house.order("cable_in");
    EXPECT_THAT(raw("version"), HasSubstr("Avalon Q"));

    house.order("ignore_stop");
    ask("ascset", "0,softoff,1:400");
    house.pass(60);
    EXPECT_THAT(bracket(), HasSubstr("In Work"));

    house.order("miner_lies");
    EXPECT_THAT(bracket(), HasSubstr("SoftOFF[1]"));
    EXPECT_NEAR(house.run([&] { return house.house.now().miner_plug.power_w(); }), 800, 1);

    house.order("miner_lies off");
    house.order("report miner.temp_c 96");
    EXPECT_THAT(bracket(), HasSubstr("TMax[96]"));
    house.order("freeze miner.elapsed_s");
    const auto elapsed = ask("summary")["SUMMARY"][0]["Elapsed"];
    house.pass(30);
    EXPECT_EQ(ask("summary")["SUMMARY"][0]["Elapsed"], elapsed);
}

}  // namespace
