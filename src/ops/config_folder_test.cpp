#include "ops/config_folder.hpp"

#include <gmock/gmock.h>

#include "ops/config_hash.hpp"
#include "ops/scratch_folder.hpp"

namespace bitgrid::ops {
namespace {

using testing::HasSubstr;

class ConfigFolderTest : public testing::Test {
protected:
    std::string report() {
        const auto loaded = load_config(folder.path(), environment);
        return loaded ? "" : format(loaded.problems());
    }
    std::string report_of(const std::string& file, std::string_view text) {
        const auto path = folder.write(file, text);
        const std::string said = report();
        std::filesystem::remove(path);
        return said;
    }

    ScratchFolder folder;
    Environment environment;
};

TEST_F(ConfigFolderTest, IsAllDefaultsWhereNothingIsWritten) {
    const auto loaded = load_config(folder.path() / "none", environment);
    ASSERT_TRUE(loaded);
    EXPECT_EQ(loaded.value(), core::Config{});
}

TEST_F(ConfigFolderTest, ReadsAllFourFiles) {
    folder.write("site.yaml", "id: attic\ntime_zone: UTC\nhas_battery: false\n");
    folder.write("rules.yaml", "strategy: soc_band\nmax_chip_temp_c: 80\n");
    folder.write("policy.yaml", "policy: adaptive\nfeed_in_ct_kwh: 8.2\n");
    folder.write("loads.yaml", "- id: rod\n  kind: heater\n  can_throttle: false\n- id: s9\n");
    const auto loaded = load_config(folder.path(), environment);
    ASSERT_TRUE(loaded) << format(loaded.problems());
    EXPECT_EQ(loaded.value().site.id, "attic");
    EXPECT_EQ(loaded.value().rules.strategy, core::Strategy::SocBand);
    EXPECT_EQ(loaded.value().policy.feed_in, core::CentPerKwh{8.2});
    ASSERT_EQ(loaded.value().loads.size(), 2U);
    EXPECT_EQ(loaded.value().loads[0].kind, core::LoadKind::Heater);
}

TEST_F(ConfigFolderTest, ReportsThreeMistakesAtOnceWithThreePlaces) {
    folder.write("site.yaml", "name: Home\nblock_minutes: 0\n");
    folder.write("rules.yaml", "surplus_mim_kw: 1.2\neta: 0.9\nt_resume_c: 90\n");
    const std::string said = report();
    const std::string in = "  " + folder.path().string();
    EXPECT_EQ(said, "3 problems in the configuration:\n" + in +
                        "/site.yaml:2: block_minutes: found \"0\"; allowed: a whole number from 1 "
                        "to 60\n" +
                        in +
                        "/rules.yaml:1: \"surplus_mim_kw\": unknown key; did you mean "
                        "surplus_min_kw?\n" +
                        in +
                        "/rules.yaml:3: t_resume_c: found 90; allowed: at most max_chip_temp_c, "
                        "which is 85\n");
}

TEST_F(ConfigFolderTest, RefusesImpossibleCombinationsAtTheKeyThatWasWritten) {
    EXPECT_THAT(report_of("rules.yaml", "max_chip_temp_c: 70"),
                HasSubstr("rules.yaml:1: max_chip_temp_c: found 70; allowed: at least t_resume_c"));
    EXPECT_THAT(report_of("rules.yaml", "surplus_min_kw: 0.5"),
                HasSubstr("surplus_throttle_min_kw"));
    EXPECT_THAT(report_of("rules.yaml", "soc_hard_min_pct: 70"), HasSubstr("soc_soft_min_pct"));
    EXPECT_THAT(report_of("rules.yaml", "max_grid_import_w: 3000"),
                HasSubstr("grid_import_fast_w"));
    EXPECT_THAT(report_of("rules.yaml", "soc_eco_start_pct: 40"), HasSubstr("soc_stop_pct"));
    EXPECT_THAT(report_of("rules.yaml", "soc_standard_stop_pct: 81"),
                HasSubstr("soc_standard_pct"));
    EXPECT_THAT(report_of("rules.yaml", "soc_super_stop_pct: 91"), HasSubstr("soc_super_pct"));
    EXPECT_THAT(report_of("rules.yaml", "max_chip_temp_c: 96"), HasSubstr("0 to 95"));
    EXPECT_THAT(report_of("rules.yaml", "deadband_hold_blocks: -1"), HasSubstr("whole number"));
    EXPECT_EQ(report_of("rules.yaml", "t_resume_c: 85\nsurplus_min_kw: 0.8"), "");
}

TEST_F(ConfigFolderTest, ComparesNoValueThatCouldNotBeRead) {
    EXPECT_THAT(report_of("rules.yaml", "max_chip_temp_c: hot\nt_resume_c: 90"),
                testing::StartsWith("1 problem "));
}

TEST_F(ConfigFolderTest, RefusesLoadsThatCannotBeToldApartOrAddressed) {
    EXPECT_THAT(report_of("loads.yaml", "- id: a\n- id: b\n- id: a\n"),
                HasSubstr("loads.yaml:3: loads[2].id: found \"a\" again"));
    EXPECT_THAT(report_of("loads.yaml", "- id: a/#\n"), HasSubstr("found \"a/#\""));
    EXPECT_THAT(report_of("loads.yaml", "- id: all\n"), HasSubstr("but not all"));
    EXPECT_THAT(report_of("loads.yaml", "- eco_w: 1674\n"), HasSubstr("less than full_w"));
    EXPECT_THAT(report_of("loads.yaml", "- {full_w: 0, can_throttle: false}\n"),
                HasSubstr("more than 0"));
    EXPECT_THAT(report_of("loads.yaml", "[]\n"), HasSubstr("at least one load"));
    EXPECT_THAT(report_of("loads.yaml", "id: a\n"), HasSubstr("no list"));
    EXPECT_THAT(report_of("loads.yaml", "[{},{},{},{},{},{},{},{},{}]\n"), HasSubstr("at most 8"));
}

TEST_F(ConfigFolderTest, RefusesASiteThatNoTopicOrClockKnows) {
    EXPECT_THAT(report_of("site.yaml", "id: My Home\n"), HasSubstr("lower-case letters"));
    EXPECT_THAT(report_of("site.yaml", "time_zone: ../../etc/passwd\n"), HasSubstr("IANA"));
    EXPECT_THAT(report_of("site.yaml", "time_zone: Europe/Berlinn\n"), HasSubstr("IANA"));
}

TEST_F(ConfigFolderTest, NamesFilesThatNobodyReads) {
    EXPECT_THAT(report_of("rule.yaml", ""), HasSubstr("did you mean rules.yaml?"));
    EXPECT_THAT(report_of("rules.yml", ""), HasSubstr("did you mean rules.yaml?"));
    EXPECT_EQ(report_of("notes.txt", "anything"), "");
    EXPECT_EQ(report_of("devices.yaml", ": for the app"), "");
    EXPECT_EQ(report_of("log.yaml", "level: debug"), "");
}

TEST_F(ConfigFolderTest, LetsTheEnvironmentSetTheDefaultLoad) {
    environment = {{"BITGRID_LOADS_0_FULL_W", "3250"}, {"BITGRID_RULES_SURPLUS_MIN_KW", "1.2"}};
    const auto loaded = load_config(folder.path(), environment);
    ASSERT_TRUE(loaded) << format(loaded.problems());
    EXPECT_EQ(loaded.value().loads[0].full_w, core::Watts{3250});
    EXPECT_EQ(loaded.value().rules.surplus_min, core::Kilowatts{1.2});
}

TEST_F(ConfigFolderTest, HasOneVersionForTheSameValuesHoweverWritten) {
    folder.write("rules.yaml", "eta: 0.95\nsurplus_min_kw: 1.50e0\n");
    const auto loaded = load_config(folder.path(), environment);
    ASSERT_TRUE(loaded) << format(loaded.problems());
    const core::Config defaults;
    EXPECT_EQ(config_version(loaded.value()), config_version(defaults));

    core::Config other;
    other.rules.eta = 0.9500000000000001;
    EXPECT_NE(config_version(other), config_version(defaults));
    EXPECT_THAT(canonical_text(other), HasSubstr("rules.eta=0.9500000000000001\n"));
}

}  // namespace
}  // namespace bitgrid::ops
