#include "adapters/modbus/sunspec.hpp"

#include <gmock/gmock.h>

#include <map>
#include <random>

using namespace bitgrid;
using namespace bitgrid::adapters::sunspec;
using testing::DoubleNear;
using testing::HasSubstr;
using testing::Optional;

namespace {

using Words = std::vector<std::uint16_t>;
using Registers = std::map<int, std::uint16_t>;

void put(Registers& registers, int address, const Words& words) {
    for (const std::uint16_t word : words) registers[address++] = word;
}

// Answers the walk as a device would whose other registers are illegal.
core::Result<std::vector<ModelPlace>> walk(const Registers& registers) {
    ChainWalk walk;
    int reads = 0;
    while (const auto read = walk.next()) {
        if (++reads > 1000) return core::Error{core::ErrorCode::Timeout, "endless walk"};
        Words words;
        for (int i = 0; i < read->count; ++i)
            if (registers.contains(read->address + i))
                words.push_back(registers.at(read->address + i));
        if (words.size() == read->count) walk.take(words);
        else walk.refuse();
    }
    return walk.places();
}

Words model(std::uint16_t id, std::uint16_t length, const std::map<int, int>& points) {
    Words words(std::size_t{length} + 2, 0xFFFF);
    words[0] = id;
    words[1] = length;
    for (const auto& [at, value] : points)
        words[static_cast<std::size_t>(at)] = static_cast<std::uint16_t>(value);
    return words;
}

TEST(ChainWalk, FindsTheModelsAtEachBase) {
    for (const int base : {40'000, 0, 50'000}) {
        Registers registers;
        put(registers, base, {0x5375, 0x6E53, 1, 4, 0, 0, 0, 0, 103, 1, 0, 0xFFFF, 0});
        const auto places = walk(registers);
        ASSERT_TRUE(places) << base;
        ASSERT_EQ(places->size(), 2U);
        EXPECT_EQ((*places)[0].id, 1);
        EXPECT_EQ((*places)[0].address, base + 2);
        EXPECT_EQ((*places)[1].id, 103);
        EXPECT_EQ((*places)[1].address, base + 8);
        EXPECT_EQ((*places)[1].length, 1);
    }
}

TEST(ChainWalk, SaysWhereThereIsNoChain) {
    EXPECT_EQ(walk({}).error().code, core::ErrorCode::NotFound);
    Registers other;
    put(other, 40'000, {1, 2});
    put(other, 0, {3, 4});
    EXPECT_EQ(walk(other).error().code, core::ErrorCode::NotFound);
}

TEST(ChainWalk, EndsWhereTheChainLeadsNowhere) {
    Registers torn;
    put(torn, 40'000, {0x5375, 0x6E53, 1, 66});
    EXPECT_THAT(walk(torn).error().what, HasSubstr("breaks off at 40070"));
    Registers far;
    put(far, 40'000, {0x5375, 0x6E53, 1, 40'000});
    EXPECT_EQ(walk(far).error().code, core::ErrorCode::Damaged);
    Registers endless;
    for (int i = 40'002; i < 65'536; ++i) endless[i] = 0;
    put(endless, 40'000, {0x5375, 0x6E53});
    EXPECT_EQ(walk(endless).error().code, core::ErrorCode::Damaged);
}

TEST(SunSpecModels, ScaleWholeNumbersByTheirOwnScaleFactor) {
    const Words inverter = model(103, 50, {{14, 3105}, {15, -1}, {38, 4}});
    EXPECT_THAT(read_inverter(ModelWords{inverter}).ac_w, Optional(310.5));
    EXPECT_EQ(read_inverter(ModelWords{inverter}).state, InverterState::Awake);
    const Words meter = model(203, 105, {{18, -24'810}, {22, 1}});
    EXPECT_THAT(read_meter_w(ModelWords{meter}), Optional(-248'100.0));
    const Words storage = model(124, 24, {{8, 6300}, {22, -2}});
    EXPECT_THAT(read_storage_soc(ModelWords{storage}), Optional(DoubleNear(63, 1e-9)));
}

TEST(SunSpecModels, ReadTheFloatingPointKindToo) {
    // 1523.5 is 0x44BE7000, -3000.0 is 0xC53B8000.
    const Words inverter = model(113, 60, {{22, 0x44BE}, {23, 0x7000}, {48, 4}});
    EXPECT_THAT(read_inverter(ModelWords{inverter}).ac_w, Optional(1523.5));
    const Words meter = model(213, 124, {{28, 0xC53B}, {29, 0x8000}});
    EXPECT_THAT(read_meter_w(ModelWords{meter}), Optional(-3000.0));
}

TEST(SunSpecModels, NotImplementedIsAbsentInAllItsWays) {
    EXPECT_FALSE(read_inverter(ModelWords{model(103, 50, {{14, 0x8000}, {15, 0}})}).ac_w);
    EXPECT_FALSE(read_inverter(ModelWords{model(103, 50, {{14, 100}, {15, 0x8000}})}).ac_w);
    EXPECT_FALSE(read_inverter(ModelWords{model(103, 50, {{14, 100}, {15, 11}})}).ac_w);
    EXPECT_EQ(read_inverter(ModelWords{model(103, 50, {})}).state, InverterState::Unknown);
    EXPECT_FALSE(read_storage_soc(ModelWords{model(124, 24, {{8, 0xFFFF}, {22, 0}})}));
    EXPECT_FALSE(read_inverter(ModelWords{model(113, 60, {{22, 0x7FC0}, {23, 0}})}).ac_w);
    EXPECT_FALSE(read_inverter(ModelWords{model(113, 60, {{22, 0x7F80}, {23, 0}})}).ac_w);
    EXPECT_FALSE(read_inverter(ModelWords{model(113, 60, {{22, 0xFF80}, {23, 0}})}).ac_w);
}

TEST(SunSpecModels, ReadABatteryOfModel802) {
    const Words battery = model(802, 62, {{11, 5570}, {56, -2}, {47, -812}, {63, 0}});
    EXPECT_THAT(read_battery(ModelWords{battery}).soc_pct, Optional(DoubleNear(55.7, 1e-9)));
    EXPECT_THAT(read_battery(ModelWords{battery}).power_w, Optional(-812.0));
}

Words strings(const std::vector<std::pair<std::string, int>>& modules) {
    Words words(10 + 20 * modules.size(), 0xFFFF);
    words[0] = 160;
    words[1] = static_cast<std::uint16_t>(words.size() - 2);
    words[4] = 1;  // tens of watts
    words[8] = static_cast<std::uint16_t>(modules.size());
    for (std::size_t i = 0; i < modules.size(); ++i) {
        const std::size_t at = 10 + 20 * i;
        std::string name = modules[i].first;
        name.resize(16);
        for (std::size_t c = 0; c < 8; ++c)
            words[at + 1 + c] = static_cast<std::uint16_t>((name[2 * c] << 8) | name[2 * c + 1]);
        words[at + 11] = static_cast<std::uint16_t>(modules[i].second);
    }
    return words;
}

TEST(SunSpecModels, TellStringsFromTheBatteryOfAHybrid) {
    const Words words =
        strings({{"MPPT1", 215}, {"MPPT2", 181}, {"StCha 3", 85}, {"StDisCha 4", 0}});
    const Strings hybrid = read_strings(ModelWords{words});
    EXPECT_TRUE(hybrid.has_battery);
    EXPECT_THAT(hybrid.pv_w, Optional(3960.0));
    EXPECT_THAT(hybrid.charge_w, Optional(850.0));
    EXPECT_THAT(hybrid.discharge_w, Optional(0.0));
}

TEST(SunSpecModels, StringsThatSayNothingAreAbsentAndNotZero) {
    const Words words = strings({{"MPPT1", 0xFFFF}, {"MPPT2", 0xFFFF}});
    EXPECT_FALSE(read_strings(ModelWords{words}).pv_w);
    EXPECT_FALSE(read_strings(ModelWords{words}).has_battery);
}

TEST(SunSpecModels, NamesAreReadableWhateverTheDeviceSays) {
    Words common = model(1, 66, {{2, 'A' << 8 | 'b'}, {3, 0x0100 | 'c'}, {4, 0}});
    EXPECT_EQ(read_common(ModelWords{common}).manufacturer, "Ab?c");
}

TEST(SunSpecModels, AModelCutAtAnyWordIsReadWithoutHarm) {
    const Words ids{1, 103, 113, 124, 160, 203, 213, 802};
    for (const std::uint16_t id : ids) {
        const Words whole = model(id, 126, {{8, 4}, {22, -40}});
        for (std::size_t n = 0; n <= whole.size(); ++n) {
            const ModelWords cut{std::span{whole}.first(n)};
            read_common(cut);
            read_inverter(cut);
            read_meter_w(cut);
            read_battery(cut);
            EXPECT_EQ(read_storage_soc(cut).has_value(), false);
            EXPECT_FALSE(read_strings(cut).has_battery);
        }
    }
}

TEST(SunSpecModels, RandomWordsNeverBecomeANumberThatIsNotFinite) {
    std::mt19937 random{7};
    for (int round = 0; round < 2000; ++round) {
        Words words(130);
        for (auto& word : words) word = static_cast<std::uint16_t>(random());
        words[0] = round % 2 ? 103 : 213;
        const ModelWords m{words};
        for (const auto& value : {read_inverter(m).ac_w, read_meter_w(m), read_storage_soc(m),
                                  read_battery(m).power_w, read_strings(m).pv_w})
            EXPECT_TRUE(std::isfinite(value.value_or(0)));
    }
}

}  // namespace
