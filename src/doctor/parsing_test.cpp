#include <gmock/gmock.h>

#include "doctor/broker_settings.hpp"
#include "doctor/config_lines.hpp"
#include "doctor/socket_table.hpp"
#include "doctor/ssh_settings.hpp"
#include "doctor/unit_file.hpp"

namespace bitgrid::doctor {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ConfigLines, AreWordsWithoutRemarks) {
    const auto lines = config_lines("# no\n\n  Port 22  \nBanner \"two words\" x\r\nX=1\n", true);
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(lines[0].key, "port");
    EXPECT_THAT(lines[1].values, ElementsAre("two words", "x"));
    EXPECT_EQ(lines[2].value(), "1");
    EXPECT_EQ(config_lines("X=1\n")[0].key, "x=1");
}

TEST(SshSettings, TheFirstValueHoldsAndAMatchEndsThem) {
    SshSettings settings;
    EXPECT_FALSE(
        add_ssh_settings("PasswordAuthentication no\nPasswordAuthentication yes\n"
                         "PermitRootLogin=no\nMatch User bob\nPermitRootLogin yes\n",
                         settings));
    EXPECT_EQ(ssh_setting(settings, "passwordauthentication"), "no");
    EXPECT_EQ(ssh_setting(settings, "permitrootlogin"), "no");
}

TEST(SshSettings, WhatIsNotSaidIsAsTheServerHasIt) {
    EXPECT_EQ(ssh_setting({}, "passwordauthentication"), "yes");
    EXPECT_EQ(ssh_setting({}, "permitrootlogin"), "prohibit-password");
    EXPECT_EQ(
        ssh_setting({{"challengeresponseauthentication", "no"}}, "kbdinteractiveauthentication"),
        "no");
}

TEST(UnitFile, TheLastValueHoldsAndAnEmptyOneForgets) {
    UnitFile unit;
    unit.add("[Unit]\nUser=x\n[Service]\n# a\nUser=bitgrid\nExecStart=/bin/a \\\n  --b\n");
    unit.add("[Service]\nNoNewPrivileges = yes\nMemoryMax=\n");
    EXPECT_EQ(unit.setting("User"), "bitgrid");
    EXPECT_EQ(unit.setting("ExecStart"), "/bin/a  --b");
    EXPECT_TRUE(unit.is_on("NoNewPrivileges"));
    EXPECT_EQ(unit.setting("MemoryMax"), "");
    EXPECT_EQ(unit.setting("TasksMax"), std::nullopt);
}

TEST(SocketTable, TellsWhoListensAndForWhom) {
    EXPECT_THAT(
        listeners_in("  sl  local_address rem_address   st\n"
                     "   0: 0100007F:1F90 00000000:0000 0A 0 0 0 0\n"
                     "   1: 00000000:0016 00000000:0000 0A 0 0 0 0\n"
                     "   2: 0201A8C0:0016 0101A8C0:C000 01 0 0 0 0\n"
                     "   3: 00000000000000000000000001000000:0277 0:0 0A\n"
                     "   4: 0000000000000000FFFF00000100007F:0278 0:0 0A\n"
                     "   5: 00000000000000000000000000000000:075B 0:0 0A\n   6: 1:zz 0 0A\n"),
        ElementsAre(Listener{8080, true}, Listener{22, false}, Listener{631, true},
                    Listener{632, true}, Listener{1883, false}));
    EXPECT_THAT(listeners_in("nonsense"), IsEmpty());
}

TEST(BrokerSettings, TellWhoMayComeInAndWhere) {
    const auto bare = read_broker({""});
    EXPECT_TRUE(bare.lets_anyone_in);
    const auto open = read_broker({"allow_anonymous true\nlistener 1883\n"});
    EXPECT_TRUE(open.lets_anyone_in);
    ASSERT_EQ(open.listeners.size(), 1U);
    EXPECT_FALSE(open.listeners[0].is_local());
    EXPECT_FALSE(open.listeners[0].is_encrypted);
    const auto closed = read_broker(
        {"listener 0 /run/mosquitto/bitgrid.sock\nlistener 1883 127.0.0.1\n",
         "listener 8883\ncertfile /etc/mosquitto/certs/server.crt\nallow_anonymous false\n"});
    EXPECT_FALSE(closed.lets_anyone_in);
    ASSERT_EQ(closed.listeners.size(), 3U);
    EXPECT_TRUE(closed.listeners[0].is_local());
    EXPECT_TRUE(closed.listeners[1].is_local());
    EXPECT_TRUE(closed.listeners[2].is_encrypted);
}

}  // namespace
}  // namespace bitgrid::doctor
