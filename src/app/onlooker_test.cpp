#include "app/onlooker.hpp"

#include <gtest/gtest.h>

#include "adapters/test_world.hpp"

using namespace bitgrid;
using core::Signal;

namespace {

class OnlookerTest : public ::testing::Test {
protected:
    void order(core::Target target, double watts) {
        onlooker.driver_of(0).command({"a", target, core::Watts{watts}, 30'000, false},
                                      [this](core::Result<void> done) { answers += done ? 1 : 0; });
    }
    core::Config config;
    adapters::RememberingSignals engine;
    app::Onlooker onlooker{engine, config};
    int answers{0};
};

TEST_F(OnlookerTest, SeesTheHouseAsIfItsOwnOrdersHadBeenCarriedOut) {
    onlooker.measured({Signal::LoadPower, "miner", 1'674});
    onlooker.measured({Signal::GridExport, "", 0});
    onlooker.measured({Signal::GridImport, "", 500});
    EXPECT_EQ(engine.last(Signal::LoadPower, "miner"), 0) << "it has ordered nothing";
    EXPECT_EQ(engine.last(Signal::GridImport), 0);
    EXPECT_EQ(engine.last(Signal::GridExport), 1'174) << "without the load it would be fed in";
    order(core::kEco, 800);
    EXPECT_EQ(answers, 1);
    onlooker.measured({Signal::LoadPower, "miner", 1'674});
    onlooker.measured({Signal::GridImport, "", 500});
    EXPECT_EQ(engine.last(Signal::LoadPower, "miner"), 800);
    EXPECT_EQ(engine.last(Signal::GridExport), 374);
}

TEST_F(OnlookerTest, TakesWhatDoesNotDependOnItsOrdersAsItIs) {
    onlooker.measured({Signal::LoadTemp, "miner", 71});
    onlooker.measured({Signal::PvPower, "", 4'000});
    onlooker.measured({Signal::LoadHashrate, "miner", 90});
    onlooker.alive("miner");
    EXPECT_EQ(engine.last(Signal::LoadTemp, "miner"), 71);
    EXPECT_EQ(engine.last(Signal::PvPower), 4'000);
    EXPECT_FALSE(engine.last(Signal::LoadHashrate, "miner"));
    EXPECT_EQ(engine.signs_of_life["miner"], 1);
}

}  // namespace
