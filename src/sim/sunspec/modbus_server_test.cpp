#include "sim/sunspec/modbus_server.hpp"

#include <gmock/gmock.h>
#include <modbus.h>
#include <sys/socket.h>

#include <map>

#include "sim/testing_house.hpp"

using namespace bitgrid;
using namespace bitgrid::sim;

namespace {

using Words = std::vector<std::uint16_t>;

// An independent peer: libmodbus, blocking, from the test's own thread.
class Peer {
public:
    Peer(std::uint16_t port, int unit) : context_{modbus_new_tcp("127.0.0.1", port)} {
        modbus_set_slave(context_, unit);
        modbus_set_response_timeout(context_, 0, 300'000);
        is_connected_ = modbus_connect(context_) == 0;
    }
    ~Peer() {
        modbus_close(context_);
        modbus_free(context_);
    }
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;

    bool is_connected() const { return is_connected_; }
    Words read(int address, int count) {
        Words words(static_cast<std::size_t>(count));
        if (modbus_read_registers(context_, address, count, words.data()) != count) words.clear();
        error = words.empty() ? errno : 0;
        return words;
    }
    bool write(int address, std::uint16_t value) {
        return modbus_write_registers(context_, address, 1, &value) == 1;
    }
    bool write_one(int address, std::uint16_t value) {
        return modbus_write_register(context_, address, value) == 1;
    }

    /// Model id → its words from the header on, found by walking the chain.
    std::map<int, Words> models() {
        std::map<int, Words> found;
        const Words mark = read(40000, 2);
        if (mark != Words{0x5375, 0x6E53}) return found;
        for (int at = 40002;;) {
            const Words head = read(at, 2);
            if (head.size() != 2 || head[0] == 0xFFFF) return found;
            place[head[0]] = at;
            Words all = head;
            for (int off = 0; off < head[1]; off += 125) {
                const Words part = read(at + 2 + off, std::min(125, head[1] - off));
                all.insert(all.end(), part.begin(), part.end());
            }
            found[head[0]] = all;
            at += 2 + head[1];
        }
    }

    std::map<int, int> place;
    int error{0};

private:
    modbus_t* context_;
    bool is_connected_{false};
};

int as_int(std::uint16_t word) { return static_cast<std::int16_t>(word); }

class ModbusServerTest : public testing::Test {
protected:
    ModbusServerTest() {
        EXPECT_TRUE(server.start(0));
        house.begin();
    }
    ~ModbusServerTest() override {
        house.run([&] { server.stop(); });
        house.stop();
    }
    Flows flows() {
        return house.run([&] { return house.house.now().flows(); });
    }

    TestingHouse house{"data"};
    ModbusServer server{house.io, house.house};
};

TEST_F(ModbusServerTest, LetsALibraryOfOthersWalkTheChainAndReadTheHouse) {
    house.pass(60);
    Peer peer{server.port(), 1};
    auto models = peer.models();
    ASSERT_THAT(models, testing::SizeIs(5));
    EXPECT_EQ(models[1].size(), 68u);
    EXPECT_EQ(models[1][2], ('B' << 8 | 'i'));
    const Flows now = flows();
    EXPECT_NEAR(as_int(models[103][14]), now.pv_w, 1);
    EXPECT_EQ(models[103][38], 4) << "MPPT";
    EXPECT_NEAR(as_int(models[203][18]), now.grid_w, 1);
    EXPECT_NEAR(as_int(models[802][47]), now.battery_w, 1);
    EXPECT_EQ(as_int(models[802][56]), -2);
    const double soc = house.run([&] { return house.house.now().battery.soc_pct(); });
    EXPECT_NEAR(models[802][11] / 100.0, soc, 0.01);
    EXPECT_NEAR(models[124][8] / 100.0, soc, 0.01);
}

TEST_F(ModbusServerTest, ShowsTheHybridsBatteryAsStringsAndItsMeterAlone) {
    house.order("battery_soc 30");
    house.pass(60);
    Peer hybrid{server.port(), 2};
    auto models = hybrid.models();
    const Flows now = flows();
    ASSERT_EQ(models[160].size(), 90u);
    EXPECT_NEAR(models[160][10 + 11] + models[160][30 + 11], now.pv_w, 2);
    EXPECT_NEAR(models[160][70 + 11] - models[160][50 + 11], now.battery_w, 1);
    EXPECT_LT(now.battery_w, -1000) << "it charges";
    EXPECT_NEAR(as_int(models[103][14]), now.pv_w + now.battery_w, 1);
    Peer meter{server.port(), 200};
    EXPECT_THAT(meter.models(), testing::SizeIs(2));
    Peer nobody{server.port(), 7};
    EXPECT_TRUE(nobody.read(40000, 2).empty());
}

TEST_F(ModbusServerTest, SaysNotImplementedForThePowerOfASleepingInverter) {
    house.order("cloud 0");
    house.pass(5);
    Peer peer{server.port(), 1};
    auto models = peer.models();
    EXPECT_EQ(models[103][14], 0x8000);
    EXPECT_EQ(models[103][38], 2) << "sleeping";
    Peer hybrid{server.port(), 2};
    EXPECT_EQ(hybrid.models()[160][21], 0)
        << "awake for the battery, it finds nothing on its strings";
    house.order("battery_soc 0");
    house.pass(5);
    auto asleep = hybrid.models();
    EXPECT_EQ(asleep[160][21], 0xFFFF);
    EXPECT_EQ(asleep[103][38], 2);
    EXPECT_NE(peer.models()[203][18], 0x8000) << "the meter never sleeps";
}

TEST_F(ModbusServerTest, HoldsTheBatteryWhenItIsToldAndLetsGoByItsOwnTimer) {
    house.order("car_arrives 9000");
    house.pass(5);
    EXPECT_GT(flows().battery_w, 4000);
    Peer peer{server.port(), 1};
    peer.models();
    const int storage = peer.place[124];
    EXPECT_TRUE(peer.write(storage + 15, 60));
    EXPECT_TRUE(peer.write_one(storage + 12, 0));
    EXPECT_TRUE(peer.write(storage + 5, 2));
    house.pass(5);
    EXPECT_EQ(flows().battery_w, 0);
    house.pass(60);
    peer.read(storage, 2);
    house.pass(1);
    EXPECT_GT(flows().battery_w, 4000);
    EXPECT_FALSE(peer.write(storage + 8, 1)) << "the state of charge cannot be written";
    EXPECT_FALSE(peer.write(40010, 1));
}

TEST_F(ModbusServerTest, AnswersAbsurdRequestsWithExceptions) {
    Peer peer{server.port(), 1};
    EXPECT_TRUE(peer.read(39999, 2).empty());
    EXPECT_EQ(peer.error, EMBXILADD);
    EXPECT_TRUE(peer.read(45000, 2).empty());
    EXPECT_EQ(peer.error, EMBXILADD);
    EXPECT_FALSE(peer.read(40000, 2).empty()) << "the connection lives on";
}

TEST_F(ModbusServerTest, ShowsTheFaultsThatItIsOrderedToHave) {
    {
        house.order("modbus exception");
        Peer peer{server.port(), 1};
        EXPECT_TRUE(peer.read(40000, 2).empty());
        EXPECT_EQ(peer.error, EMBXSFAIL);
    }
    for (const char* fault : {"modbus short", "modbus transaction", "hang inverter"}) {
        house.order(fault);
        Peer peer{server.port(), 1};
        EXPECT_TRUE(peer.read(40000, 2).empty()) << fault;
        house.order("modbus ok");
    }
    house.order("inverter_silent");
    Peer cut{server.port(), 1};
    EXPECT_TRUE(cut.read(40000, 2).empty());
    house.order("inverter_back");
    Peer back{server.port(), 1};
    EXPECT_EQ(back.read(40000, 2).size(), 2u);
}

TEST_F(ModbusServerTest, ShowsFrozenAndForgedValuesWhileTheTruthMovesOn) {
    house.order("freeze battery_soc_pct");
    house.order("report grid_power_w 31000");
    house.order("report pv_power_w nan");
    house.order("battery_soc 12");
    house.pass(10);
    Peer peer{server.port(), 1};
    auto models = peer.models();
    EXPECT_EQ(models[802][11], 6000);
    EXPECT_EQ(as_int(models[203][18]), 31000);
    EXPECT_EQ(models[103][14], 0x8000);
    house.order("thaw");
    EXPECT_NEAR(peer.models()[802][11], 1200, 30);
}

}  // namespace
