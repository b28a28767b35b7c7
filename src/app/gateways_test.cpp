#include "app/gateways.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "ops/scratch_folder.hpp"

using namespace bitgrid;
using testing::HasSubstr;

namespace {

class GatewaysTest : public ::testing::Test {
protected:
    void write(const std::string& name, const std::string& text) {
        std::ofstream{folder.path() / name} << text;
    }
    std::string objections() {
        const auto read = app::read_gateways(folder.path(), config);
        return read ? "" : ops::format(read.problems());
    }
    ops::ScratchFolder folder;
    core::Config config;  // one load: miner
};

TEST_F(GatewaysTest, NoFileIsNoGateway) {
    EXPECT_EQ(objections(), "");
    EXPECT_TRUE(app::read_gateways(folder.path(), config).value().empty());
}

TEST_F(GatewaysTest, ReadsWhoMayDoWhat) {
    write("gateways.yaml", "- id: roof\n  devices: [miner]\n  signals: [pv_power_w]\n");
    ASSERT_EQ(objections(), "");
    const auto all = app::read_gateways(folder.path(), config).value();
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0].devices, std::vector<std::string>{"miner"});
}

TEST_F(GatewaysTest, RefusesWhatWouldGiveRightsOfOthers) {
    write("gateways.yaml",
          "- id: core\n- id: miner\n- id: a\n  devices: [miner]\n- id: b\n  devices: [miner]\n"
          "- id: c\n  devices: [oven]\n  signals: [temp_c]\n- id: d/#\n");
    const std::string found = objections();
    EXPECT_THAT(found, HasSubstr("found \"core\"; allowed: a name that nobody else has"));
    EXPECT_THAT(found, HasSubstr("found \"miner\"; allowed: a name that no load has"));
    EXPECT_THAT(found, HasSubstr("each at one gateway only"));
    EXPECT_THAT(found, HasSubstr("found \"oven\""));
    EXPECT_THAT(found, HasSubstr("found \"temp_c\""));
    EXPECT_THAT(found, HasSubstr("found \"d/#\""));
}

TEST_F(GatewaysTest, AGatewayHasANameAndNoGatewayBehindIt) {
    write("gateway.yaml", "id: Roof\n");
    write("devices.yaml", "- {type: gateway, load: miner}\n");
    const auto read = app::read_gateway(folder.path(), {});
    ASSERT_FALSE(read);
    EXPECT_THAT(ops::format(read.problems()), HasSubstr("found \"Roof\""));
    EXPECT_THAT(ops::format(read.problems()), HasSubstr("belongs on the core"));
}

TEST_F(GatewaysTest, AGatewayIsNothingWithoutABroker) {
    write("mqtt.yaml", "enabled: false\n");
    const auto read = app::read_gateway(folder.path(), {});
    ASSERT_FALSE(read);
    EXPECT_THAT(ops::format(read.problems()), HasSubstr("nothing without the broker"));
}

// Also where nobody is let in by it: a mistake shows before it is needed.
TEST_F(GatewaysTest, AreReadWithTheWholeFolder) {
    write("gateways.yaml", "- id: roof\n  devices: [nobody]\n  loads: [miner]\n");
    write("gateway.yaml", "id: Roof\nname: roof\n");
    const auto read = app::read_installation(folder.path(), {});
    ASSERT_FALSE(read);
    const std::string said = ops::format(read.problems());
    for (const char* word :
         {"gateways.yaml:2", "gateways.yaml:3", "gateway.yaml:1", "gateway.yaml:2"})
        EXPECT_THAT(said, HasSubstr(word));
}

}  // namespace
