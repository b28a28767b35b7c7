#include "explain/narrator.hpp"

#include <gtest/gtest.h>

using namespace bitgrid;

namespace {

// Monday 15 June 2026, 11:00 in Berlin.
constexpr std::int64_t kNow = 1'781'514'000'000;

struct Scene {
    core::Config config;
    core::Memory memory;
    core::EnergyState state;

    Scene() {
        using core::Signal;
        config.loads[0].name = "Avalon";
        memory.loads.push_back({});
        state.loads.push_back({});
        state.time = {kNow};
        state.site.pv_power = core::admit<core::Watts>(Signal::PvPower, 2420);
        state.site.house_load = core::admit<core::Watts>(Signal::HouseLoad, 2000);
        state.site.grid_import = core::admit<core::Watts>(Signal::GridImport, 0);
        state.site.battery_soc = core::admit<core::Percent>(Signal::BatterySoc, 80);
    }
    void pv(double w) { state.site.pv_power = core::admit<core::Watts>(core::Signal::PvPower, w); }
    void soc(double pct) {
        state.site.battery_soc = core::admit<core::Percent>(core::Signal::BatterySoc, pct);
    }
    void run(core::Target target) {
        memory.loads[0].target = target;
        state.loads[0].is_expected_on = true;
        temp(61);
        state.loads[0].heartbeat_age = core::admit<core::Seconds>(core::Signal::LoadHeartbeat, 2);
    }
    void temp(double c) {
        state.loads[0].temp = core::admit<core::Celsius>(core::Signal::LoadTemp, c);
    }
    core::DecisionEvent event() const {
        core::DecisionEvent e;
        e.decision = core::decide(config, memory, state).decisions[0];
        e.time = state.time;
        e.state = state;
        e.memory = memory;
        if (e.decision.target == core::kFull)
            e.margin = core::stop_margin(config, memory, state, 0);
        else e.foil = core::counterfactual(config, memory, state, 0);
        return e;
    }
    core::Explanation told() const { return explain::Narrator{}.decision(config, event()); }
};

TEST(Narrator, SaysWhatIsMeasuredWhatIsNeededAndWhatWouldChangeIt) {
    const auto told = Scene{}.told();
    EXPECT_EQ(told.de.brief, "Avalon wartet. 0,4 kW Sonne sind übrig, nötig sind 0,8 kW.");
    EXPECT_EQ(told.en.brief, "Avalon is waiting. 0.4 kW of sun is spare, 0.8 kW is needed.");
    EXPECT_EQ(told.de.counterfactual,
              "Startet auf Sparflamme, wenn: mindestens 0,8 kW Sonne übrig (+0,4 kW).");
    EXPECT_EQ(told.en.counterfactual,
              "Starts at low power when: at least 0.8 kW of sun is spare (+0.4 kW).");
}

TEST(Narrator, AsksForFullPowerWhereALoadKnowsOnlyOnAndOff) {
    Scene scene;
    scene.config.loads[0].can_throttle = false;
    EXPECT_EQ(scene.told().en.brief,
              "Avalon is waiting. 0.4 kW of sun is spare, 1.5 kW is needed.");
}

TEST(Narrator, ListsAllChangesAndTheTimeOnTheClockOfTheHouse) {
    Scene scene;
    scene.soc(55);
    scene.memory.loads[0].last_action = core::Action::Stop;
    scene.memory.loads[0].unchanged_since = kNow / 600'000;
    const auto told = scene.told();
    EXPECT_EQ(told.de.counterfactual,
              "Startet auf Sparflamme, wenn: Speicher mindestens 59 % (+4 %), mindestens 0,8 kW "
              "Sonne übrig (+0,4 kW) und nicht vor 11:20.");
    EXPECT_EQ(told.en.counterfactual,
              "Starts at low power when: battery at least 59 % (+4 %), at least 0.8 kW of sun is "
              "spare (+0.4 kW) and not before 11:20.");
}

TEST(Narrator, AddsADigitWhereAValueWouldLookLikeTheBoundThatItMisses) {
    Scene scene;
    scene.pv(2000 + 799.6);
    EXPECT_EQ(scene.told().de.brief,
              "Avalon wartet. 0,7996 kW Sonne sind übrig, nötig sind 0,8 kW.");
    scene.pv(2000 + 1460);
    EXPECT_EQ(scene.told().de.brief,
              "Avalon läuft auf Sparflamme. 1,46 kW sind übrig, volle Kraft braucht 1,5 kW.");
}

TEST(Narrator, WritesNegativeNumbersWithAMinusSign) {
    Scene scene;
    scene.pv(1100);
    EXPECT_EQ(scene.told().de.brief,
              "Avalon wartet. Keine Sonne ist übrig (\u22120,9 kW), nötig sind 0,8 kW.");
}

TEST(Narrator, TellsASafetyStopWithValueLimitAndTheEarliestEnd) {
    Scene scene;
    scene.run(core::kFull);
    scene.temp(85.2);
    const auto told = scene.told();
    EXPECT_EQ(told.de.brief, "Not-Stopp. Avalon ist 85,2 °C heiß, erlaubt sind 85 °C.");
    EXPECT_EQ(told.en.brief, "Safety stop. Avalon is at 85.2 °C, 85 °C is the limit.");
    EXPECT_NE(told.de.details.find("bei höchstens 75 °C und nicht vor 12:00."), std::string::npos)
        << told.de.details;
}

TEST(Narrator, NamesMissingSignalsInWords) {
    Scene scene;
    scene.state.site.battery_soc = {};
    scene.state.site.house_load = {};
    const auto told = scene.told();
    EXPECT_EQ(told.de.brief,
              "Avalon bleibt aus. Mir fehlen Werte: Verbrauch im Haus und Speicherstand.");
    EXPECT_EQ(told.en.brief, "Avalon stays off. I lack values: house load and battery level.");
    EXPECT_EQ(told.de.counterfactual, "");
}

TEST(Narrator, TellsAValueThatIsNotBelievedFromOneThatIsNotThere) {
    Scene scene;
    scene.state.distrusted.add(core::Signal::PvPower);
    const auto told = scene.told();
    EXPECT_EQ(told.de.brief, "Avalon bleibt aus. Ich traue diesen Werten nicht: PV-Leistung.");
    EXPECT_EQ(told.en.brief, "Avalon stays off. I do not believe these values: PV power.");
    EXPECT_NE(told.en.details.find("not before they move or fit"), std::string::npos);
    EXPECT_EQ(told.en.counterfactual, "");
    scene.state.site.house_load = {};
    EXPECT_EQ(scene.told().en.brief, "Avalon stays off. I lack values: PV power and house load.");
}

TEST(Narrator, ShowsTheEndOfAWishAndSaysTomorrow) {
    Scene scene;
    scene.memory.loads[0].wish = core::Override{};
    scene.memory.loads[0].wish->until = {kNow + 60 * 60'000 + 1};
    EXPECT_EQ(scene.told().de.brief,
              "Avalon steht, weil du es willst. Bis 12:01, dann gilt wieder die Automatik.");
    scene.memory.loads[0].wish->until = {kNow + 22 * 3'600'000};
    EXPECT_EQ(
        scene.told().en.brief,
        "Avalon is off because you asked for it. Until tomorrow 09:00, then the rules take over.");
}

TEST(Narrator, FallsBackToUtcAndSaysSo) {
    Scene scene;
    scene.config.site.time_zone = "Nowhere/Land";
    scene.memory.loads[0].wish = core::Override{};
    scene.memory.loads[0].wish->until = {kNow + 60 * 60'000};
    EXPECT_NE(scene.told().de.brief.find("Bis 10:00 UTC"), std::string::npos);
}

TEST(Narrator, TellsARunningLoadWhatWouldEndItFirst) {
    Scene scene;
    scene.pv(9000);
    scene.run(core::kFull);
    scene.soc(62.5);
    scene.state.site.grid_export = core::admit<core::Watts>(core::Signal::GridExport, 4000);
    EXPECT_EQ(scene.told().de.counterfactual,
              "Nächste Grenze zum Anhalten: Speicher bei 50 % oder darunter (Abstand 12 %).");
}

TEST(Narrator, ExplainsARefusalWithItsNumbers) {
    Scene scene;
    scene.soc(48);
    scene.memory.loads[0].wish = core::Override{};
    scene.memory.loads[0].wish->action = core::OverrideAction::Start;
    scene.memory.loads[0].wish->until = {kNow + 60 * 60'000};
    const explain::Narrator narrator;
    const auto told = narrator.refusal(scene.config, "REJECTED_R2_SOC_HARD_MIN", scene.event());
    EXPECT_EQ(told.de.brief,
              "Das geht gerade nicht. Der Speicher hat 48 %, die Reserve fürs Haus ist 50 %.");
    EXPECT_EQ(narrator.refusal(scene.config, "REJECTED_NEW", scene.event()).en.brief,
              "I cannot do that now. Avalon stays as it is.");
}

TEST(Narrator, ShortensALongNameRatherThanTheSentence) {
    Scene scene;
    scene.config.loads[0].name = "Die große Heizpatrone im Keller links";
    EXPECT_EQ(scene.told().de.brief,
              "Die große Heizp… wartet. 0,4 kW Sonne sind übrig, nötig sind 0,8 kW.");
}

}  // namespace
