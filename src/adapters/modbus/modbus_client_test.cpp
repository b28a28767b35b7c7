#include "adapters/modbus/modbus_client.hpp"

#include <gmock/gmock.h>

#include "adapters/modbus/modbus_peer.hpp"
#include "adapters/test_world.hpp"

using namespace bitgrid;
using namespace bitgrid::adapters;
using namespace bitgrid::adapters::modbus;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

class ModbusClientTest : public testing::Test {
protected:
    ModbusClient client_of(int port, int timeout_ms = 15'000) {
        return {world.io,
                world.clock,
                world.exchanges,
                {"127.0.0.1", static_cast<std::uint16_t>(port), timeout_ms, 0, 0}};
    }
    core::Result<Words> ask(ModbusClient& client, Request request) {
        std::optional<core::Result<Words>> result;
        client.request(std::move(request), [&](core::Result<Words> words) { result = words; });
        EXPECT_TRUE(world.run_until([&] { return result.has_value(); }));
        return result ? *result : core::Error{core::ErrorCode::Timeout, "no callback"};
    }
    static Request read(std::uint16_t address, std::uint16_t count) {
        return {1, Function::ReadHoldingRegisters, address, count, {}};
    }

    TestWorld world;
};

// The answer to a read of two registers, with the transaction of the request moved by `shift`.
std::string answer_to(const std::string& request, int shift, const std::string& pdu,
                      std::size_t says = 0) {
    std::string frame = request.substr(0, 5);
    frame[1] = static_cast<char>(frame[1] + shift);
    frame += static_cast<char>(says ? says : pdu.size() + 1);
    return frame + request[6] + pdu;
}
const std::string kTwoWords{"\x03\x04\x00\x2A\x01\x00", 6};

TEST_F(ModbusClientTest, ReadsAndWritesAnIndependentServer) {
    ModbusPeer peer{100, 50};
    peer.set(100, {7, 8, 9});
    ModbusClient client = client_of(peer.port());
    EXPECT_THAT(*ask(client, read(100, 3)), ElementsAre(7, 8, 9));
    EXPECT_TRUE(ask(client, {1, Function::WriteRegisters, 110, 1, {0xBEEF, 5}}));
    EXPECT_EQ(peer.get(110), 0xBEEF);
    EXPECT_TRUE(ask(client, {1, Function::WriteRegister, 112, 1, {6}}));
    EXPECT_EQ(peer.get(112), 6);
    EXPECT_TRUE(ask(client, {1, Function::WriteCoils, 0, 1, {1, 0, 1}}));
    EXPECT_THAT(*ask(client, {1, Function::ReadCoils, 0, 4, {}}), ElementsAre(1, 0, 1, 0));
    EXPECT_TRUE(ask(client, {1, Function::WriteCoil, 3, 1, {1}}));
    EXPECT_THAT(*ask(client, {1, Function::ReadCoils, 0, 4, {}}), ElementsAre(1, 0, 1, 1));
    EXPECT_THAT(*ask(client, {1, Function::ReadInputRegisters, 0, 1, {}}), ElementsAre(0));
    EXPECT_EQ(client.connection(), 1);
}

TEST_F(ModbusClientTest, NamesAnExceptionAndKeepsTheConnection) {
    ModbusPeer peer{100, 50};
    ModbusClient client = client_of(peer.port());
    const auto words = ask(client, read(149, 2));
    EXPECT_EQ(words.error().code, core::ErrorCode::NotFound);
    EXPECT_THAT(words.error().what, HasSubstr("illegal data address"));
    EXPECT_TRUE(ask(client, read(100, 1)));
    EXPECT_EQ(client.connection(), 1);
}

TEST_F(ModbusClientTest, AsksOneAfterTheOther) {
    ModbusPeer peer{0, 100};
    for (std::uint16_t i = 0; i < 20; ++i) peer.set(i, {i});
    ModbusClient client = client_of(peer.port());
    std::vector<int> answers;
    for (std::uint16_t i = 0; i < 20; ++i)
        client.request(read(i, 1), [&](const core::Result<Words>& words) {
            answers.push_back(words ? words->front() : -1);
        });
    EXPECT_TRUE(answers.empty());
    EXPECT_EQ(world.exchanges.count(), 20U);
    ASSERT_TRUE(world.settle());
    for (int i = 0; i < 20; ++i) EXPECT_EQ(answers[static_cast<std::size_t>(i)], i);
}

TEST_F(ModbusClientTest, RefusesMoreThanItCanHold) {
    ModbusPeer peer{0, 100};
    ModbusClient client = client_of(peer.port());
    int good = 0, refused = 0;
    for (int i = 0; i < 40; ++i)
        client.request(read(0, 1), [&](const core::Result<Words>& words) {
            if (words) ++good;
            else if (words.error().code == core::ErrorCode::Refused) ++refused;
        });
    ASSERT_TRUE(world.settle());
    EXPECT_EQ(good, 32);
    EXPECT_EQ(refused, 8);
}

TEST_F(ModbusClientTest, DropsAnAnswerToAnotherTransactionAndTakesItsOwn) {
    ScriptedServer server{
        world.io, [](const std::string& request, int) {
            if (request.size() < 12) return ScriptedServer::Move{};
            return ScriptedServer::Move{answer_to(request, 1, std::string{"\x03\x04\0\1\0\1", 6}) +
                                        answer_to(request, 0, kTwoWords)};
        }};
    ModbusClient client = client_of(server.port());
    EXPECT_THAT(*ask(client, read(0, 2)), ElementsAre(42, 256));
    EXPECT_EQ(client.strays(), 1);
}

TEST_F(ModbusClientTest, WaitsOnlyItsTimeForTheRightTransaction) {
    ScriptedServer server{world.io, [](const std::string& request, int) {
                              return ScriptedServer::Move{answer_to(request, 1, kTwoWords)};
                          }};
    ModbusClient client = client_of(server.port(), 100);
    EXPECT_EQ(ask(client, read(0, 2)).error().code, core::ErrorCode::Timeout);
}

TEST_F(ModbusClientTest, NamesAShortFrame) {
    ScriptedServer server{
        world.io, [](const std::string& request, int) {
            return ScriptedServer::Move{answer_to(request, 0, kTwoWords.substr(0, 3), 7), true};
        }};
    ModbusClient client = client_of(server.port());
    const auto words = ask(client, read(0, 2));
    EXPECT_EQ(words.error().code, core::ErrorCode::Damaged);
    EXPECT_THAT(words.error().what, HasSubstr("short frame: 3 of 6 bytes"));
}

TEST_F(ModbusClientTest, GivesUpOnSilenceAndSaysHowLongItWaited) {
    ScriptedServer server{world.io, [](const std::string&, int) { return ScriptedServer::Move{}; }};
    ModbusClient client = client_of(server.port(), 50);
    const auto words = ask(client, read(0, 2));
    EXPECT_EQ(words.error().code, core::ErrorCode::Timeout);
    EXPECT_THAT(words.error().what, HasSubstr("50 ms"));
}

TEST_F(ModbusClientTest, ComesBackAfterAResetOnceItsPauseIsOver) {
    ScriptedServer server{world.io, [](const std::string& request, int connection) {
                              ScriptedServer::Move move;
                              if (connection == 1) move.is_reset = true;
                              else move.answer = answer_to(request, 0, kTwoWords);
                              return move;
                          }};
    ModbusClient client = client_of(server.port());
    EXPECT_EQ(ask(client, read(0, 2)).error().code, core::ErrorCode::Unreachable);
    const auto too_early = ask(client, read(0, 2));
    EXPECT_THAT(too_early.error().what, HasSubstr("tries again in 1 s"));
    EXPECT_EQ(server.connections(), 1);
    world.clock.advance(1000);
    EXPECT_TRUE(ask(client, read(0, 2)));
    EXPECT_EQ(client.connection(), 2);
}

TEST_F(ModbusClientTest, ItsPausesGrowToAMinuteAndNotBeyond) {
    int port = 0;
    {
        ScriptedServer gone{world.io,
                            [](const std::string&, int) { return ScriptedServer::Move{}; }};
        port = gone.port();
    }
    ModbusClient client = client_of(port);
    for (const std::int64_t pause_s : {1, 2, 5, 15, 60, 60}) {
        EXPECT_EQ(ask(client, read(0, 1)).error().code, core::ErrorCode::Unreachable);
        world.clock.advance(pause_s * 1000 - 1);
        EXPECT_THAT(ask(client, read(0, 1)).error().what, HasSubstr("tries again"));
        world.clock.advance(1);
    }
}

TEST_F(ModbusClientTest, BytesThatAreNoModbusEndTheConnection) {
    ScriptedServer server{world.io, [](const std::string&, int) {
                              return ScriptedServer::Move{"HTTP/1.1 400 Bad Request\r\n\r\n"};
                          }};
    ModbusClient client = client_of(server.port());
    EXPECT_EQ(ask(client, read(0, 2)).error().code, core::ErrorCode::Damaged);
}

TEST_F(ModbusClientTest, CallsNobodyBackOnceItIsGone) {
    ScriptedServer server{world.io, [](const std::string&, int) { return ScriptedServer::Move{}; }};
    bool was_called = false;
    {
        ModbusClient client = client_of(server.port(), 50);
        client.request(read(0, 2), [&](const core::Result<Words>&) { was_called = true; });
        ASSERT_TRUE(world.run_until([&] { return server.connections() == 1; }));
    }
    EXPECT_TRUE(world.exchanges.is_idle());
    world.io.restart();
    world.io.run_for(std::chrono::milliseconds{80});
    EXPECT_FALSE(was_called);
}

}  // namespace
