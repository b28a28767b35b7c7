#include "guard/lease_watch.hpp"

#include <gtest/gtest.h>

using namespace bitgrid;
using guard::Lapse;
using guard::LeaseState;

namespace {

constexpr const char* kOne = "0000000000000001";
constexpr const char* kOther = "0000000000000002";

/// A guard that looks five times a second, and controllers that renew once a second.
class Watch : public ::testing::Test {
protected:
    void pass(std::int64_t ms) {
        for (std::int64_t t = 0; t < ms; t += 200) {
            now = now + 200;
            watch.look(now);
        }
    }
    void renew(const char* instance = kOne, bool has_ordered_off = true) {
        watch.take({instance, ++cycle, has_ordered_off, false, ""}, now, may_let_go);
    }
    void renew_for(std::int64_t ms, const char* instance = kOne, bool has_ordered_off = true) {
        for (std::int64_t t = 0; t < ms; t += 1'000) {
            pass(1'000);
            renew(instance, has_ordered_off);
        }
    }
    void lapse() {
        renew();
        pass(4'000);
        ASSERT_EQ(watch.state(), LeaseState::Holding);
    }

    core::MonoTime now{5'000'000};
    guard::LeaseWatch watch{now};
    std::uint64_t cycle{0};
    bool may_let_go{true};
};

TEST_F(Watch, GivesAControllerOneLeaseOfTimeToShowItself) {
    pass(2'800);
    EXPECT_EQ(watch.state(), LeaseState::Waiting);
    pass(200);
    EXPECT_EQ(watch.state(), LeaseState::Holding);
    EXPECT_EQ(watch.lapse(), Lapse::NeverThere);
}

TEST_F(Watch, LeavesARunningHouseAloneWhereItComesLate) {
    pass(1'000);
    renew(kOne, false);
    EXPECT_EQ(watch.state(), LeaseState::Armed);
    renew_for(60'000, kOne, false);
    EXPECT_EQ(watch.state(), LeaseState::Armed);
}

TEST_F(Watch, HoldsThreeSecondsAfterTheLastRenewal) {
    renew();
    pass(2'800);
    EXPECT_EQ(watch.state(), LeaseState::Armed);
    pass(200);
    EXPECT_EQ(watch.state(), LeaseState::Holding);
    EXPECT_EQ(watch.lapse(), Lapse::Lapsed);
}

TEST_F(Watch, IsNotRenewedByAnOldCycle) {
    renew();
    for (int i = 0; i < 15; ++i) {
        pass(200);
        watch.take({kOne, cycle, true, false, ""}, now, true);
    }
    EXPECT_EQ(watch.state(), LeaseState::Holding) << "a stuck sender that repeats itself";
}

TEST_F(Watch, IsNotRenewedByAnotherRun) {
    renew(kOne);
    renew_for(3'000, kOther);
    EXPECT_EQ(watch.state(), LeaseState::Holding);
    EXPECT_FALSE(watch.is_held_by(kOther));
}

TEST_F(Watch, LetsGoAfterTenSecondsWithoutAGap) {
    lapse();
    renew();
    renew_for(9'000);
    EXPECT_EQ(watch.state(), LeaseState::Holding);
    EXPECT_EQ(watch.proof_left_ms(now), 1'000);
    renew_for(1'000);
    EXPECT_EQ(watch.state(), LeaseState::Armed);
    EXPECT_TRUE(watch.is_held_by(kOne));
}

TEST_F(Watch, BeginsTheProofAnewAfterAGap) {
    lapse();
    renew();
    renew_for(8'000);
    pass(3'000);
    EXPECT_EQ(watch.proof_left_ms(now), 10'000);
    renew();
    renew_for(9'000);
    EXPECT_EQ(watch.state(), LeaseState::Holding);
    renew_for(1'000);
    EXPECT_EQ(watch.state(), LeaseState::Armed);
}

TEST_F(Watch, TakesNoProofFromAControllerThatStillWantsALoadOn) {
    lapse();
    renew_for(30'000, kOne, false);
    EXPECT_EQ(watch.state(), LeaseState::Holding);
    renew_for(10'000);
    EXPECT_EQ(watch.state(), LeaseState::Armed);
}

TEST_F(Watch, TakesNoProofOfTwoRunsTogether) {
    lapse();
    for (int i = 0; i < 20; ++i) {
        renew_for(1'000, kOne);
        renew_for(1'000, kOther);
    }
    EXPECT_EQ(watch.state(), LeaseState::Holding);
}

TEST_F(Watch, DoesNotLetGoWhileALoadStandsAgainstIt) {
    may_let_go = false;
    lapse();
    renew_for(30'000);
    EXPECT_EQ(watch.state(), LeaseState::Holding);
    may_let_go = true;
    renew_for(1'000);
    EXPECT_EQ(watch.state(), LeaseState::Armed);
}

TEST_F(Watch, KeepsWatchAfterAGoodbye) {
    renew();
    watch.take({kOne, ++cycle, true, true, ""}, now, true);
    EXPECT_EQ(watch.state(), LeaseState::Holding);
    EXPECT_EQ(watch.lapse(), Lapse::Goodbye);
    renew(kOther);
    renew_for(10'000, kOther);
    EXPECT_EQ(watch.state(), LeaseState::Armed) << "the next run proves itself";
}

TEST_F(Watch, ReadsFirstWhatCameWhileItWasStalledItself) {
    renew();
    now = now + 20'000;  // stopped, and so was its reading
    watch.look(now);
    EXPECT_EQ(watch.state(), LeaseState::Armed);
    pass(800);
    renew();
    pass(2'000);
    EXPECT_EQ(watch.state(), LeaseState::Armed);
}

TEST_F(Watch, WaitsOnlyOnceWhereItIsAlwaysLate) {
    renew();
    for (int i = 0; i < 4; ++i) {
        now = now + 1'500;
        watch.look(now);
    }
    EXPECT_EQ(watch.state(), LeaseState::Holding);
}

}  // namespace
