// Devices that lie, on real sockets: the simulated house with the real controller, taking turns.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/demo_home.hpp"
#include "net/manual_clock.hpp"
#include "ops/scratch_folder.hpp"

using namespace bitgrid;
using core::HealthLevel;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

constexpr core::UnixTime kLateMorning{1'716'286'500'000};  // 2024-05-21T10:15Z, a sunny day

class Liars : public ::testing::Test {
protected:
    Liars() {
        const auto story = folder.write("quiet.story", "day 2024-05-21\n00:00 battery_soc 80\n");
        auto opened = app::DemoHome::open(
            io, clock, {story.string(), (folder.path() / "data").string(), "", 0, 5, false});
        if (!opened) throw std::runtime_error{opened.error().what};
        home = std::move(opened).value();
        order("battery_soc 80");
        if (const auto started = home->controller().start(); !started)
            throw std::runtime_error{started.error().what};
        settle();
    }

    void order(const std::string& line) {
        const auto done = home->house().order(line);
        ASSERT_TRUE(done) << done.error().what;
    }
    void settle() {
        io.restart();
        io.poll();
        while (!home->controller().is_quiet())
            if (io.run_one_for(std::chrono::seconds{5}) == 0) break;
        while (io.poll() > 0) {
        }
    }
    /// Lives on until it holds; seconds of the house that it took, -1 where it did not.
    int until(int most_s, const std::function<bool()>& holds) {
        const core::MonoTime began = clock.mono();
        while (clock.mono() - began < std::int64_t{most_s} * 1000) {
            if (holds()) return static_cast<int>((clock.mono() - began) / 1000);
            const auto due = clock.next_due();
            clock.advance(due ? std::max<std::int64_t>(*due - clock.mono(), 0) : 1000);
            settle();
        }
        return holds() ? most_s : -1;
    }
    void live(int seconds) {
        until(seconds, [] { return false; });
    }
    ports::LiveView look() { return home->controller().engine().look(); }
    ports::LoadView load(std::size_t i) { return look().loads[i]; }
    ports::PartHealth health(std::string_view part) {
        for (const ports::PartHealth& known : look().health)
            if (known.part == part) return known;
        return {};
    }
    std::vector<std::string> doubts() {
        std::vector<std::string> found;
        for (const ports::PartHealth& part : look().health)
            if (part.part.starts_with("sensor/") && part.level != HealthLevel::Ok)
                found.push_back(part.part + ": " + part.reason);
        return found;
    }
    bool is_working() { return home->house().now().miner.power_w() > 700; }

    ops::ScratchFolder folder;
    boost::asio::io_context io;
    net::ManualClock clock{kLateMorning};
    std::unique_ptr<app::DemoHome> home;
};

TEST_F(Liars, AMinerBehindAWeldedContactThatIgnoresItsStopIsAnAlarmWithinSeconds) {
    ASSERT_GE(until(1500, [&] { return is_working(); }), 0);
    EXPECT_GT(load(0).dead_man_left_s.value_or(0), 60) << "read back from the plug";
    order("ignore_stop");
    order("weld_plug");
    home->controller().engine().control().emergency_stop("test", [](const ports::Reply&) {});
    const auto is_alarmed = [&] { return health("load/miner").level == HealthLevel::Error; };
    const int alarmed = until(120, is_alarmed);
    EXPECT_GE(alarmed, 15);
    EXPECT_LE(alarmed, 25) << "5 s to the relay, 15 s more, and the poll";
    EXPECT_THAT(health("load/miner").reason, HasSubstr("not under control"));
    EXPECT_EQ(load(0).confirmation, ports::Confirmation::Failed);
    live(20);
    EXPECT_TRUE(load(0).memory.lockout);
    EXPECT_TRUE(is_alarmed()) << "no good poll takes it back";
    EXPECT_EQ(health("device/miner_plug").level, HealthLevel::Error) << "the plug sees it too";
    order("weld_plug off");
    EXPECT_GE(until(60, [&] { return load(0).confirmation == ports::Confirmation::Confirmed; }), 0);
}

TEST_F(Liars, ASensorThatStandsStillStartsNothingAndStopsNothing) {
    ASSERT_GE(until(1500, [&] { return is_working(); }), 0);
    EXPECT_THAT(doubts(), IsEmpty());
    order("freeze pv_power_w");
    const int found =
        until(1200, [&] { return health("sensor/pv_power_w").level == HealthLevel::Warn; });
    EXPECT_GE(found, 890);
    EXPECT_LE(found, 920);
    EXPECT_TRUE(load(0).memory.target.is_on());
    home->controller().engine().control().set_override(
        {"miner", core::OverrideAction::Stop, {}, 1, false, "", "test"},
        [](const ports::Reply&) {});
    live(1500);
    EXPECT_EQ(load(0).last_decision->decision.code, core::Code::Stop_R3_MISSING_TELEMETRY);
    EXPECT_THAT(load(0).last_decision->text.en.brief, HasSubstr("do not believe"));
    order("thaw pv_power_w");
    EXPECT_GE(until(1500, [&] { return load(0).memory.target.is_on(); }), 0);
    EXPECT_THAT(doubts(), IsEmpty());
}

TEST_F(Liars, KilowattsForWattsAreFoundWithinThreeMinutes) {
    live(900);
    EXPECT_THAT(doubts(), IsEmpty());
    order("scale pv_power_w 0.001");
    const auto is_found = [&] { return health("sensor/balance").level == HealthLevel::Error; };
    EXPECT_GE(until(180, is_found), 0);
    EXPECT_TRUE(look().state.distrusted.has(core::Signal::PvPower));
    order("thaw pv_power_w");
    EXPECT_GE(until(180, [&] { return !is_found(); }), 0);
}

}  // namespace
