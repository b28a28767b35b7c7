#include "wire/minutes_json.hpp"

#include <gtest/gtest.h>

#include "core/sample_home.hpp"
#include "wire/event_json.hpp"

using namespace bitgrid;
using core::sample::Home;
using core::sample::kTenOClock;
using Json = nlohmann::json;

namespace {

constexpr std::int64_t kOneMinuteMs = 60'000;

// Two minutes as the journal would have them: through their canonical text.
Json two_minutes(std::size_t loads) {
    Home home{loads};
    core::MinutesMeasured measured{core::block_of(kTenOClock, 600'000), {}};
    for (int i = 1; i <= 2; ++i) {
        home.pv(1000.0 / 3 + i).grid_import(0);
        home.state.time = kTenOClock + i * kOneMinuteMs;
        measured.minutes.push_back(home.state);
    }
    if (loads > 0) measured.minutes[1].loads[0].power = {};
    return Json::parse(
        wire::event_json({kTenOClock + 10 * kOneMinuteMs, measured}, home.config).dump());
}

TEST(Minutes, BecomeARowForEachMinuteAndLoad) {
    const auto rows = wire::rows_of_minutes(two_minutes(2), 9);
    ASSERT_TRUE(rows) << rows.error().what;
    ASSERT_EQ(rows->size(), 4U);
    const wire::StateRow& first = rows->front();
    EXPECT_EQ(first.seq, 9);
    EXPECT_EQ(first.time, kTenOClock + kOneMinuteMs);
    EXPECT_EQ(first.block_id, kTenOClock.ms / 600'000);
    EXPECT_EQ(first.trigger, "MINUTE");
    EXPECT_EQ(first.load_id, "miner1");
    EXPECT_EQ(first.mean_over_s, 60);
    EXPECT_EQ(first.pv_power_w, 334.333) << "rounded to a thousandth";
    EXPECT_EQ(first.grid_import_w, 0);
    EXPECT_EQ(first.grid_export_w, std::nullopt);
    EXPECT_EQ(first.battery_soc_pct, 80);
    EXPECT_EQ(first.load_power_w, 0);
    EXPECT_EQ(first.load_temp_c, 60);
    EXPECT_EQ((*rows)[1].load_power_w, std::nullopt);
    EXPECT_EQ((*rows)[1].time, kTenOClock + 2 * kOneMinuteMs);
    EXPECT_EQ((*rows)[3].load_id, "miner2");
}

TEST(Minutes, AreKeptOfAHouseWithoutLoads) {
    const auto rows = wire::rows_of_minutes(two_minutes(0), 9);
    ASSERT_TRUE(rows) << rows.error().what;
    ASSERT_EQ(rows->size(), 2U);
    EXPECT_EQ(rows->front().load_id, "");
    EXPECT_EQ(rows->front().house_load_w, 500);
}

TEST(Minutes, LeaveAColumnOutThatKnowsNothing) {
    const Json json = two_minutes(1);
    EXPECT_FALSE(json.contains("grid_export_w"));
    EXPECT_FALSE(json["loads"]["miner1"].contains("hashrate_ths"));
    EXPECT_EQ(json["loads"]["miner1"]["power_w"], (Json{0, nullptr}));
}

TEST(Minutes, NameWhatADamagedRecordLacks) {
    const Json good = two_minutes(1);
    const auto fault = [&](const char* pointer, const Json& value) {
        Json json = good;
        json[Json::json_pointer{pointer}] = value;
        const auto rows = wire::rows_of_minutes(json, 1);
        return rows ? std::string{"none"} : rows.error().what;
    };
    const std::string begin = "event MinutesMeasured: no valid ";
    EXPECT_EQ(fault("/minute_ends", Json::array()), begin + "\"minute_ends\"");
    EXPECT_EQ(fault("/minute_ends", Json(61, "2026-06-15T10:00Z")), begin + "\"minute_ends\"");
    EXPECT_EQ(fault("/minute_ends/0", "noon"), begin + "\"minute_ends\"");
    EXPECT_EQ(fault("/block_id", -1), begin + "\"block_id\"");
    EXPECT_EQ(fault("/block_id", 18'446'744'073'709'551'615u), begin + "\"block_id\"");
    EXPECT_EQ(fault("/pv_power_w", {1}), begin + "\"pv_power_w\"");
    EXPECT_EQ(fault("/pv_power_w/0", "much"), begin + "\"pv_power_w\"");
    EXPECT_EQ(fault("/loads", nullptr), begin + "\"loads\"");
    EXPECT_EQ(fault("/loads/miner1/expected_on/0", 1), begin + "\"loads/miner1/expected_on\"");
    EXPECT_EQ(fault("/loads/miner1/temp_c", 60), begin + "\"loads/miner1/temp_c\"");
    EXPECT_EQ(wire::rows_of_minutes({{"type", "Started"}}, 1).error().code,
              core::ErrorCode::BadInput);
}

}  // namespace
