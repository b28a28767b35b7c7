#include "app/recorded_config.hpp"

#include <gmock/gmock.h>

#include "app/shown_config.hpp"
#include "ops/config_hash.hpp"

using namespace bitgrid;
using app::recorded_config;
using nlohmann::json;
using testing::HasSubstr;

namespace {

app::Installation a_house() {
    app::Installation all;
    all.config.site.time_zone = "Europe/Vienna";
    all.config.rules.surplus_min = core::Kilowatts{5.0 / 3};
    all.config.rules.min_pause_blocks = 7;
    all.config.rules.price_max.reset();
    core::LoadConfig rod;
    rod.id = "rod";
    rod.name = "Boiler \"Süd\" #1: ja";
    rod.kind = core::LoadKind::Heater;
    rod.full_w = core::Watts{2'500.5};
    all.config.loads = {core::LoadConfig{}, rod};
    all.api.tokens = {"phone:operator:" + std::string(64, 'a')};
    return all;
}

// As the journal has it.
json event_of(const app::Installation& all) {
    return {{"type", "ConfigLoaded"},
            {"version", ops::config_version(all.config)},
            {"config", app::shown_config(all).dump()}};
}

TEST(RecordedConfig, IsTheOneThatWasInForce) {
    const app::Installation all = a_house();
    const auto back = recorded_config(event_of(all).dump());
    ASSERT_TRUE(back) << back.error().what;
    EXPECT_EQ(back->config, all.config);
    EXPECT_EQ(back->version, ops::config_version(all.config));
}

TEST(RecordedConfig, IsRefusedWhereItIsNotTheOneThatItIsSaidToBe) {
    json event = event_of(a_house());
    event["version"] = std::string(64, '0');
    EXPECT_THAT(recorded_config(event.dump()).error().what, HasSubstr("000000000000"));
}

TEST(RecordedConfig, IsRefusedWhereItIsDamaged) {
    const json event = event_of(a_house());
    const auto fault = [](const json& json) {
        const auto back = recorded_config(json.dump());
        return back ? std::string{"taken"} : back.error().what;
    };
    for (const char* key : {"version", "config"}) {
        json without = event;
        without.erase(key);
        EXPECT_THAT(fault(without), HasSubstr("lacks")) << key;
    }
    json cut = event;
    cut["config"] = event["config"].get<std::string>().substr(0, 200);
    EXPECT_NE(fault(cut), "taken");
    json absurd = event;
    json files = json::parse(event["config"].get<std::string>());
    files["rules.yaml"]["surplus_min_kw"] = "much";
    absurd["config"] = files.dump();
    EXPECT_NE(fault(absurd), "taken");
    for (const json& other : {json(nullptr), json(7), json::array(), json("text")})
        EXPECT_NE(fault(other), "taken") << other;
}

}  // namespace
