#include "adapters/cgminer/cgminer_client.hpp"

#include <gmock/gmock.h>

#include "adapters/test_world.hpp"

using namespace bitgrid;
using namespace bitgrid::adapters;
using namespace bitgrid::adapters::cgminer;
using namespace std::string_literals;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

using Move = ScriptedServer::Move;
const std::string kSummary =
    R"({"STATUS":[{"STATUS":"S","When":986,"Code":11,"Msg":"Summary"}],"SUMMARY":[{"Elapsed":7}],"id":1})";

class CgminerClientTest : public testing::Test {
protected:
    CgminerClient client_of(int port, int timeout_ms = 15'000, int pause_ms = 1) {
        return {world.io,
                world.exchanges,
                {"127.0.0.1", static_cast<std::uint16_t>(port), timeout_ms, 1 << 20},
                pause_ms};
    }
    core::Result<Reply> ask(CgminerClient& client, Question question = {"summary", ""}) {
        std::optional<core::Result<Reply>> result;
        client.ask(std::move(question), Urgency::Normal,
                   [&](core::Result<Reply> reply) { result = std::move(reply); });
        EXPECT_TRUE(world.run_until([&] { return result.has_value(); }));
        return result ? *result : core::Error{core::ErrorCode::Timeout, "no callback"};
    }
    core::Result<Reply> ask_server_that(const Move& move, int timeout_ms = 15'000) {
        ScriptedServer server{world.io, [move](const std::string&, int) { return move; }};
        CgminerClient client = client_of(server.port(), timeout_ms);
        return ask(client);
    }

    TestWorld world;
};

TEST_F(CgminerClientTest, SaysOneCommandOnEachConnectionAsJson) {
    ScriptedServer server{world.io, [](const std::string&, int) {
                              return Move{kSummary + "\0"s, true};
                          }};
    CgminerClient client = client_of(server.port());
    const auto reply = ask(client);
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 'S');
    EXPECT_EQ(reply->code, 11);
    EXPECT_EQ(reply->when, 986);
    EXPECT_FALSE(reply->is_repaired);
    ASSERT_TRUE(ask(client, {"ascset", "0,softoff,1:991"}));
    EXPECT_THAT(server.received,
                ElementsAre(R"({"command":"summary"})",
                            R"({"command":"ascset","parameter":"0,softoff,1:991"})"));
    EXPECT_EQ(server.connections(), 2);
}

TEST_F(CgminerClientTest, TakesAnAnswerThatEndsWithTheConnectionOrWithANul) {
    EXPECT_TRUE(ask_server_that({kSummary, true}));
    EXPECT_TRUE(ask_server_that({kSummary + "\0"s, false}));
}

TEST_F(CgminerClientTest, MendsHalfAReplyAndSaysSo) {
    const auto reply = ask_server_that({kSummary.substr(0, kSummary.size() - 12), true});
    ASSERT_TRUE(reply);
    EXPECT_TRUE(reply->is_repaired);
    EXPECT_EQ(reply->code, 11);
}

TEST_F(CgminerClientTest, NamesEachKindOfFailure) {
    EXPECT_EQ(ask_server_that({"", false}, 50).error().code, core::ErrorCode::Timeout);
    EXPECT_EQ(ask_server_that({"", true}).error().code, core::ErrorCode::Unreachable);
    EXPECT_EQ(ask_server_that({"", false, true}).error().code, core::ErrorCode::Unreachable);
    EXPECT_EQ(ask_server_that({"{\"STA", false}, 50).error().code, core::ErrorCode::Timeout);
    EXPECT_EQ(ask_server_that({"garbage", true}).error().code, core::ErrorCode::Damaged);
    EXPECT_EQ(ask_server_that({"{\"a\":1}", true}).error().code, core::ErrorCode::Damaged);
    EXPECT_EQ(ask_server_that({std::string(1'100'000, '{'), true}).error().code,
              core::ErrorCode::TooLarge);
}

TEST_F(CgminerClientTest, AskedTwiceItWaitsForTheFirstAnswer) {
    int open = 0, most = 0;
    ScriptedServer server{world.io, [&](const std::string&, int) {
                              most = std::max(most, ++open);
                              --open;
                              return Move{kSummary, true};
                          }};
    CgminerClient client = client_of(server.port());
    int answers = 0;
    for (int i = 0; i < 5; ++i)
        client.ask({"summary", ""}, Urgency::Normal, [&](const core::Result<Reply>& reply) {
            answers += reply ? 1 : 0;
            // One after the other: nothing of the later ones has been connected yet.
            EXPECT_EQ(server.connections(), answers);
        });
    ASSERT_TRUE(world.settle());
    EXPECT_EQ(answers, 5);
}

TEST_F(CgminerClientTest, WhatIsUrgentGoesBeforeAllAndEndsWhatIsUnderWay) {
    ScriptedServer server{world.io, [](const std::string& request, int) {
                              // Never answers what is not urgent.
                              if (request.find("softoff") == std::string::npos) return Move{};
                              return Move{kSummary, true};
                          }};
    CgminerClient client = client_of(server.port(), 300, 60'000);
    std::vector<std::string> order;
    client.ask({"estats", ""}, Urgency::Normal, [&](const core::Result<Reply>& reply) {
        EXPECT_EQ(reply.error().code, core::ErrorCode::Refused);
        order.push_back("estats");
    });
    client.ask({"pools", ""}, Urgency::Normal,
               [&](const core::Result<Reply>&) { order.push_back("pools"); });
    ASSERT_TRUE(world.run_until([&] { return server.connections() == 1; }));
    client.ask({"ascset", "0,softoff,1:5"}, Urgency::Urgent, [&](const core::Result<Reply>& reply) {
        EXPECT_TRUE(reply);
        order.push_back("softoff");
    });
    ASSERT_TRUE(world.run_until([&] { return order.size() == 2; }));
    EXPECT_THAT(order, ElementsAre("estats", "softoff"));
}

TEST_F(CgminerClientTest, RefusesMoreThanItCanHold) {
    ScriptedServer server{world.io, [](const std::string&, int) { return Move{kSummary, true}; }};
    CgminerClient client = client_of(server.port());
    int refused = 0, answered = 0;
    for (int i = 0; i < 20; ++i)
        client.ask({"summary", ""}, Urgency::Normal, [&](const core::Result<Reply>& reply) {
            if (reply) ++answered;
            else ++refused;
        });
    ASSERT_TRUE(world.settle());
    EXPECT_EQ(answered, 17);
    EXPECT_EQ(refused, 3);
}

TEST_F(CgminerClientTest, CallsNobodyBackOnceItIsGone) {
    ScriptedServer server{world.io, [](const std::string&, int) { return Move{}; }};
    {
        CgminerClient client = client_of(server.port(), 30);
        client.ask({"summary", ""}, Urgency::Normal,
                   [](const core::Result<Reply>&) { ADD_FAILURE(); });
        ASSERT_TRUE(world.run_until([&] { return server.connections() == 1; }));
    }
    EXPECT_TRUE(world.exchanges.is_idle());
    world.io.restart();
    world.io.run_for(std::chrono::milliseconds{60});
}

TEST(CgminerReply, IsDoneOnlyWhereItSaysSo) {
    const auto says = [](const char* letter, const char* message) {
        return read_reply(R"({"STATUS":[{"STATUS":")"s + letter + R"(","Code":119,"Msg":")" +
                          message + R"("}],"id":1})")
            ->is_done();
    };
    EXPECT_TRUE(says("S", "ASC 0 set OK"));
    EXPECT_TRUE(says("I", "ASC 0 set info: success softoff:991"));
    EXPECT_FALSE(says("I", "ASC 0 set info: unsuccessful"));
    EXPECT_FALSE(says("E", "ASC 0 set failed: success"));
    EXPECT_FALSE(says("S", "ASC 0 set failed"));
    EXPECT_FALSE(says("S", "heard you"));
}

TEST(CgminerReply, TakesNoAbsurdTimesOrTypes) {
    const auto reply = [](const std::string& status) {
        return read_reply(R"({"STATUS":[)" + status + R"(],"id":1})");
    };
    EXPECT_FALSE(reply(R"({"When":-5})")->when);
    EXPECT_FALSE(reply(R"({"When":1e30})")->when);
    EXPECT_FALSE(reply(R"({"When":"986"})")->when);
    EXPECT_EQ(reply(R"({"Code":1e300,"Msg":7,"STATUS":null})")->code, -1);
    EXPECT_FALSE(reply("7"));
    EXPECT_FALSE(read_reply(R"({"STATUS":"S"})"));
    EXPECT_FALSE(read_reply("[1,2]"));
}

}  // namespace
