#include "guard/guard.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <map>

using namespace bitgrid;

namespace {

constexpr const char* kRun = "00000000000000aa";
constexpr const char* kConfig = "00000000000000cc";

/// A clock that is moved by hand.
class Clock final : public ports::Clock {
public:
    core::UnixTime wall() const override { return {mono_.ms}; }
    core::MonoTime mono() const override { return mono_; }
    std::unique_ptr<ports::Timer> after(std::int64_t ms, std::function<void()> call) override {
        entries_.emplace(mono_.ms + ms, std::make_shared<std::function<void()>>(std::move(call)));
        return std::make_unique<Handle>(*this, std::prev(entries_.upper_bound(mono_.ms + ms)));
    }
    void advance(std::int64_t ms) {
        const std::int64_t end = mono_.ms + ms;
        while (!entries_.empty() && entries_.begin()->first <= end) {
            mono_.ms = entries_.begin()->first;
            const auto call = *entries_.begin()->second;
            *entries_.begin()->second = nullptr;
            entries_.erase(entries_.begin());
            if (call) call();
        }
        mono_.ms = end;
    }

private:
    using Entries = std::multimap<std::int64_t, std::shared_ptr<std::function<void()>>>;
    struct Handle final : ports::Timer {
        Handle(Clock&, Entries::iterator e) : call{e->second} {}
        ~Handle() override { *call = nullptr; }
        std::shared_ptr<std::function<void()>> call;
    };
    core::MonoTime mono_{1'000'000};
    Entries entries_;
};

/// A load with its own ideas.
struct Driver final : ports::LoadDriver {
    void command(const ports::Command& c, ports::CommandDone done) override {
        commands.push_back(c);
        if (is_silent) return waiting.push_back(std::move(done));
        if (!answers) return done(core::Error{core::ErrorCode::Unreachable, "no answer"});
        if (obeys) watts = 3;
        done({});
    }
    void renew(const ports::Command&) override { ADD_FAILURE() << "a guard renews nothing"; }

    bool answers{true}, obeys{true}, is_silent{false};
    double watts{1'600};
    std::vector<ports::Command> commands;
    std::vector<ports::CommandDone> waiting;
};

struct Plug final : ports::Relay {
    explicit Plug(Driver& d) : load{d} {}
    void cut(ports::CommandDone done) override {
        ++cuts;
        if (!answers) return done(core::Error{core::ErrorCode::Timeout, "no answer"});
        if (!is_welded) load.watts = 0;
        if (is_welded) return done(core::Error{core::ErrorCode::Unavailable, "still draws"});
        done({});
    }
    void close(int, ports::CommandDone) override { ADD_FAILURE() << "a guard closes nothing"; }
    void renew(int) override { ADD_FAILURE() << "a guard renews nothing"; }

    Driver& load;
    bool answers{true}, is_welded{false};
    int cuts{0};
};

/// A house with a miner behind a plug and a heating rod without one, their power measured every
/// second, and a controller that renews every second while it is healthy.
class Post : public ::testing::Test, protected guard::Connections {
protected:
    Post() {
        config.loads = {core::LoadConfig{}, core::LoadConfig{}};
        config.loads[1].id = "rod";
        guard.emplace(clock, config, kConfig, [this](bool is_alarm, const std::string& what) {
            (is_alarm ? alarms : told).push_back(what);
        });
        guard->start(*this, [this] { ++looks; });
    }
    guard::Keeper::Hands hands(std::size_t load) override {
        if (load == 0) return {&miner, has_plug ? &plug : nullptr};
        return {&rod, nullptr};
    }
    void let_go() override { ++let_gos; }

    void measure() {
        if (shows_power) guard->measured({core::Signal::LoadPower, "miner", miner.watts});
        guard->measured({core::Signal::LoadPower, "rod", rod.watts});
        guard->measured({core::Signal::LoadTemp, "rod", 99});
    }
    void live(std::int64_t ms) {
        for (std::int64_t t = 0; t < ms; t += 200) {
            clock.advance(200);
            if (t % 1'000 == 0) measure();
            if (t % 1'000 == 400 && is_healthy) last = renew();
        }
    }
    ports::LeaseAnswer renew() {
        return guard->renewed({kRun, ++cycle, has_ordered_off, false, says_config});
    }

    Clock clock;
    core::Config config;
    Driver miner, rod;
    Plug plug{miner};
    std::optional<guard::Guard> guard;
    std::vector<std::string> alarms, told;
    ports::LeaseAnswer last;
    std::uint64_t cycle{0};
    int looks{0}, let_gos{0};
    bool is_healthy{true}, has_ordered_off{false}, has_plug{true}, shows_power{true};
    std::string says_config{kConfig};
};

TEST_F(Post, CommandsNothingWhileAHealthyControllerHoldsTheLease) {
    live(600'000);
    EXPECT_TRUE(miner.commands.empty());
    EXPECT_TRUE(rod.commands.empty());
    EXPECT_EQ(plug.cuts, 0);
    EXPECT_FALSE(last.is_holding);
    EXPECT_TRUE(alarms.empty());
}

TEST_F(Post, CommandsEveryLoadOffWithinFourSecondsOfTheLastCycle) {
    live(10'000);
    is_healthy = false;
    live(4'000);
    ASSERT_EQ(miner.commands.size(), 1u);
    ASSERT_EQ(rod.commands.size(), 1u);
    EXPECT_EQ(miner.commands[0].target, core::kOff);
    EXPECT_TRUE(miner.commands[0].is_safety);
    EXPECT_THAT(alarms, ::testing::ElementsAre(::testing::HasSubstr("every load is kept off")));
}

TEST_F(Post, CutsTheRelayOfALoadThatDoesNotStopWithinFiveSecondsOfTheLastCycle) {
    live(10'000);
    is_healthy = false;
    miner.obeys = false;
    live(5'000);
    EXPECT_EQ(plug.cuts, 1);
    EXPECT_EQ(miner.watts, 0);
}

TEST_F(Post, TakesALoadThatHasStoppedOffTheMainsToo) {
    live(10'000);
    is_healthy = false;
    live(10'000);
    EXPECT_EQ(plug.cuts, 1);
    EXPECT_EQ(miner.commands.size(), 1u) << "it has shown that it is off";
}

TEST_F(Post, RepeatsUntilTheLoadShowsThatItIsOff) {
    is_healthy = false;
    rod.obeys = false;
    live(60'000);
    EXPECT_GE(rod.commands.size(), 8u);
    EXPECT_THAT(alarms, ::testing::Contains(::testing::HasSubstr("load not under control")));
    const auto commands = rod.commands.size();
    rod.watts = 0;
    live(60'000);
    EXPECT_LE(rod.commands.size(), commands + 1);
}

TEST_F(Post, RepeatsTheCutOfAPlugThatDoesNotAnswer) {
    is_healthy = false;
    miner.answers = false;
    plug.answers = false;
    live(60'000);
    EXPECT_GE(plug.cuts, 5);
    plug.answers = true;
    live(10'000);
    EXPECT_EQ(miner.watts, 0);
    const int cuts = plug.cuts;
    live(60'000);
    EXPECT_EQ(plug.cuts, cuts);
}

TEST_F(Post, BelievesNoSilentLoadWithoutARelay) {
    is_healthy = false;
    has_plug = false;
    shows_power = false;
    live(60'000);
    EXPECT_GE(miner.commands.size(), 8u) << "accepted is not off";
    EXPECT_THAT(alarms, ::testing::Contains(::testing::HasSubstr("has not shown that it is off")));
}

TEST_F(Post, CommandsALoadOffAgainThatDrawsAgain) {
    is_healthy = false;
    live(20'000);
    ASSERT_EQ(rod.commands.size(), 1u);
    rod.watts = 900;
    live(2'000);
    EXPECT_EQ(rod.commands.size(), 2u);
    EXPECT_EQ(rod.watts, 3);
    EXPECT_THAT(alarms, ::testing::Contains(::testing::HasSubstr("draws again")));
}

TEST_F(Post, CommandsEveryLoadOffWhereNoControllerEverComes) {
    is_healthy = false;
    live(4'000);
    EXPECT_EQ(miner.commands.size(), 1u);
    EXPECT_TRUE(alarms.empty()) << "at boot the guard may be first";
}

TEST_F(Post, LetsGoOnlyAfterProofAndCommandsNothingFromThenOn) {
    is_healthy = false;
    live(10'000);
    is_healthy = true;
    has_ordered_off = true;
    live(10'000);
    EXPECT_TRUE(last.is_holding);
    EXPECT_EQ(let_gos, 0);
    live(3'000);
    EXPECT_FALSE(last.is_holding);
    EXPECT_EQ(let_gos, 1);
    const auto commands = rod.commands.size();
    rod.watts = 1'000;
    has_ordered_off = false;
    live(60'000);
    EXPECT_EQ(rod.commands.size(), commands) << "what runs now runs by order";
}

TEST_F(Post, DoesNotLetGoOfALoadThatDraws) {
    is_healthy = false;
    rod.obeys = false;
    live(10'000);
    is_healthy = true;
    has_ordered_off = true;
    live(60'000);
    EXPECT_TRUE(last.is_holding);
    EXPECT_EQ(last.loads_not_off, 1);
    rod.obeys = true;
    live(15'000);
    EXPECT_FALSE(last.is_holding);
}

TEST_F(Post, DoesNotLetGoWhileACommandOfItsOwnIsUnderWay) {
    rod.is_silent = true;
    is_healthy = false;
    live(5'000);
    is_healthy = true;
    has_ordered_off = true;
    rod.watts = 0;
    live(30'000);
    EXPECT_TRUE(last.is_holding) << "it could still reach the load after the controller's start";
    for (const auto& done : rod.waiting) done({});
    live(2'000);
    EXPECT_FALSE(last.is_holding);
}

TEST_F(Post, LetsGoOfALoadThatIsOnlySilent) {
    is_healthy = false;
    has_plug = false;
    shows_power = false;
    miner.answers = false;
    live(10'000);
    is_healthy = true;
    has_ordered_off = true;
    live(20'000);
    EXPECT_FALSE(last.is_holding) << "an unplugged miner must not keep the rest of the house off";
}

TEST_F(Post, WatchesOverAHouseWhoseControllerHasEnded) {
    live(10'000);
    miner.watts = rod.watts = 0;
    is_healthy = false;
    guard->renewed({kRun, ++cycle, true, true, kConfig});
    live(60'000);
    EXPECT_TRUE(alarms.empty());
    rod.watts = 700;
    live(2'000);
    EXPECT_EQ(rod.watts, 3);
    EXPECT_THAT(alarms, ::testing::ElementsAre(::testing::HasSubstr("draws again")));
}

TEST_F(Post, SaysWhereTheControllerCommandsOtherLoads) {
    live(5'000);
    EXPECT_TRUE(last.has_same_config);
    says_config = "00000000000000dd";
    live(5'000);
    EXPECT_FALSE(last.has_same_config);
    EXPECT_EQ(alarms.size(), 1u);
}

TEST_F(Post, TellsASecondControllerThatItHasNoLease) {
    live(5'000);
    const auto answer = guard->renewed({"00000000000000bb", 900, true, false, kConfig});
    EXPECT_TRUE(answer.is_holding);
    EXPECT_TRUE(miner.commands.empty());
}

TEST_F(Post, ReadsNonsenseAsALoadThatDraws) {
    is_healthy = false;
    live(10'000);
    const auto commands = rod.commands.size();
    rod.watts = std::numeric_limits<double>::quiet_NaN();
    live(2'000);
    EXPECT_GT(rod.commands.size(), commands);
}

TEST_F(Post, FeedsWhoeverWatchesItWithEveryLook) {
    live(10'000);
    EXPECT_NEAR(looks, 50, 2);
}

}  // namespace
