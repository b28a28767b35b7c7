#include "research/sweep.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "research/compared.hpp"
#include "research/presets.hpp"
#include "research/rule_setting.hpp"
#include "research/simulate_files.hpp"

using namespace bitgrid;
using namespace bitgrid::research;

namespace {

TEST(RuleSetting, TakesWhatTheFileWouldTakeAndNamesWhatItWouldNot) {
    core::Config config;
    ASSERT_TRUE(set_rule(config, "surplus_min_kw", "2.25"));
    ASSERT_TRUE(set_rule(config, "min_runtime_blocks", "4"));
    ASSERT_TRUE(set_rule(config, "battery_first", "true"));
    ASSERT_TRUE(set_rule(config, "price_max_ct_kwh", "null"));
    ASSERT_TRUE(set_rule(config, "strategy", "soc_band"));
    ASSERT_TRUE(set_rule(config, "policy", "adaptive"));
    EXPECT_EQ(config.rules.surplus_min.value, 2.25);
    EXPECT_EQ(config.rules.min_runtime_blocks, 4);
    EXPECT_TRUE(config.rules.battery_first);
    EXPECT_FALSE(config.rules.price_max);
    EXPECT_EQ(config.rules.strategy, core::Strategy::SocBand);
    EXPECT_EQ(config.policy.policy, core::Policy::Adaptive);
    const core::Config before = config;
    const auto refused = [&](const char* key, const char* value) {
        const auto set = set_rule(config, key, value);
        return set ? std::string{} : set.error().what;
    };
    EXPECT_EQ(refused("surplus_min", "2"), "surplus_min: no key of rules.yaml or policy.yaml");
    EXPECT_EQ(refused("surplus_min_kw", "2000"),
              "surplus_min_kw: found \"2000\"; allowed is a number from 0 to 1000");
    EXPECT_NE(refused("surplus_min_kw", "nan"), "");
    EXPECT_NE(refused("surplus_min_kw", "1.0 "), "");
    EXPECT_NE(refused("surplus_min_kw", "null"), "");
    EXPECT_NE(refused("min_runtime_blocks", "2.5"), "");
    EXPECT_NE(refused("battery_first", "yes"), "");
    EXPECT_NE(refused("max_chip_temp_c", "96"), "") << "hard limits hold here, too";
    EXPECT_EQ(refused("strategy", "plan"),
              "strategy: found \"plan\"; allowed is one of surplus soc_band");
    EXPECT_EQ(config, before);
}

TEST(SweepAxis, ReadsStepsAndListsAndRefusesTheRest) {
    EXPECT_EQ(read_axis("k=1.0:1.5:0.1")->values,
              (std::vector<std::string>{"1", "1.1", "1.2", "1.3", "1.4", "1.5"}));
    EXPECT_EQ(read_axis("k=2:2:1")->values, (std::vector<std::string>{"2"}));
    EXPECT_EQ(read_axis("k=1,2,null")->values, (std::vector<std::string>{"1", "2", "null"}));
    for (const char* text : {"", "k", "=1", "k=", "k=1:2", "k=1:2:0", "k=2:1:1", "k=1:2:-1",
                             "k=1:x:1", "k=0:1:1e-9", "k=1:2:1:1", "k=inf:2:1"})
        EXPECT_FALSE(read_axis(text)) << text;
}

TEST(SweepGrid, CountsThroughAllCombinationsAndIsBounded) {
    const auto grid =
        Grid::make({}, {*read_axis("surplus_min_kw=1,2"), *read_axis("min_runtime_blocks=1:3:1")});
    ASSERT_TRUE(grid) << grid.error().what;
    EXPECT_EQ(grid->size(), 6u);
    EXPECT_EQ(grid->values(0), (std::vector<std::string>{"1", "1"}));
    EXPECT_EQ(grid->values(4), (std::vector<std::string>{"2", "2"}));
    EXPECT_EQ(grid->at(5).rules.min_runtime_blocks, 3);
    EXPECT_EQ(grid->at(5).rules.surplus_min.value, 2);
    EXPECT_FALSE(Grid::make({}, {*read_axis("eta=0.9,7")}));
    EXPECT_FALSE(Grid::make({}, {*read_axis("eta=0.9"), *read_axis("eta=0.8")}));
    const auto wide = *read_axis("min_runtime_blocks=0:999:1");
    const auto other = *read_axis("min_pause_blocks=0:999:1");
    EXPECT_EQ(Grid::make({}, {wide, other}).error().code, core::ErrorCode::TooLarge);
}

TEST(Sweep, GivesTheSameResultsInTheSameOrderOnAnyNumberOfCores) {
    const auto file = read_home("data/home_may.csv");
    ASSERT_TRUE(file) << file.error().what;
    const Experiment experiment{*preset_named("surplus", {}), {}, 50, {}, {}};
    const auto grid = Grid::make(experiment.config, {*read_axis("surplus_min_kw=1.0:2.0:0.25"),
                                                     *read_axis("battery_first=true,false")});
    ASSERT_TRUE(grid) << grid.error().what;
    std::vector<std::size_t> all(grid->size());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
    const Tariff tariff;
    std::size_t told = 0;
    const SweepField field{file->home, experiment, tariff,
                           [&](std::size_t done) { EXPECT_EQ(done, ++told); }};
    const auto alone = sweep(*grid, all, field, 1);
    EXPECT_EQ(told, all.size());
    told = 0;
    const auto together = sweep(*grid, all, field, 4);
    ASSERT_EQ(alone.size(), together.size());
    for (std::size_t i = 0; i < alone.size(); ++i) {
        Experiment one = experiment;
        one.config = grid->at(i);
        const auto rows = simulate(file->home, one);
        const Summary expected = summarise(file->home, one, rows, tariff);
        EXPECT_EQ(alone[i].index, i);
        EXPECT_EQ(together[i].index, i);
        EXPECT_EQ(alone[i].summary.load_kwh, expected.load_kwh);
        EXPECT_EQ(together[i].summary.load_kwh, expected.load_kwh);
        EXPECT_EQ(together[i].summary.rows_by_code, expected.rows_by_code);
    }
    EXPECT_NE(alone.front().summary.load_kwh, alone.back().summary.load_kwh);
}

TEST(Compared, CountsWhatIsOtherwiseAndNamesTheFirst) {
    std::vector<SimulatedRow> a(4), b(4);
    EXPECT_FALSE(compare(a, b).first);
    b[1].code = core::Code::Noop_R1_INSUFFICIENT_SURPLUS;
    EXPECT_EQ(compare(a, b).first, 1u) << "another reason is all there is";
    b[2].target = core::kFull;
    const Compared both = compare(a, b);
    EXPECT_EQ(both.rows, 4u);
    EXPECT_EQ(both.other_codes, 1u);
    EXPECT_EQ(both.other_levels, 1u);
    EXPECT_EQ(both.first, 2u);
}

TEST(Schedule, ReadsBackWhatWasSimulated) {
    const auto file = read_home("data/home_may.csv");
    ASSERT_TRUE(file);
    const auto rows = simulate(file->home, {*preset_named("battery-first", {}), {}, 50, {}, {}});
    const auto path = std::filesystem::temp_directory_path() /
                      ("sweep_test_" + std::to_string(::getpid()) + ".csv");
    ASSERT_TRUE(write_schedule(path, *file, rows));
    const auto back = read_schedule(path, file->home);
    ASSERT_TRUE(back) << back.error().what;
    ASSERT_EQ(back->size(), rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        EXPECT_EQ((*back)[i].target, rows[i].target);
        EXPECT_EQ((*back)[i].code, rows[i].code);
        EXPECT_NEAR((*back)[i].flows.import_w, rows[i].flows.import_w, 1e-4);
        EXPECT_NEAR((*back)[i].flows.battery_w, rows[i].flows.battery_w, 1e-4);
    }
    RecordedHome other = file->home;
    other.times.back() = other.times.back() + 600'000;
    EXPECT_FALSE(read_schedule(path, other));
    std::filesystem::remove(path);
}

}  // namespace
