#include "archive/sealer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "archive/testing_past.hpp"
#include "archive/verify.hpp"

using namespace bitgrid;
using namespace bitgrid::archive;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
namespace fs = std::filesystem;

namespace {

class SealerTest : public testing::Test {
protected:
    Sealer sealer() {
        auto opened = Sealer::open(folder_.path());
        EXPECT_TRUE(opened) << opened.error().what;
        return std::move(opened).value();
    }
    void seal(Sealer& sealer, std::vector<wire::EventRow> day) {
        const auto unreadable = sealer.seal(std::move(day), kTestMakers, kSealedAt);
        ASSERT_TRUE(unreadable) << unreadable.error().what;
        EXPECT_EQ(*unreadable, "");
    }
    std::vector<std::string> damage() const {
        const auto proof = prove(folder_.path(), {});
        return proof ? proof->damage : std::vector{proof.error().what};
    }
    std::string parquet(const std::string& name) const {
        return folder_.path() + "/parquet/" + name;
    }

    TestFolder folder_;
    TestJournal journal_;
};

TEST_F(SealerTest, SealsDayAfterDayAndTheProofHolds) {
    {
        Sealer first = sealer();
        seal(first, journal_.day(0));
        EXPECT_EQ(first.sealed_through(), 13);
    }
    Sealer second = sealer();
    EXPECT_EQ(second.sealed_through(), 13);
    seal(second, journal_.day(1));
    const auto proof = prove(folder_.path(), {});
    ASSERT_TRUE(proof) << proof.error().what;
    EXPECT_THAT(proof->damage, IsEmpty());
    EXPECT_EQ(proof->events, 26);
    EXPECT_EQ(proof->head, journal_.head());
    EXPECT_EQ(proof->first_day, "2026-06-15");
    EXPECT_EQ(proof->last_day, "2026-06-16");
}

TEST_F(SealerTest, GivesBackEveryRowAsItWas) {
    auto day = journal_.day(0);
    DayRows rows = sorted(day, test_inputs);
    Sealer one = sealer();
    seal(one, day);
    auto duckdb = Duckdb::open({});
    ASSERT_TRUE(duckdb) << duckdb.error().what;
    std::vector<wire::DecisionRow> decisions;
    const std::string paths[] = {parquet("decisions/date=2026-06-15/part-1-13.parquet")};
    const auto read = read_parquet<wire::DecisionRow>(
        *duckdb, paths, [&](wire::DecisionRow& row) { decisions.push_back(row); });
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(decisions, rows.decisions);
    ASSERT_EQ(decisions.size(), 6U);
    EXPECT_EQ(decisions[0].inputs.bytes, "inputs");
    EXPECT_THAT(decisions[0].votes, HasSubstr("\"bound_name\":\"surplus_throttle_min_kw\""));
}

TEST_F(SealerTest, ClearsAwayWhatASealingThatDiedLeft) {
    const auto first = journal_.day(0);
    const auto second = journal_.day(1);
    {
        Sealer one = sealer();
        seal(one, first);
    }
    // Killed before the record was written, and while a file was written.
    fs::create_directories(parquet("events/date=2026-06-16"));
    std::ofstream{parquet("events/date=2026-06-16/part-14-20.parquet")} << "half";
    std::ofstream{parquet("events/date=2026-06-16/part-14-26.parquet.unfinished")} << "h";
    std::ofstream{folder_.path() + "/heads.txt.unfinished"} << "seal";
    const auto proof = prove(folder_.path(), {});
    ASSERT_TRUE(proof);
    EXPECT_THAT(proof->damage, IsEmpty()) << "it only was not finished";
    ASSERT_EQ(proof->leftovers.size(), 1U);
    EXPECT_EQ(proof->leftovers[0].path, "events/date=2026-06-16/part-14-20.parquet");
    EXPECT_EQ(proof->leftovers[0].first, 14);
    Sealer again = sealer();
    seal(again, second);
    EXPECT_THAT(damage(), IsEmpty());
    EXPECT_FALSE(fs::exists(parquet("events/date=2026-06-16/part-14-20.parquet")));
}

TEST_F(SealerTest, TakesALateEventIntoAFurtherFile) {
    Sealer one = sealer();
    seal(one, journal_.day(0));
    seal(one, journal_.day(1));
    seal(one, {journal_.next({core::sample::kTenOClock, core::Stopped{"the clock was set back"}})});
    EXPECT_THAT(damage(), IsEmpty());
    EXPECT_TRUE(fs::exists(parquet("events/date=2026-06-15/part-27-27.parquet")));
}

TEST_F(SealerTest, RefusesRowsThatDoNotFollowFromWhatIsSealed) {
    auto day = journal_.day(0);
    Sealer one = sealer();
    auto gap = day;
    gap.erase(gap.begin() + 3);
    const auto missing = one.seal(gap, kTestMakers, kSealedAt);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().what, "event 4: is missing");
    auto changed = day;
    changed[5].canonical[10] ^= 1;
    const auto wrong = one.seal(changed, kTestMakers, kSealedAt);
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().what, "event 6: its text does not match its hash");
    EXPECT_EQ(one.sealed_through(), 0);
    seal(one, day);
    EXPECT_THAT(damage(), IsEmpty());
}

TEST_F(SealerTest, OneAtATime) {
    Sealer one = sealer();
    const auto other = Sealer::open(folder_.path());
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, core::ErrorCode::Refused);
}

TEST_F(SealerTest, RecordsWhatIsGivenUp) {
    Sealer one = sealer();
    seal(one, journal_.day(0));
    seal(one, journal_.day(1));
    const std::string path = "states/date=2026-06-15/part-1-13.parquet";
    ASSERT_TRUE(one.give_up(path, "retention", kSealedAt));
    EXPECT_FALSE(fs::exists(parquet(path)));
    const auto proof = prove(folder_.path(), {});
    ASSERT_TRUE(proof);
    EXPECT_THAT(proof->damage, IsEmpty());
    EXPECT_EQ(proof->given_up, 1);
}

TEST_F(SealerTest, KeepsInEventsWhatIsNotWhatItSaysItIs) {
    auto day = journal_.day(0, 1);
    core::Event odd{core::UnixTime{day[0].time.ms + 86'000'000}, core::Stopped{"x"}};
    auto row = journal_.next(odd);
    row.type = "DecisionEvent";
    day.push_back(row);
    Sealer one = sealer();
    const auto unreadable = one.seal(day, kTestMakers, kSealedAt);
    ASSERT_TRUE(unreadable) << unreadable.error().what;
    EXPECT_THAT(*unreadable, HasSubstr("event 4"));
    EXPECT_THAT(damage(), IsEmpty());
}

// An older program's file, without the newest columns, beside one of today.
TEST_F(SealerTest, ReadsTwoSchemaVersionsSideBySide) {
    Sealer one = sealer();
    seal(one, journal_.day(0));
    auto duckdb = Duckdb::open({});
    ASSERT_TRUE(duckdb);
    const std::string newer = parquet("decisions/date=2026-06-15/part-1-13.parquet");
    const std::string older = folder_.path() + "/older.parquet";
    ASSERT_TRUE(duckdb->execute("COPY (SELECT * EXCLUDE (inputs, votes) FROM read_parquet(" +
                                sql_text(newer) + ")) TO " + sql_text(older) +
                                " (FORMAT parquet)"));
    const std::string paths[] = {older, newer};
    std::vector<std::size_t> votes;
    const auto read = read_parquet<wire::DecisionRow>(
        *duckdb, paths, [&](wire::DecisionRow& row) { votes.push_back(row.votes.size()); });
    ASSERT_TRUE(read) << read.error().what;
    ASSERT_EQ(votes.size(), 12U);
    EXPECT_EQ(votes[0], 0U);
    EXPECT_GT(votes[6], 100U);
}

// What the program before wrote: no minutes, and one column less.
TEST_F(SealerTest, ReadsStatesOfBothVersionsAndNothingOfTheOlderIsMissing) {
    Sealer one = sealer();
    seal(one, journal_.day(0));
    seal(one, {journal_.minutes(core::sample::kTenOClock + TestJournal::kDayMs)});
    auto duckdb = Duckdb::open({});
    ASSERT_TRUE(duckdb);
    const std::string older = folder_.path() + "/older.parquet";
    ASSERT_TRUE(duckdb->execute("COPY (SELECT * EXCLUDE (mean_over_s) FROM read_parquet(" +
                                sql_text(parquet("states/date=2026-06-15/part-1-13.parquet")) +
                                ")) TO " + sql_text(older) +
                                " (FORMAT parquet, KV_METADATA {bitgrid_schema: '1'})"));
    const std::string newer = parquet("states/date=2026-06-16/part-14-14.parquet");
    EXPECT_EQ(read_metadata(*duckdb, newer)->at("bitgrid_schema"), "2");
    for (const auto& paths : {std::vector{older, newer}, std::vector{newer, older}}) {
        int minutes = 0, ticks = 0;
        const auto read = read_parquet<wire::StateRow>(*duckdb, paths, [&](wire::StateRow& row) {
            (row.trigger == wire::kMinuteTrigger ? minutes : ticks) += 1;
            EXPECT_EQ(row.mean_over_s.has_value(), row.trigger == wire::kMinuteTrigger);
            EXPECT_TRUE(row.pv_power_w);
        });
        ASSERT_TRUE(read) << read.error().what;
        EXPECT_EQ(minutes, 2);
        EXPECT_EQ(ticks, 6);
    }
}

TEST_F(SealerTest, SaysThatAFileIsNoParquet) {
    auto duckdb = Duckdb::open({});
    ASSERT_TRUE(duckdb);
    const std::string paths[] = {folder_.path() + "/odd.parquet"};
    for (const std::string& content : {std::string{}, std::string{"PAR1"}, std::string(5'000, 'x'),
                                       "PAR1" + std::string(100, '\xff') + "PAR1"}) {
        std::ofstream{paths[0]} << content;
        const auto read =
            read_parquet<wire::EventRow>(*duckdb, paths, [](wire::EventRow&) { FAIL(); });
        ASSERT_FALSE(read);
        EXPECT_EQ(read.error().code, core::ErrorCode::Damaged);
        EXPECT_THAT(read.error().what, HasSubstr("odd.parquet"));
    }
}

}  // namespace
