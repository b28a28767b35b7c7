#include "engine/testing_house.hpp"

using namespace bitgrid;
using namespace bitgrid::engine::testing;

namespace {

/// Remembers every proof of life.
struct Witness final : ports::Lifesign {
    void cycle_completed(const ports::Cycle& cycle) override { cycles.push_back(cycle); }
    std::vector<ports::Cycle> cycles;
};

struct ToldGuard final : ports::Guard {
    ports::GuardView look() const override { return view; }
    ports::GuardView view;
};

class HouseWithGuard : public House {
protected:
    HouseWithGuard() {
        engine->prove_life_to(witness);
        engine->heed(guard);
        guard.view.state = ports::GuardState::Armed;
    }
    void hold(bool is_holding) {
        guard.view.state = is_holding ? ports::GuardState::Holding : ports::GuardState::Armed;
        guard.view.forbids_loads = is_holding;
    }

    Witness witness;
    ToldGuard guard;
};

TEST_F(HouseWithGuard, ProvesItsLifeWithEachCompletedCycleAndNothingElse) {
    live(10'000);
    ASSERT_EQ(witness.cycles.size(), 10u);
    EXPECT_EQ(witness.cycles.back().number, 10u);
    EXPECT_TRUE(witness.cycles.back().has_ordered_off);
    report();
    EXPECT_EQ(witness.cycles.size(), 10u) << "a measurement is no cycle";
    live_until_started();
    EXPECT_FALSE(witness.cycles.back().has_ordered_off);
    EXPECT_FALSE(witness.cycles.back().is_last);
}

TEST_F(HouseWithGuard, LivesOnWithASilentJournal) {
    journal.mood = engine::fake::Journal::Mood::KeepsSilent;
    live(30'000);
    EXPECT_EQ(witness.cycles.size(), 30u) << "a hanging disk is no hanging controller";
}

TEST_F(HouseWithGuard, SaysWithItsLastCycleThatEveryLoadIsOff) {
    live_until_started();
    engine->shut_down(10'000, nullptr);
    live(7'000);  // off is shown by what is measured after the order
    ASSERT_TRUE(witness.cycles.back().is_last);
    EXPECT_TRUE(witness.cycles.back().is_confirmed_off);
    const auto cycles = witness.cycles.size();
    live(5'000);
    EXPECT_EQ(witness.cycles.size(), cycles);
}

TEST_F(HouseWithGuard, SaysSoTooWhereALoadDoesNotStop) {
    live_until_started();
    welded = true;
    engine->shut_down(8'000, nullptr);
    live(10'000);
    ASSERT_TRUE(witness.cycles.back().is_last);
    EXPECT_TRUE(witness.cycles.back().has_ordered_off);
    EXPECT_FALSE(witness.cycles.back().is_confirmed_off);
}

TEST_F(HouseWithGuard, RunsAndStartsNothingWhileTheGuardHolds) {
    live_until_started();
    hold(true);
    live(2'000);
    EXPECT_EQ(miner.last(), core::kOff);
    EXPECT_EQ(rod.last(), core::kOff);
    EXPECT_EQ(last_code(0), Code::Stop_R3_SHUTDOWN);
    EXPECT_EQ(health_of("guard"), core::HealthLevel::Warn);
    std::string code;
    engine->control().set_override(
        {"miner", core::OverrideAction::Start, {}, 30, true, "", "phone"},
        [&](const ports::Reply& reply) { code = reply.code; });
    EXPECT_EQ(code, "REJECTED_R3_SHUTDOWN");
    live(2 * kBlock);
    EXPECT_EQ(miner.last(), core::kOff);
    hold(false);
    live(4 * kBlock);
    EXPECT_EQ(miner.last(), core::kFull) << "and goes on when it lets go";
    EXPECT_EQ(health_of("guard"), core::HealthLevel::Ok);
}

TEST_F(HouseWithGuard, OnlyWarnsWhereTheGuardIsGone) {
    live_until_started();
    guard.view.state = ports::GuardState::Missing;
    live(10'000);
    EXPECT_EQ(miner.last(), core::kFull);
    EXPECT_EQ(health_of("guard"), core::HealthLevel::Warn);
    EXPECT_EQ(engine->look().guard.state, ports::GuardState::Missing);
}

}  // namespace
