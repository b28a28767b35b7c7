#include "adapters/mqtt/mqtt_claim.hpp"

#include <gtest/gtest.h>

#include "adapters/mqtt/testing_bus.hpp"
#include "adapters/mqtt/testing_network.hpp"
#include "adapters/test_world.hpp"

using namespace bitgrid;
using namespace bitgrid::adapters;
using ports::Charge;

namespace {

const std::string kTopic = "b/home/controller/claim";

/// Controllers of one site on one network; each has a clock of its own that
/// runs with the others.
class Site : public testing::Test {
protected:
    struct Controller {
        Controller(Site& site, std::string name, ports::Tenure before = {})
            : link{site.network},
              claim{link,
                    site.clock,
                    health,
                    {"b/home", std::move(name)},
                    before,
                    {[this](Charge to) { changes.push_back(to); },
                     [this](const ports::Tenure& tenure, const std::function<void()>& done) {
                         epochs.push_back(tenure.epoch);
                         disk = tenure;
                         done();
                     }}} {}
        RememberingHealth health;
        std::vector<Charge> changes;
        std::vector<std::int64_t> epochs;
        ports::Tenure disk;
        TestLink link;
        MqttClaim claim;
    };
    void pass(std::int64_t ms) {
        for (std::int64_t t = 0; t < ms; t += 50) {
            network.carry();
            clock.advance(50);
        }
        network.carry();
    }
    net::ManualClock clock{core::UnixTime{1'795'420'800'000}};
    TestNetwork network;
};

TEST_F(Site, IsTakenAfterAskingWhetherAnybodyElseHasIt) {
    Controller one{*this, "one"};
    EXPECT_EQ(one.claim.charge(), Charge::Asking);
    pass(2'000);
    EXPECT_EQ(one.claim.charge(), Charge::Asking);
    pass(6'000);
    EXPECT_EQ(one.claim.charge(), Charge::Full);
    EXPECT_EQ(one.changes, std::vector<Charge>{Charge::Full});
    EXPECT_EQ(one.disk, (ports::Tenure{one.claim.epoch(), true, false}))
        << "remembered before it is said";
    EXPECT_GT(one.claim.epoch(), 0);
    EXPECT_NE(network.stored(kTopic).find(R"("controller_id":"one")"), std::string::npos);
}

TEST_F(Site, HasOneControllerAndTheSecondKnowsWithinTwoSecondsAndNeverActs) {
    Controller one{*this, "one"};
    pass(8'000);
    Controller two{*this, "two"};
    pass(2'000);
    EXPECT_EQ(two.claim.charge(), Charge::Watching);
    EXPECT_EQ(two.changes, std::vector<Charge>{Charge::Watching}) << "it never had it";
    EXPECT_EQ(two.health.last().condition, ports::Condition::Error);
    pass(60'000);
    EXPECT_EQ(one.claim.charge(), Charge::Full);
    EXPECT_EQ(two.claim.charge(), Charge::Watching);
    EXPECT_TRUE(one.disk.is_bound) << "it promised to let go";
}

TEST_F(Site, PassesOnAtOnceWithAHigherEpochWhenItsControllerEnds) {
    Controller one{*this, "one"};
    pass(8'000);
    Controller two{*this, "two"};
    pass(5'000);
    one.claim.give_up();
    EXPECT_EQ(one.claim.retired(), (ports::Tenure{one.claim.epoch(), false, false}));
    pass(8'000);
    EXPECT_EQ(two.claim.charge(), Charge::Full);
    EXPECT_GT(two.claim.epoch(), one.claim.epoch());
}

TEST_F(Site, PassesOnAfterTheSilenceOfAControllerThatKnewOfTheOther) {
    auto one = std::make_unique<Controller>(*this, "one");
    pass(8'000);
    Controller two{*this, "two"};
    pass(5'000);
    const std::int64_t epoch = one->claim.epoch();
    one.reset();
    pass(14'000);
    EXPECT_EQ(two.claim.charge(), Charge::Watching);
    pass(10'000);
    EXPECT_EQ(two.claim.charge(), Charge::Full);
    EXPECT_GT(two.claim.epoch(), epoch);
}

TEST_F(Site, IsNotTakenFromASilentOneThatPromisedNothing) {
    auto one = std::make_unique<Controller>(*this, "one");
    pass(8'000);
    one->link.is_up = false;  // it goes on without the broker, and may
    pass(20'000);
    EXPECT_EQ(one->claim.charge(), Charge::Full);
    Controller two{*this, "two"};
    pass(120'000);
    EXPECT_EQ(two.claim.charge(), Charge::Watching);
    EXPECT_NE(two.health.last().reason.find("mosquitto_pub -r -n"), std::string::npos);
    network.publish(kTopic, "", true);
    pass(8'000);
    EXPECT_EQ(two.claim.charge(), Charge::Full) << "a person said that the other is gone";
}

TEST_F(Site, IsLetGoInTimeByOneThatIsCutOffAndKnowsOfAnother) {
    Controller one{*this, "one"};
    pass(8'000);
    Controller two{*this, "two"};
    pass(5'000);
    one.link.is_stalled = true;  // the cable is out, nobody has noticed
    pass(7'000);
    EXPECT_EQ(one.claim.charge(), Charge::Full);
    pass(3'000);
    EXPECT_EQ(one.claim.charge(), Charge::OffOnly);
    EXPECT_EQ(two.claim.charge(), Charge::Watching);
    pass(12'000);
    EXPECT_EQ(two.claim.charge(), Charge::Full);
    one.link.is_stalled = false;  // all that it said meanwhile arrives now
    pass(30'000);
    EXPECT_EQ(one.claim.charge(), Charge::Watching);
    EXPECT_EQ(two.claim.charge(), Charge::Full);
}

TEST_F(Site, StaysOffWhereNobodyCanBeAskedAndItNeverWasOurs) {
    network.is_up = false;
    Controller one{*this, "one"};
    pass(2'000);
    EXPECT_EQ(one.claim.charge(), Charge::Asking);
    pass(60'000);
    EXPECT_EQ(one.claim.charge(), Charge::OffOnly);
    EXPECT_EQ(one.health.last().condition, ports::Condition::Error);
    network.is_up = true;
    pass(8'000);
    EXPECT_EQ(one.claim.charge(), Charge::Full);
}

TEST_F(Site, GoesOnWithoutABrokerWhereItWasOursAlone) {
    network.is_up = false;
    Controller one{*this, "one", {7, true, false}};
    pass(5'000);
    EXPECT_EQ(one.claim.charge(), Charge::Full);
    EXPECT_EQ(one.claim.epoch(), 7);
    EXPECT_EQ(one.health.last().condition, ports::Condition::Warn);
}

TEST_F(Site, IsOnlyWatchedWithoutABrokerWhereAnotherOneHadIt) {
    network.is_up = false;
    Controller watcher{*this, "watcher", {7, false, false}};
    Controller bound{*this, "bound", {6, true, true}};
    pass(60'000);
    EXPECT_EQ(watcher.claim.charge(), Charge::Watching);
    EXPECT_EQ(bound.claim.charge(), Charge::OffOnly);
}

// The first one had the site, unheard by the second, and is cut off; what the
// broker knew is gone.
TEST_F(Site, HasAHigherEpochThoughNobodyIsLeftToSayWhatTheLastOneWas) {
    Controller one{*this, "one", {9'000'163, false, true}};
    Controller two{*this, "two", {9'000'163, false, true}};
    two.link.is_up = false;
    pass(30'000);
    ASSERT_EQ(one.claim.charge(), Charge::Full);
    one.link.is_up = false;
    network.forget();
    two.link.is_up = true;
    pass(30'000);
    ASSERT_EQ(two.claim.charge(), Charge::Full);
    EXPECT_GT(two.claim.epoch(), one.claim.epoch());
    one.link.is_up = true;
    pass(30'000);
    EXPECT_EQ(two.claim.charge(), Charge::Full) << "who comes back does not interrupt it";
    EXPECT_EQ(one.claim.charge(), Charge::Watching);
}

TEST_F(Site, CountsOnWhereItsClockIsBehindAndDoesNotBelieveAnAbsurdOne) {
    const std::int64_t ahead = 4'000'000'000'163;
    Controller behind{*this, "one", {ahead, false, false}};
    pass(8'000);
    EXPECT_GT(behind.claim.epoch(), ahead);
    EXPECT_LT(behind.claim.epoch(), ahead + 2'000);
    behind.claim.give_up();
    clock.jump_wall(600'000'000'000'000);  // some 19,000 years
    Controller absurd{*this, "two"};
    pass(8'000);
    EXPECT_EQ(absurd.claim.charge(), Charge::Full);
    EXPECT_LT(absurd.claim.epoch(), ahead + 4'000);
}

TEST_F(Site, IsNotMovedByNonsenseOrAnAbsurdEpoch) {
    Controller one{*this, "one"};
    pass(8'000);
    for (const char* payload :
         {"x", "[]", "{}", R"({"controller_id":7})", R"({"controller_id":"z","epoch":-1})",
          R"({"controller_id":"z","epoch":9223372036854775807})",
          R"({"controller_id":"z","epoch":1e300})", R"({"controller_id":"z","epoch":"2"})"})
        network.publish(kTopic, payload, false);
    pass(1'000);
    EXPECT_EQ(one.claim.charge(), Charge::Full);
    EXPECT_EQ(one.health.rejects.size(), 8u);
}

TEST_F(Site, BelongsToOneWhenTwoClaimItInTheSameMoment) {
    Controller one{*this, "one"};
    Controller two{*this, "two"};
    pass(60'000);
    const int full =
        (one.claim.charge() == Charge::Full ? 1 : 0) + (two.claim.charge() == Charge::Full ? 1 : 0);
    EXPECT_EQ(full, 1);
}

// Whatever the network does to three controllers, no two ever have the site,
// and each take-over has an epoch of its own.
TEST_F(Site, NeverHasTwoControllersHoweverTheNetworkIsCut) {
    std::uint64_t random = 20'261'125;
    const auto below = [&random](std::uint64_t n) {
        random = random * 6'364'136'223'846'793'005ULL + 1'442'695'040'888'963'407ULL;
        return (random >> 33) % n;
    };
    std::vector<std::unique_ptr<Controller>> all;
    for (const char* name : {"one", "two", "three"})
        all.push_back(std::make_unique<Controller>(*this, name));
    pass(40'000);
    int toggles = 0, taken = 0;
    const Controller* holder = nullptr;
    std::int64_t newest = 0;
    while (toggles < 400) {
        Controller& some = *all[below(all.size())];
        switch (below(8)) {
            case 0:
                network.is_up = !network.is_up;
                break;
            case 1:
                network.forget();
                break;
            case 2:
            case 3:
                some.link.is_up = !some.link.is_up;
                break;
            default:
                some.link.is_stalled = !some.link.is_stalled;
        }
        ++toggles;
        // Mostly long enough for a take-over, so that there is something to get
        // wrong.
        for (std::uint64_t i = 0, steps = 1 + below(700); i < steps; ++i) {
            pass(50);
            const Controller* now = nullptr;
            for (const auto& one : all) {
                if (one->claim.charge() != Charge::Full) continue;
                ASSERT_EQ(now, nullptr) << "two after " << toggles << " toggles";
                now = one.get();
            }
            if (now == nullptr || now == holder) continue;
            ASSERT_GT(now->claim.epoch(), newest) << "after " << toggles << " toggles";
            newest = now->claim.epoch();
            holder = now;
            ++taken;
        }
    }
    EXPECT_GT(taken, 10);
    network.is_up = true;
    for (const auto& one : all) one->link.is_up = !(one->link.is_stalled = false);
    pass(60'000);
    int full = 0;
    for (const auto& one : all) full += one->claim.charge() == Charge::Full ? 1 : 0;
    EXPECT_EQ(full, 1) << "when all is well again, one has it";
}

}  // namespace
