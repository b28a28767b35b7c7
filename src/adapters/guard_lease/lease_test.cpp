// Both ends of the lease's socket, on a real socket.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>
#include <filesystem>

#include "adapters/guard_lease/lease_listener.hpp"
#include "adapters/guard_lease/lease_renewer.hpp"
#include "adapters/test_world.hpp"

using namespace bitgrid;
using boost::asio::local::stream_protocol;
using ports::GuardState;

namespace {

class Lease : public ::testing::Test, public ports::LeaseSink {
protected:
    Lease() {
        std::string name = (std::filesystem::temp_directory_path() / "lease-XXXXXX").string();
        folder = ::mkdtemp(name.data());
        path = folder / "guard.sock";
    }
    ~Lease() override {
        renewer.reset();
        listener.reset();
        std::filesystem::remove_all(folder);
    }
    ports::LeaseAnswer renewed(const ports::Renewal& renewal) override {
        heard.push_back(renewal);
        answer.cycle = renewal.cycle;
        return answer;
    }
    core::Result<void> listen() {
        listener.emplace(world.io, path.string(), *this,
                         [this](bool, const std::string& what) { told.push_back(what); });
        return listener->start();
    }
    void control(adapters::GuardConfig config = {}) {
        renewer.emplace(adapters::LeaseRenewer::World{world.io, world.clock, world.clock}, config,
                        adapters::LeaseRenewer::Identity{path.string(), "00000000000000aa",
                                                         "00000000000000cc"});
    }
    /// Cycles complete, once a second; what follows comes to an end.
    void live(int seconds, bool has_ordered_off = false) {
        for (int i = 0; i < seconds; ++i) {
            world.clock.advance(1'000);
            renewer->cycle_completed({++cycle, has_ordered_off, has_ordered_off, false});
            settle();
        }
    }
    /// What one end writes the other can read at once: runs until both are quiet.
    void settle() {
        for (int quiet = 0; quiet < 3;) {
            world.io.restart();
            quiet = world.io.poll() == 0 ? quiet + 1 : 0;
        }
    }
    ports::GuardView view() const { return renewer->look(); }

    adapters::TestWorld world;
    std::filesystem::path folder, path;
    std::optional<adapters::LeaseListener> listener;
    std::optional<adapters::LeaseRenewer> renewer;
    std::vector<ports::Renewal> heard;
    std::vector<std::string> told;
    ports::LeaseAnswer answer{0, false, 0, 0, true};
    std::uint64_t cycle{0};
};

TEST_F(Lease, IsRenewedByCompletedCyclesAndAnswered) {
    ASSERT_TRUE(listen());
    control();
    live(5);
    ASSERT_GE(heard.size(), 3u);
    EXPECT_EQ(heard.back().instance, "00000000000000aa");
    EXPECT_EQ(heard.back().cycle, cycle);
    EXPECT_FALSE(heard.back().has_ordered_off);
    EXPECT_EQ(view().state, GuardState::Armed);
    EXPECT_FALSE(view().forbids_loads);
    const auto renewals = heard.size();
    world.clock.advance(60'000);
    settle();
    EXPECT_EQ(heard.size(), renewals) << "time alone renews nothing";
}

TEST_F(Lease, IsASocketOfItsUserAlone) {
    ASSERT_TRUE(listen());
    struct stat found {};
    ASSERT_EQ(::stat(path.c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777, 0600u);
    listener->stop();
    EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(Lease, IsRenewedAtMostOnceASecondHoweverFastTheHouseLives) {
    ASSERT_TRUE(listen());
    control();
    live(3);
    heard.clear();
    for (int i = 0; i < 200; ++i) {
        world.clock.advance(50);
        renewer->cycle_completed({++cycle, false, false, false});
        settle();
    }
    EXPECT_NEAR(static_cast<double>(heard.size()), 10, 1);
}

TEST_F(Lease, OfAGuardThatWasNeverThereIsNoOnesBusiness) {
    control();
    live(10);
    EXPECT_EQ(view().state, GuardState::None);
    EXPECT_FALSE(view().forbids_loads);
}

TEST_F(Lease, OfAnExpectedGuardIsMissed) {
    control({true, ""});
    live(10);
    EXPECT_EQ(view().state, GuardState::Missing);
    EXPECT_FALSE(view().forbids_loads);
}

TEST_F(Lease, OfAGuardThatDiesIsMissedAndChangesNothingElse) {
    ASSERT_TRUE(listen());
    control();
    live(5);
    listener->stop();
    live(5);
    EXPECT_EQ(view().state, GuardState::Missing);
    EXPECT_FALSE(view().forbids_loads);
    ASSERT_TRUE(listen());
    live(5);
    EXPECT_EQ(view().state, GuardState::Armed);
}

TEST_F(Lease, ForbidsLoadsWhileTheGuardHolds) {
    ASSERT_TRUE(listen());
    answer = {0, true, 1, 9'000, true};
    control();
    live(3, true);
    EXPECT_EQ(view().state, GuardState::Holding);
    EXPECT_TRUE(view().forbids_loads);
    EXPECT_EQ(view().loads_not_off, 1);
    EXPECT_EQ(view().proof_left_s, 9.0);
    answer = {0, false, 0, 0, true};
    live(2, true);
    EXPECT_FALSE(view().forbids_loads);
}

TEST_F(Lease, ForbidsLoadsAfterAGapUntilTheGuardHasSpokenAgain) {
    ASSERT_TRUE(listen());
    control();
    live(5);
    world.clock.advance(3'000);  // stopped; the first thing that goes on is the cycle
    EXPECT_TRUE(view().forbids_loads) << "before anything is decided";
    renewer->cycle_completed({++cycle, false, false, false});
    EXPECT_TRUE(view().forbids_loads) << "the guard may have taken over";
    settle();
    EXPECT_FALSE(view().forbids_loads) << "it says that it has not";
}

TEST_F(Lease, KnowsAGuardThatDoesNotAnswer) {
    stream_protocol::acceptor hung{world.io, stream_protocol::endpoint{path.string()}};
    control();
    live(10);
    EXPECT_EQ(view().state, GuardState::Silent);
    EXPECT_FALSE(view().forbids_loads);
}

TEST_F(Lease, SaysGoodbyeOnlyWhereEveryLoadHasShownThatItIsOff) {
    ASSERT_TRUE(listen());
    control();
    live(3, true);
    renewer->cycle_completed({++cycle, true, false, true});
    settle();
    EXPECT_FALSE(heard.back().is_goodbye);
    renewer->cycle_completed({++cycle, true, true, true});
    settle();
    EXPECT_TRUE(heard.back().is_goodbye);
}

TEST_F(Lease, WarnsOfAGuardOfOtherLoads) {
    ASSERT_TRUE(listen());
    answer.has_same_config = false;
    control();
    live(3);
    EXPECT_THAT(view().note, ::testing::HasSubstr("restart it"));
}

TEST_F(Lease, TakesTheSocketOfADeadGuardAndNotThatOfALivingOne) {
    ASSERT_TRUE(listen());
    adapters::LeaseListener second{world.io, path.string(), *this, [](bool, const auto&) {}};
    EXPECT_THAT(second.start().error().what, ::testing::HasSubstr("another guard"));
    EXPECT_TRUE(std::filesystem::exists(path));
    listener->stop();
    // A file without a listener, as a killed guard leaves it.
    { stream_protocol::acceptor dead{world.io, stream_protocol::endpoint{path.string()}}; }
    ASSERT_TRUE(std::filesystem::exists(path));
    EXPECT_TRUE(second.start());
}

TEST_F(Lease, NamesAPathThatIsTooLong) {
    adapters::LeaseListener deep{world.io, "/tmp/" + std::string(200, 'x'), *this,
                                 [](bool, const auto&) {}};
    EXPECT_THAT(deep.start().error().what, ::testing::HasSubstr("107 bytes"));
    path = "/tmp/" + std::string(200, 'x');
    control({true, ""});
    live(2);
    EXPECT_EQ(view().state, GuardState::Missing);
}

TEST_F(Lease, SendsAStrangerWithAnotherLanguageAway) {
    ASSERT_TRUE(listen());
    for (const std::string& nonsense :
         {std::string{"GET / HTTP/1.1\r\n\r\n"}, std::string(5'000, 'x'), std::string{"\0\0\n", 3},
          std::string{"lease 1 00000000000000aa 1 0 0\n"}}) {
        told.clear();
        stream_protocol::socket stranger{world.io};
        stranger.connect(stream_protocol::endpoint{path.string()});
        boost::asio::write(stranger, boost::asio::buffer(nonsense));
        bool is_gone = false;
        char byte{};
        stranger.async_read_some(
            boost::asio::buffer(&byte, 1),
            [&](const boost::system::error_code& error, std::size_t) { is_gone = !!error; });
        EXPECT_TRUE(world.run_until([&] { return is_gone; }));
        EXPECT_THAT(told, ::testing::ElementsAre(::testing::HasSubstr("not understood")));
    }
    EXPECT_TRUE(heard.empty());
}

TEST_F(Lease, KeepsAPlaceForTheControllerHoweverManyCome) {
    ASSERT_TRUE(listen());
    std::list<stream_protocol::socket> crowd;
    for (int i = 0; i < 20; ++i) {
        crowd.emplace_back(world.io).connect(stream_protocol::endpoint{path.string()});
        settle();
    }
    control();
    live(4);
    EXPECT_EQ(view().state, GuardState::Armed);
}

TEST_F(Lease, IsNotHeldUpByAPeerThatDoesNotRead) {
    ASSERT_TRUE(listen());
    stream_protocol::socket deaf{world.io};
    deaf.connect(stream_protocol::endpoint{path.string()});
    deaf.non_blocking(true);
    const std::string line = "lease 1 00000000000000bb 1 0 0 00000000000000cc\n";
    boost::system::error_code full;
    for (int i = 0; i < 20'000; ++i) {
        boost::asio::write(deaf, boost::asio::buffer(line), full);
        if (i % 50 == 0) settle();
    }
    control();
    live(4);
    EXPECT_EQ(view().state, GuardState::Armed);
}

TEST_F(Lease, IsLostWithAGuardThatSaysSomethingElse) {
    stream_protocol::acceptor odd{world.io, stream_protocol::endpoint{path.string()}};
    stream_protocol::socket peer{world.io};
    odd.async_accept(peer, [&](const boost::system::error_code&) {
        boost::asio::write(peer, boost::asio::buffer(std::string{"guard 9 1 armed 0 0 1\n"}));
    });
    control();
    live(3);
    EXPECT_EQ(view().state, GuardState::Missing);
    EXPECT_THAT(view().note, ::testing::HasSubstr("no answer of version 1"));
}

}  // namespace
