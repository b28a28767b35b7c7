// The drill against a house that answers as a controller does, or does not: what it finds, and how
// it leaves things where something is wrong.
#include "app/drill.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "app/drill_report.hpp"
#include "ops/scratch_folder.hpp"
#include "wire/bounded_json.hpp"
#include "wire/time_text.hpp"

using namespace bitgrid;
using Json = nlohmann::json;
using app::DrillHouse;
using core::DrillCheck;
using core::DrillResult;

namespace {

/// A controller with one load, in which time passes by being looked at.
struct FakeHouse {
    bool obeys{true}, has_relay{true}, relay_opens{true}, is_renewed{true}, has_guard{false};
    bool is_ready{true}, is_locked{false};
    int answers_left{100'000};

    bool is_emergency{false}, is_wished{false}, is_on{false};
    double now_s{1'781'517'600}, dead_man_s{120};
    std::vector<std::string> asked;

    core::Result<DrillHouse::Answer> ask(const std::string& method, const std::string& path) {
        if (--answers_left < 0) return core::Error{core::ErrorCode::Unreachable, "gone"};
        if (method != "GET") asked.push_back(method + " " + path);
        if (path == "/override") is_wished = is_on = true;
        if (path == "/override/miner") is_wished = false;
        if (path == "/emergency-stop") is_emergency = true;
        if (path == "/safety/ack") is_emergency = false;
        if (is_emergency && obeys) is_on = false;
        return DrillHouse::Answer{200, method == "GET" ? state() : Json{{"accepted", true}}};
    }
    Json state() const {
        Json parts = Json::array();
        if (has_guard) parts.push_back({{"part", "guard"}, {"status", "ok"}});
        const Json load{{"id", "miner"},
                        {"running", is_on},
                        {"confirmation", "confirmed"},
                        {"relay", has_relay},
                        {"relay_closed", has_relay ? Json(is_on || !relay_opens) : Json{}},
                        {"dead_man_left_s", has_relay && is_on ? Json(dead_man_s) : Json{}},
                        {"override", is_wished ? Json::object() : Json{}},
                        {"lockout", is_locked ? Json::object() : Json{}}};
        return {{"time", wire::time_text({static_cast<std::int64_t>(now_s * 1000)})},
                {"ready", is_ready},
                {"emergency", is_emergency},
                {"loads", {load}},
                {"health", {{"parts", parts}}}};
    }
    bool pause(double seconds) {
        now_s += seconds;
        dead_man_s -= seconds;
        if (dead_man_s < 80 && is_renewed) dead_man_s = 120;
        return true;
    }
    DrillHouse house() {
        DrillHouse h;
        h.ask = [this](const std::string& method, const std::string& path, const Json&) {
            return ask(method, path);
        };
        h.pause = [this](double seconds) { return pause(seconds); };
        return h;
    }
};

DrillResult result_of(const app::DrillOutcome& outcome, DrillCheck check) {
    for (const core::DrillStep& step : outcome.report.steps)
        if (step.check == check) return step.result;
    return DrillResult::Skipped;
}

TEST(Drill, PassesAHouseThatHoldsAndGivesItBack) {
    FakeHouse fake;
    const auto outcome = app::drill(fake.house(), "miner");
    EXPECT_TRUE(outcome.report.is_passed) << outcome.trouble;
    for (const DrillCheck check :
         {DrillCheck::StartConfirmed, DrillCheck::RelayClosed, DrillCheck::DeadManArmed,
          DrillCheck::DeadManRenewed, DrillCheck::StopConfirmed, DrillCheck::RelayOpen,
          DrillCheck::Released})
        EXPECT_EQ(result_of(outcome, check), DrillResult::Passed) << static_cast<int>(check);
    EXPECT_EQ(result_of(outcome, DrillCheck::GuardArmed), DrillResult::Skipped);
    EXPECT_FALSE(fake.is_emergency);
    EXPECT_FALSE(fake.is_wished);
    EXPECT_FALSE(fake.is_on);
}

TEST(Drill, LeavesTheEmergencyStopPressedWhereTheLoadRunsOn) {
    FakeHouse fake;
    fake.obeys = false;
    const auto outcome = app::drill(fake.house(), "miner");
    EXPECT_FALSE(outcome.report.is_passed);
    EXPECT_EQ(outcome.trouble, "NOT_STOPPED");
    EXPECT_EQ(result_of(outcome, DrillCheck::StopConfirmed), DrillResult::Failed);
    EXPECT_TRUE(fake.is_emergency);
}

TEST(Drill, FailsARelayThatSticksAndADeadManThatNobodyRenews) {
    FakeHouse sticking;
    sticking.relay_opens = false;
    EXPECT_EQ(result_of(app::drill(sticking.house(), "miner"), DrillCheck::RelayOpen),
              DrillResult::Failed);
    FakeHouse forgotten;
    forgotten.is_renewed = false;
    const auto outcome = app::drill(forgotten.house(), "miner");
    EXPECT_EQ(result_of(outcome, DrillCheck::DeadManRenewed), DrillResult::Failed);
    EXPECT_FALSE(outcome.report.is_passed);
}

TEST(Drill, SkipsWhatIsNotThereAndStillTestsTheRest) {
    FakeHouse fake;
    fake.has_relay = false;
    fake.has_guard = true;
    const auto outcome = app::drill(fake.house(), "miner");
    EXPECT_TRUE(outcome.report.is_passed);
    EXPECT_EQ(result_of(outcome, DrillCheck::RelayOpen), DrillResult::Skipped);
    EXPECT_EQ(result_of(outcome, DrillCheck::GuardArmed), DrillResult::Passed);
}

TEST(Drill, SwitchesNothingInAHouseThatIsHeldOffOrNotReady) {
    FakeHouse held;
    held.is_emergency = true;
    FakeHouse locked;
    locked.is_locked = true;
    FakeHouse early;
    early.is_ready = false;
    for (FakeHouse* fake : {&held, &locked, &early}) {
        const auto outcome = app::drill(fake->house(), "miner");
        EXPECT_FALSE(outcome.report.is_passed);
        EXPECT_FALSE(outcome.trouble.empty());
        EXPECT_TRUE(fake->asked.empty());
    }
    EXPECT_EQ(app::drill(FakeHouse{}.house(), "sauna").trouble, "UNKNOWN_LOAD");
}

TEST(Drill, SwitchesOffFirstWhereThePersonEndsIt) {
    FakeHouse fake;
    DrillHouse house = fake.house();
    house.pause = [](double) { return false; };
    const auto outcome = app::drill(house, "miner");
    EXPECT_EQ(outcome.trouble, "INTERRUPTED");
    EXPECT_TRUE(fake.is_emergency);
    EXPECT_FALSE(fake.is_on);
}

TEST(Drill, SaysWhereItCouldNotSwitchOffAnyMore) {
    FakeHouse fake;
    fake.answers_left = 12;
    const auto outcome = app::drill(fake.house(), "miner");
    EXPECT_EQ(outcome.trouble, "LEFT_RUNNING");
    EXPECT_FALSE(outcome.report.is_passed);
}

TEST(Drill, IsWrittenForPeopleAndForPrograms) {
    const ops::ScratchFolder folder;
    FakeHouse fake;
    const app::DrillPaper paper{core::UnixTime{1'781'517'600'000}, "http://house", "Passed.\n",
                                app::drill(fake.house(), "miner")};
    const auto path = app::write_drill(folder.path().string() + "/data/drill", paper);
    ASSERT_TRUE(path) << path.error().what;
    EXPECT_NE(path->find("drill-20260615T100000Z"), std::string::npos);
    std::ifstream file{*path + ".json"};
    const Json json = Json::parse(file);
    EXPECT_EQ(json["passed"], true);
    EXPECT_EQ(json["simulated"], false);
    EXPECT_EQ(json["time"], "2026-06-15T10:00:00.000Z");
    std::ifstream words{*path + ".txt"};
    const std::string told{std::istreambuf_iterator<char>{words}, {}};
    EXPECT_EQ(told, "2026-06-15T10:00:00.000Z\nPassed.\n");
}

}  // namespace
