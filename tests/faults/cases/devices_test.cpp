// Devices and data that lie: faults 45 to 54.
#include <atomic>
#include <thread>

#include "faults/harness/faults.hpp"

namespace bitgrid::faults {
namespace {

using fmt::format;

TEST_F(Faults, No45AMinerThatIgnoresAStopLosesItsMains) {
    Home home;
    ASSERT_TRUE(home.runs());
    home.order("ignore_stop");
    home.order("report miner.temp_c 96");
    ASSERT_TRUE(home.until([&] { return home.code("miner") == "STOP_R3_OVERTEMP"; }, 60));
    const auto off = home.until([&] { return !home.is_on("miner"); }, 60);
    ASSERT_TRUE(off);
    EXPECT_EQ(home.truth()["plug"]["is_on"], false);
    EXPECT_LE(*off, 30);
    saw("the stop was said yes to and ignored; the plug before the miner was opened; lockout",
        format("without mains {:.0f} s after the decision", *off));
}

TEST_F(Faults, No46ARelayThatIsStuckRaisesTheAlarm) {
    Home home;
    ASSERT_TRUE(home.runs());
    home.order("ignore_stop");
    home.order("weld_plug");
    home.order("report miner.temp_c 96");
    ASSERT_TRUE(home.until([&] { return home.code("miner") == "STOP_R3_OVERTEMP"; }, 60));
    const auto alarm = home.until([&] { return home.health("load/miner").first == "error"; }, 90);
    ASSERT_TRUE(alarm);
    EXPECT_TRUE(home.is_on("miner")) << "nothing that we own can stop it";
    EXPECT_FALSE(home.load("miner")["lockout"].is_null());
    EXPECT_GE(home.journal("type = 'CommandFailed'"), 1);
    EXPECT_LE(*alarm, 45);
    saw("alarm in words: " + home.health("load/miner").second + "; lockout, no start",
        format("alarm {:.0f} s after the stop (5 s for the relay, 15 s for the alarm)", *alarm));
}

TEST_F(Faults, No47AMinerThatStartsByItselfIsStoppedAgain) {
    Home home;
    ASSERT_TRUE(home.runs("rod"));
    // Its plug is closed as by a hand on it, and the firmware boots into work.
    ASSERT_TRUE(home.until([&] { return !home.is_on("miner"); }, 60));
    const std::uint16_t plug = home.device_port("plug");
    const auto boots = home.until(
        [&] {
            get(plug, "/rpc/Switch.Set?id=0&on=true");
            return home.is_on("miner");
        },
        200);
    ASSERT_TRUE(boots);
    std::optional<double> above_50_w;
    const double began = home.house_s();
    const auto off = home.until(
        [&] {
            if (!above_50_w && home.power_w("miner") > 50) above_50_w = home.house_s();
            return !home.is_on("miner");
        },
        120);
    ASSERT_TRUE(off);
    EXPECT_LE(*off, 60);
    EXPECT_TRUE(home.is_on("rod")) << "the other load is not touched";
    const double above_s = above_50_w ? began + *off - *above_50_w : 0;
    if (above_s > 10) misses_its_figure("its power is only read every 10 s");
    saw("it drew power although it is to be off: stopped and taken off the mains again",
        format("off {:.0f} s after its plug was closed, {}", *off,
               above_50_w ? format("{:.0f} s after it drew 50 W", above_s)
                          : "while it booted: it never drew 50 W"));
}

// When the program saw that it changed, by its own clock: no look of ours in between.
double changed_s(const Home& home, const std::string& part) {
    const json now = home.state();
    for (const json& known : now["health"]["parts"])
        if (known["part"] == part)
            return static_cast<double>(ms_of(known["since"].get<std::string>())) / 1000;
    return 0;
}

TEST_F(Faults, No48AFrozenSensorIsNoticed) {
    Home home{{.more = {{"site.yaml", "frozen_chip_after_s: 60\n"}}}};
    ASSERT_TRUE(home.runs());
    // Nothing is expected of a miner that boots, for 180 s.
    ASSERT_TRUE(home.always([&] { return home.is_on("miner"); }, 200));
    const auto is_doubted = [&](const char* part) { return home.health(part).first == "warn"; };
    const double frozen_s = home.house_s();
    home.order("freeze miner.temp_c");
    ASSERT_TRUE(home.until([&] { return is_doubted("sensor/miner.temp_c"); }, 600))
        << home.why("miner");
    const double chip_s = changed_s(home, "sensor/miner.temp_c") - frozen_s;
    EXPECT_LE(chip_s, 60 + 30) << "and the polls of 10 s";
    EXPECT_TRUE(home.is_on("miner")) << "what runs is not stopped for a doubt";
    home.order("thaw");
    ASSERT_TRUE(home.until([&] { return !is_doubted("sensor/miner.temp_c"); }, 120));
    is_proved_by("engine_test", "FrozenWatchTest.*");
    is_proved_by("app_test", "Liars.ASensorThatStandsStillStartsNothingAndStopsNothing");
    saw("told by name, and counted as missing for starts; believed again when it moves",
        format(
            "chip after {:.0f} s where 60 are configured; by default, on a clock of tests, after "
            "5 min, power after 15",
            chip_s));
}

TEST_F(Faults, No49AValueThatIsNoneReachesNoRule) {
    Home home;
    ASSERT_TRUE(home.runs());
    home.order("report pv_power_w nan");
    const auto off = home.until([&] { return !home.is_on("miner"); }, 120);
    ASSERT_TRUE(off);
    EXPECT_EQ(home.code("miner"), "STOP_R3_MISSING_TELEMETRY");
    home.order("thaw");
    ASSERT_TRUE(home.until([&] { return home.state()["missing_signals"].empty(); }, 60));
    is_proved_by("core_test", "R3Safety.StopsWhereAnyRequiredSignalIsMissing");
    saw("refused where it comes in; missing after its time; the load stops",
        format("off {:.0f} s after the last value that was one (60 s allowed)", *off));
}

TEST_F(Faults, No50WrongUnitsAndSignsAreFound) {
    // A house that is measured, by a meter that speaks by the broker.
    Home home{{.speed = 30,
               .start_soc_pct = 100,  // what is left over goes to the grid
               .has_broker = true,
               .more = {{"mqtt_sensors.yaml", "- topic: cellar/house\n  signal: house_load_w\n"}}}};
    std::atomic<bool> is_over{false};
    std::atomic<double> factor{1};
    std::thread meter{[&] {
        MqttPeer peer = home.peer("meter");
        for (; !is_over; rest(20)) {
            const json truth = home.truth();
            if (truth.is_object())
                peer.say("cellar/house",
                         std::to_string(factor * truth["flows"]["house_load_w"].get<double>()), 0);
        }
    }};
    const auto doubted = [&] { return home.health("sensor/balance").first == "error"; };
    const auto flows = [&](const char* what) {
        return std::abs(home.truth()["flows"][what].get<double>()) > 1'000;
    };
    const bool is_ready = home.until([&] { return home.state().value("ready", false); }, 240) &&
                          home.until([&] { return flows("grid_power_w"); }, 240);
    double slowest = 0;
    int found = 0;
    const auto slip = [&](const char* what, const std::function<void()>& make) {
        const double begin_s = home.house_s();
        make();
        const bool is_found = home.until(doubted, 180).has_value();
        EXPECT_TRUE(is_found) << what << home.why("miner");
        if (is_found) slowest = std::max(slowest, changed_s(home, "sensor/balance") - begin_s);
        found += is_found ? 1 : 0;
        factor = 1;
        home.order("thaw");
        EXPECT_TRUE(home.until([&] { return !doubted(); }, 300)) << "it fits again after " << what;
    };
    int tried = 0;
    const auto scaled = [&](const char* what) {
        ++tried;
        slip(what, [&] { home.order(std::string{"scale "} + what); });
    };
    if (is_ready) {
        scaled("pv_power_w 0.001");
        scaled("grid_power_w -1");
        ++tried;
        slip("house_load_w 10", [&] { factor = 10; });
    }
    is_over = true;
    meter.join();
    ASSERT_TRUE(is_ready);
    EXPECT_LE(slowest, 180);
    is_proved_by("engine_test", "BalanceWatchTest.*");
    saw("kilowatts for watts, swapped signs, ten times too much: told as an error; such values "
        "start nothing",
        format("{} of {} found, at the latest after {:.0f} s", found, tried, slowest));
}

TEST_F(Faults, No51OneSampleAboveTheLimitStops) {
    Home home;
    ASSERT_TRUE(home.runs());
    home.order("report miner.temp_c 96");
    const auto off = home.until([&] { return home.code("miner") == "STOP_R3_OVERTEMP"; }, 60);
    home.order("thaw");
    ASSERT_TRUE(off);
    EXPECT_FALSE(home.load("miner")["lockout"].is_null());
    ASSERT_TRUE(home.until([&] { return !home.is_on("miner"); }, 60));
    EXPECT_TRUE(home.always([&] { return !home.is_on("miner"); }, 60)) << "and stays off";
    saw("one sample of 96 °C, then 60 again: stopped, locked out",
        format("stop {:.0f} s after the sample was to be had (polled every 10 s)", *off));
}

TEST_F(Faults, No52WrongModbusAnswersAreNoValues) {
    Home home;
    ASSERT_TRUE(home.runs());
    double longest = 0;
    for (const char* kind : {"exception", "short", "transaction"}) {
        home.order(std::string{"modbus "} + kind);
        const auto told =
            home.until([&] { return home.code("miner") == "STOP_R3_MISSING_TELEMETRY"; }, 150);
        ASSERT_TRUE(told) << kind << home.why("miner");
        const auto off = home.until([&] { return !home.is_on("miner"); }, 60);
        ASSERT_TRUE(off) << kind;
        longest = std::max(longest, *told + *off);
        home.order("modbus ok");
        ASSERT_TRUE(home.runs()) << kind << home.why("miner");
    }
    is_proved_by("adapters_test", "ModbusClientTest.*:ModbusFrames.*");
    saw("exception, short frame, answer to another question: none is taken for a value; off, and "
        "back by itself",
        format("off at the latest {:.0f} s after the first wrong answer (60 s allowed)", longest));
}

TEST_F(Faults, No53AMarketGoneWrongChangesNothing) {
    Home home{{.bad_lines = {"market"}}};
    ASSERT_TRUE(home.runs());
    for (const char* what : {"cable_out market", "hang market"}) {
        home.order(what);
        EXPECT_TRUE(home.always([&] { return home.is_on("miner"); }, 60)) << what;
        home.order("cable_in market");
    }
    home.line("market").set({.corrupt_share = 0.05});
    EXPECT_TRUE(home.always([&] { return home.is_on("miner"); }, 60)) << "garbage";
    is_proved_by("adapters_test", "EnergyCharts*:OpenMeteo*");
    saw("cut, hanging, and answering with garbage: the load runs on", "not one switch");
}

TEST_F(LongFaults, No54FlappingSunSwitchesSeldom) {
    // The shipped rules, blocks of ten minutes.
    Home home{
        {.speed = 120, .own = {{"site.yaml", "# as it is\n"}, {"rules.yaml", "# as it is\n"}}}};
    ASSERT_TRUE(home.until([&] { return home.state().value("ready", false); }, 1'800));
    const double end = home.house_s() + 4 * 3600;
    for (bool is_bright = false; home.house_s() < end; is_bright = !is_bright) {
        home.order(is_bright ? "cloud 1" : "cloud 0.2");
        home.always([] { return true; }, 60);
    }
    const long starts = home.journal("code LIKE 'START%' AND load_id = 'miner'");
    EXPECT_LE(starts, 4 * 6);
    saw("sun on and off every minute for four hours", format("{} starts in 4 h", starts));
}

}  // namespace
}  // namespace bitgrid::faults
