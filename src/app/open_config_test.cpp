#include "app/open_config.hpp"

#include <gtest/gtest.h>

using bitgrid::app::may_lie_open;

namespace {

TEST(OpenConfig, LetsOrdinaryFilesLieOpen) {
    EXPECT_TRUE(may_lie_open("config/site.yaml", "name: home\n"));
    EXPECT_TRUE(may_lie_open("config/mqtt.yaml", "password_file: /etc/bitgrid/mqtt.password\n"));
    EXPECT_TRUE(may_lie_open("config/mqtt.yaml", "password:\nuser: ann\n"));
    EXPECT_TRUE(may_lie_open("config/mirror.yaml", "target: https://ann@nas.lan/dav\n"));
    EXPECT_TRUE(may_lie_open("config/api.yaml", "tokens: [\"ann:operator:5b1f\"]\n"));
}

TEST(OpenConfig, HoldsBackWhatIsASecretOrMayBeOne) {
    EXPECT_FALSE(may_lie_open("config/mqtt.password", "secret\n"));
    EXPECT_FALSE(may_lie_open("config/device.pem", "-----BEGIN PRIVATE KEY-----\n"));
    EXPECT_FALSE(may_lie_open("config/mqtt.yaml", "password: secret\n"));
    EXPECT_FALSE(may_lie_open("config/devices.yaml", "- type: shelly1_relay\n  password: x\n"));
    EXPECT_FALSE(may_lie_open("config/devices.yaml", "- {type: x, auth: {api_key: 5}}\n"));
    EXPECT_FALSE(may_lie_open("config/devices.yaml", "- url: http://ann:secret@miner.lan/\n"));
    EXPECT_FALSE(may_lie_open("config/devices.yaml", "password: [\n")) << "it cannot be read";
}

}  // namespace
