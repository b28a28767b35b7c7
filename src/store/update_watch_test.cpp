#include "store/update_watch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "store/test_bench.hpp"
#include "wire/update_json.hpp"

using namespace bitgrid;
using namespace bitgrid::store;
using testing::HasSubstr;
using wire::UpdateOutcome;
using wire::UpdateStep;

namespace {

constexpr core::UnixTime kThen{1'781'517'600'000};
constexpr std::int64_t kHourMs = 3'600'000;

void leave(const TempFolder& folder, UpdateStep step, UpdateOutcome outcome) {
    wire::UpdateState state;
    state.step = step;
    state.outcome = outcome;
    state.from = "1.0.0";
    state.to = "1.1.0";
    state.began = state.ended = kThen;
    state.why = "it never got ready";
    std::ofstream{folder.path() + "/update.json"} << wire::update_json(state).dump();
}

TEST(UpdateWatch, IsSilentWithoutAnUpdateAndAfterAGoodOne) {
    const TempFolder folder;
    const UpdateWatch watch{folder.path()};
    EXPECT_EQ(watch.look(kThen).words, "");
    leave(folder, UpdateStep::Watching, UpdateOutcome::Done);
    EXPECT_EQ(watch.look(kThen).words, "");
    leave(folder, UpdateStep::Replaying, UpdateOutcome::GivenUp);
    EXPECT_EQ(watch.look(kThen + 100 * kHourMs).words, "");
}

TEST(UpdateWatch, TellsForAWeekOfOneThatWasTakenBack) {
    const TempFolder folder;
    const UpdateWatch watch{folder.path()};
    leave(folder, UpdateStep::Returning, UpdateOutcome::Returned);
    EXPECT_THAT(watch.look(kThen + kHourMs).words, HasSubstr("it never got ready"));
    EXPECT_STREQ(watch.look(kThen).code, "UPDATE_RETURNED");
    EXPECT_EQ(watch.look(kThen + 8 * 24 * kHourMs).words, "");
}

TEST(UpdateWatch, TellsOfOneThatStandsStill) {
    const TempFolder folder;
    const UpdateWatch watch{folder.path()};
    leave(folder, UpdateStep::Watching, UpdateOutcome::UnderWay);
    EXPECT_EQ(watch.look(kThen + kHourMs).words, "");
    EXPECT_STREQ(watch.look(kThen + 25 * kHourMs).code, "UPDATE_UNFINISHED");
}

TEST(UpdateWatch, IsNotDisturbedByWhatItCannotRead) {
    const TempFolder folder;
    std::ofstream{folder.path() + "/update.json"} << "{\"schema\":\"update-state/9\"";
    EXPECT_EQ(UpdateWatch{folder.path()}.look(kThen).words, "");
}

TEST(UpdateState, ComesBackAsItWasWritten) {
    wire::UpdateState state;
    state.step = UpdateStep::Saving;
    state.outcome = UpdateOutcome::Returned;
    state.from = "1.0.0";
    state.to = "1.1.0";
    state.began = kThen;
    state.ended = kThen + kHourMs;
    state.why = "why";
    state.backup = "/b";
    state.last_event = 7;
    state.was_ready = state.is_held = true;
    state.errors = {"device/miner"};
    state.down_ms = 1;
    state.took_ms = {1, 2};
    const auto read = wire::update_from_json(wire::update_json(state));
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, state);
    auto json = wire::update_json(state);
    json["step"] = "flying";
    EXPECT_THAT(wire::update_from_json(json).error().what, HasSubstr("\"step\""));
}

}  // namespace
