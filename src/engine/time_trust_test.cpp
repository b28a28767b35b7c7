#include "engine/time_trust.hpp"

#include <gtest/gtest.h>

using namespace bitgrid;
using ports::TimeWord;

namespace {

constexpr core::UnixTime kBuilt{1'781'481'600'000};   // 2026-06-15
constexpr core::UnixTime kStored{1'781'517'600'000};  // 2026-06-15T10:00:00Z
constexpr std::int64_t kHour = 3'600'000;

struct Witness final : ports::TimeWitness {
    TimeWord ask() const override { return word; }
    TimeWord word{TimeWord::NobodyToAsk};
};

class ATime : public testing::Test {
protected:
    ATime() { trust.begin(witness, kBuilt, kStored, {0}); }
    bool is_trusted(core::UnixTime wall, std::int64_t after_ms = 0) {
        return trust.judge(wall, {after_ms}).is_trusted;
    }
    Witness witness;
    engine::TimeTrust trust;
};

TEST_F(ATime, IsNotDoubtedUnlessAsked) {
    engine::TimeTrust simulated;
    EXPECT_TRUE(simulated.judge({0}, {0}).is_trusted);
    EXPECT_FALSE(simulated.is_asked());
}

TEST_F(ATime, BeforeTheProgramWasBuiltIsNeverTrusted) {
    for (const TimeWord word :
         {TimeWord::Confirmed, TimeWord::Unconfirmed, TimeWord::NobodyToAsk}) {
        witness.word = word;
        EXPECT_FALSE(is_trusted({0}, 100 * kHour));
        EXPECT_FALSE(is_trusted(kBuilt + -1, 100 * kHour));
    }
    EXPECT_NE(trust.judge({0}, {0}).reason.find("1970-01-01"), std::string::npos);
    EXPECT_NE(trust.judge({0}, {0}).reason.find("2026-06-15"), std::string::npos);
}

TEST_F(ATime, OfAMachineWithoutATimeServiceMustBeAfterTheJournal) {
    EXPECT_FALSE(is_trusted(kStored + -1));
    EXPECT_TRUE(is_trusted(kStored));
}

TEST_F(ATime, ThatATimeServiceConfirmsIsTrustedEvenBeforeTheJournalsEnd) {
    witness.word = TimeWord::Confirmed;
    EXPECT_TRUE(is_trusted(kStored + -kHour)) << "the journal was written by a wrong clock";
}

TEST_F(ATime, IsWaitedForWhereAServiceWillKnowItButNotForEver) {
    witness.word = TimeWord::Unconfirmed;
    EXPECT_FALSE(is_trusted(kStored + kHour, 0));
    EXPECT_FALSE(is_trusted(kStored + kHour, engine::TimeTrust::kPatienceMs - 1));
    const auto late = trust.judge(kStored + kHour, {engine::TimeTrust::kPatienceMs});
    EXPECT_TRUE(late.is_trusted);
    EXPECT_EQ(late.level, core::HealthLevel::Warn);
    witness.word = TimeWord::Confirmed;
    EXPECT_EQ(trust.judge(kStored + kHour, {engine::TimeTrust::kPatienceMs + 1}).level,
              core::HealthLevel::Ok);
}

TEST_F(ATime, ThatSomebodySetIsTrusted) {
    EXPECT_FALSE(is_trusted(kStored + -kHour));
    trust.was_set();
    EXPECT_TRUE(is_trusted(kStored + -kHour));
}

TEST_F(ATime, OnceTrustedStaysSoUntilItFallsBeforeTheBuild) {
    EXPECT_TRUE(is_trusted(kStored));
    EXPECT_TRUE(is_trusted(kStored + -kHour));
    EXPECT_FALSE(is_trusted({0}));
    EXPECT_TRUE(is_trusted(kStored + kHour));
}

TEST(ADay, IsWrittenAsInTheCalendar) {
    const auto day = [](std::int64_t days) { return engine::day_text({days * 86'400'000}); };
    EXPECT_EQ(day(0), "1970-01-01");
    EXPECT_EQ(day(11'016), "2000-02-29");
    EXPECT_EQ(day(19'782), "2024-02-29");
    EXPECT_EQ(day(19'783), "2024-03-01");
    EXPECT_EQ(day(20'819), "2027-01-01");
    EXPECT_EQ(day(47'541), "2100-03-01");
    EXPECT_EQ(engine::day_text({INT64_MAX}), "9999-12-31");
    EXPECT_EQ(engine::day_text({-1}), "1970-01-01");
}

}  // namespace
