// The broker and what comes from it: faults 1 to 14.
#include <atomic>
#include <thread>

#include "faults/harness/faults.hpp"

namespace bitgrid::faults {
namespace {

using fmt::format;

constexpr const char* kRoot = "bitgrid/home/";

std::string start_command(int number) {
    return R"({"action":"START","command_id":"c)" + std::to_string(number) + "\"}";
}

TEST_F(Faults, No1AKilledBrokerStopsWhatIsKnownByItAlone) {
    Home home{{.meter_by_mqtt = true}};
    ASSERT_TRUE(home.runs());
    home.broker().kill();
    const auto off = home.until([&] { return !home.is_on("miner"); }, 120);
    ASSERT_TRUE(off);
    EXPECT_EQ(home.health("mqtt").first, "warn");
    const Stopwatch watch;
    home.start_broker();
    ASSERT_TRUE(home.until([&] { return home.health("mqtt").first == "ok"; }, 600));
    const double back_s = watch.s();
    ASSERT_TRUE(home.runs()) << home.why("miner");
    EXPECT_LE(*off, 90);
    EXPECT_LE(back_s, 20);
    if (back_s > 5) misses_its_figure("it comes back more slowly");
    saw("the meter spoke by the broker alone: its value went stale, the load stopped; back by "
        "itself",
        format("off {:.0f} s after the kill; connected again after {:.1f} s", *off, back_s));
}

TEST_F(Faults, No2AStalledBrokerHoldsNothingUp) {
    Home home{{.has_broker = true}};
    ASSERT_TRUE(home.runs());
    home.broker().pause();
    double slowest_ms = 0;
    EXPECT_TRUE(home.always(
        [&] {
            const Heard heard = get(home.api_port(), "/api/v1/health/live");
            slowest_ms = std::max(slowest_ms, heard.real_ms);
            return heard.status == 200 && home.is_on("miner");
        },
        60));
    home.order("report miner.temp_c 96");
    const auto off = home.until([&] { return !home.is_on("miner"); }, 60);
    home.broker().resume();
    ASSERT_TRUE(off);
    EXPECT_LT(slowest_ms, 3'000);
    saw("decisions, page and a stop for heat while the broker stands still",
        format("off {:.0f} s after the heat (polled every 10 s); slowest answer {:.0f} ms", *off,
               slowest_ms));
}

TEST_F(Faults, No3AHalfOpenConnectionIsNoticed) {
    Home home{{.has_broker = true, .bad_lines = {"mqtt"}}};
    ASSERT_TRUE(home.until([&] { return home.health("mqtt").first == "ok"; }, 60));
    home.line("mqtt").set({.swallows = true});
    const Stopwatch watch;
    ASSERT_TRUE(home.until([&] { return home.health("mqtt").first != "ok"; }, 40 * 20));
    const double noticed_s = watch.s();
    const std::string reason = home.health("mqtt").second;
    home.line("mqtt").mend();
    ASSERT_TRUE(home.until([&] { return home.health("mqtt").first == "ok"; }, 60 * 20));
    EXPECT_LE(noticed_s, 25);
    saw("every byte vanishes, no end is told; noticed (" + reason + "), back by itself",
        format("noticed after {:.1f} s", noticed_s));
}

TEST_F(LongFaults, No4ALateAndLossyLineMakesNoFlapping) {
    Home home{{.speed = 20, .bad_lines = {"inverter", "miner", "plug"}}};
    ASSERT_TRUE(home.runs());
    for (const char* line : {"inverter", "miner", "plug"})
        home.line(line).set({.delay_ms = 50, .late_share = 0.05, .late_ms = 50});
    EXPECT_TRUE(home.always([&] { return home.is_on("miner"); }, 3'000));
    EXPECT_EQ(home.journal("code LIKE 'STOP_R3%' AND load_id = 'miner'"), 0);
    saw("a second of the house's time each way, a twentieth later still, to inverter, miner, plug",
        "not one switch in 50 min");
}

TEST_F(Faults, No5WhatTheBrokerRememberedIsNotObeyed) {
    Home home{{.has_broker = true}};
    ASSERT_TRUE(home.until([&] { return home.state().value("ready", false); }, 240));
    const long before = home.journal("type = 'OverrideSet'");
    {
        MqttPeer peer = home.peer("stranger");
        for (int i = 0; i < 500; ++i)
            peer.say(std::string{kRoot} + "load/rod/override/set", start_command(i), 0, true);
        for (int i = 0; i < 500; ++i)
            peer.say(std::string{kRoot} + "telemetry/miner/temp_c",
                     R"({"value":99,"time":"2024-05-21T09:00:00Z"})", 0, true);
        peer.say("fence", "", 1);
    }
    home.daemon().kill();
    home.start_daemon();
    ASSERT_TRUE(home.until(
        [&] { return home.health("mqtt").second.find("stored") != std::string::npos; }, 240));
    EXPECT_EQ(home.journal("type = 'OverrideSet'"), before);
    EXPECT_EQ(home.journal("code = 'STOP_R3_OVERTEMP'"), 0);
    saw("500 retained commands and 500 retained samples of two hours ago, before and after a "
        "restart",
        "0 of 1,000 obeyed");
}

TEST_F(Faults, No6WhatTheBrokerForgotIsSaidAnew) {
    Home home{{.has_broker = true}};
    ASSERT_TRUE(home.until([&] { return home.state().value("ready", false); }, 240));
    home.broker().kill();
    home.start_broker();
    MqttPeer peer = home.peer("page");
    peer.listen(std::string{kRoot} + "#");
    const auto knows = [&](const char* topic) {
        return peer.heard(std::string{kRoot} + topic).has_value();
    };
    ASSERT_TRUE(
        home.until([&] { return peer.heard(std::string{kRoot} + "status") == "online"; }, 1'200));
    const Stopwatch watch;
    for (const char* topic : {"state", "load/miner/level", "load/rod/level", "autonomy",
                              "emergency_stop", "health", "controller/claim"})
        ASSERT_TRUE(home.until([&] { return knows(topic); }, 400)) << topic;
    const double whole_s = watch.s();
    EXPECT_LE(whole_s, 15);
    saw("a broker without a memory came back; all states were published anew",
        format("whole {:.1f} s after `online`", whole_s));
}

TEST_F(Faults, No7TenThousandDuplicatesHaveOneEffect) {
    Home home{{.has_broker = true}};
    ASSERT_TRUE(home.until([&] { return home.state().value("ready", false); }, 240));
    MqttPeer peer = home.peer("stranger");
    peer.listen(std::string{kRoot} + "load/rod/override/ack");
    const std::string topic = std::string{kRoot} + "load/rod/override/set";
    for (int i = 0; i < 10'000; ++i) peer.say(topic, start_command(1), 0);
    peer.say(topic, start_command(1), 1);
    ASSERT_TRUE(home.until([&] { return home.is_on("rod"); }, 300));
    EXPECT_EQ(home.journal("type = 'OverrideSet'"), 1);
    EXPECT_EQ(home.journal("code = 'START_OVERRIDE' AND load_id = 'rod'"), 1);
    saw("the same command 10,001 times", "one effect");
}

TEST_F(Faults, No8AnOlderSampleNeverOverwritesANewerOne) {
    is_proved_by("adapters_test", "MqttSensorsTest.DropsWhatComesOutOfOrderOrFromTheFuture");
    saw("samples that are older than the newest, or of the future, are dropped", "0 regressions");
}

TEST_F(Faults, No9AFloodDoesNotDelayAStop) {
    Home home{{.has_broker = true}};
    ASSERT_TRUE(home.runs());
    const long before_kib = home.daemon().memory_kib();
    std::atomic<bool> is_over{false};
    std::atomic<long> said{0};
    std::thread flood{[&] {
        MqttPeer peer = home.peer("flood");
        while (!is_over) {
            for (int i = 0; i < 100; ++i)
                said +=
                    peer.say(std::string{kRoot} + "telemetry/miner/hashrate_ths", "90", 0) ? 1 : 0;
            rest(10);
        }
    }};
    MqttPeer sensor = home.peer("sensor");
    home.always([] { return true; }, 40);
    const Stopwatch watch;
    sensor.say(std::string{kRoot} + "telemetry/miner/temp_c", "97", 1);
    const auto off = home.until([&] { return !home.is_on("miner"); }, 60);
    const double off_s = watch.s();
    const double grown_mib = static_cast<double>(home.daemon().memory_kib() - before_kib) / 1024;
    is_over = true;
    flood.join();
    ASSERT_TRUE(off);
    EXPECT_LT(off_s, 5);
    EXPECT_LT(grown_mib, 128);
    saw("up to 10,000 messages a second from one client, then one sample of 97 °C from another",
        format("{} messages; off {:.2f} s after the sample; memory +{:.0f} MiB", said.load(), off_s,
               grown_mib));
}

TEST_F(Faults, No10AHugeOrDeepPayloadIsRefused) {
    Home home{{.has_broker = true}};
    ASSERT_TRUE(home.runs());
    const long before_kib = home.daemon().memory_kib();
    {
        MqttPeer peer = home.peer("hostile");
        peer.say(std::string{kRoot} + "telemetry/miner/temp_c", std::string(100'000'000, '9'), 0);
        peer.say(std::string{kRoot} + "load/miner/override/set",
                 std::string(10'000, '[') + std::string(10'000, ']'), 1);
    }
    ASSERT_TRUE(home.always([&] { return home.is_on("miner"); }, 60)) << home.why("miner");
    const double grown_mib = static_cast<double>(home.daemon().memory_kib() - before_kib) / 1024;
    EXPECT_TRUE(home.until(
        [&] { return home.health("mqtt").first == "ok" || !home.health("mqtt").second.empty(); },
        120));
    EXPECT_LT(grown_mib, 64);
    saw("100 MB of digits, JSON nested 10,000 deep: not obeyed, the load runs on",
        format("memory +{:.0f} MiB", grown_mib));
}

// Who we are at the broker, from its log: "New client connected from ... as NAME (".
std::string our_name(Home& home) {
    const std::string log = home.broker().complained();
    const std::size_t at = log.find(" as bitgrid-");
    if (at == std::string::npos) throw std::runtime_error{"no login of ours: " + log};
    return log.substr(at + 4, log.find(' ', at + 4) - at - 4);
}

TEST_F(Faults, No11WhoTakesOurNameIsTold) {
    Home home{{.has_broker = true}};
    ASSERT_TRUE(home.runs());
    ASSERT_EQ(home.health("mqtt").first, "ok");
    const auto is_told = [&] {
        const auto [status, reason] = home.health("mqtt");
        return status == "error" && reason.find("somebody else") != std::string::npos;
    };
    const Stopwatch watch;
    double told_s = 0;
    {
        const MqttPeer thief = home.peer(our_name(home));
        ASSERT_TRUE(home.until(is_told, 400)) << home.health("mqtt").second;
        told_s = watch.s();
    }
    EXPECT_LE(told_s, 10);
    MqttPeer page = home.peer("page");
    page.listen(std::string{kRoot} + "state");
    page.forget();
    ASSERT_TRUE(home.until([&] { return page.times(std::string{kRoot} + "state") > 1; }, 1'200))
        << "it is back, and speaks";
    EXPECT_TRUE(home.is_on("miner"));
    saw("the two throw each other out; this broker does not say why, but the third time within a "
        "minute is told as an error; back by itself when the thief goes; the load runs on",
        format("told {:.1f} s after the thief logged in", told_s));
}

TEST_F(Faults, No12ATopicThatTheBrokerDeniesIsTold) {
    const ops::ScratchFolder lists;
    const auto list = lists.write("acl", "topic read #\ntopic readwrite bitgrid/home/status\n");
    Home home{{.has_broker = true, .broker_lines = "acl_file " + list.string() + "\n"}};
    const auto told = home.until([&] { return home.health("mqtt").first == "error"; }, 200);
    ASSERT_TRUE(told);
    EXPECT_NE(home.health("mqtt").second.find("access list"), std::string::npos);
    saw("told in health: " + home.health("mqtt").second, "with the first answer of the broker");
}

TEST_F(Faults, No13CommandsFromBeforeOurReturnAreNotObeyed) {
    Home home{{.has_broker = true, .bad_lines = {"mqtt"}}};
    ASSERT_TRUE(home.until([&] { return home.state().value("ready", false); }, 240));
    home.line("mqtt").set({.refuses = true});
    home.line("mqtt").reset_all();
    ASSERT_TRUE(home.until([&] { return home.health("mqtt").first != "ok"; }, 200));
    {
        MqttPeer peer = home.peer("stranger");
        for (int i = 0; i < 1'000; ++i)
            peer.say(std::string{kRoot} + "load/rod/override/set", start_command(i), i % 100 == 99);
    }
    home.line("mqtt").mend();
    ASSERT_TRUE(home.until([&] { return home.health("mqtt").first == "ok"; }, 1'200));
    EXPECT_TRUE(home.always([&] { return !home.is_on("rod"); }, 60));
    EXPECT_EQ(home.journal("type = 'OverrideSet'"), 0);
    saw("1,000 commands while we were away", "0 obeyed after the return");
}

TEST_F(Faults, No14APublisherThatFallsSilentIsNoticedWithoutAWill) {
    Home home{{.has_broker = true,
               .has_no_meter = true,
               .more = {{"mqtt_sensors.yaml", "- topic: cellar/grid\n  signal: grid_power_w\n"}}}};
    MqttPeer meter = home.peer("meter");
    std::atomic<bool> is_silent{false};
    std::thread rhythm{[&] {
        while (!is_silent) {
            meter.say("cellar/grid", "-3000", 0);
            rest(100);
        }
    }};
    const bool has_run = home.runs();
    is_silent = true;
    rhythm.join();
    ASSERT_TRUE(has_run);
    const auto off = home.until([&] { return !home.is_on("miner"); }, 120);
    ASSERT_TRUE(off);
    EXPECT_EQ(home.code("miner"), "STOP_R3_MISSING_TELEMETRY");
    EXPECT_LE(*off, 90);
    saw("the meter's client stays connected and says nothing more: stale, off",
        format("off {:.0f} s after its last sample", *off));
}

}  // namespace
}  // namespace bitgrid::faults
