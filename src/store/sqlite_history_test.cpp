#include "store/sqlite_history.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "store/test_bench.hpp"

using namespace bitgrid;
using namespace bitgrid::store;

namespace {

class HistoryTest : public testing::Test {
protected:
    void SetUp() override {
        for (int block = 1; block <= 6; ++block)
            ASSERT_TRUE(bench_.write({decision(block, "m" + std::to_string(block)),
                                      decision(block, "h" + std::to_string(block), "heater",
                                               core::Code::Start_R1_SURPLUS_OK),
                                      note("between")}));
        auto opened = SqliteHistory::open(folder_.database(), bench_.loop.post());
        ASSERT_TRUE(opened) << opened.error().what;
        history_ = std::move(*opened);
    }
    std::vector<std::int64_t> find(ports::HistoryQuery query) {
        std::optional<core::Result<std::vector<ports::StoredEvent>>> found;
        history_->find(std::move(query), [&](auto result) { found = std::move(result); });
        if (!bench_.loop.run_until([&] { return found.has_value(); })) return {-1};
        if (!*found) return {-2};
        std::vector<std::int64_t> sequences;
        for (const ports::StoredEvent& event : **found) sequences.push_back(event.sequence);
        return sequences;
    }

    TempFolder folder_;
    Bench bench_{folder_.path()};
    std::unique_ptr<SqliteHistory> history_;
};

using Sequences = std::vector<std::int64_t>;

TEST_F(HistoryTest, FindsDecisionsNewestFirstPageByPage) {
    ports::HistoryQuery query;
    query.limit = 3;
    EXPECT_EQ(find(query), (Sequences{17, 16, 14}));
    query.before = 14;
    EXPECT_EQ(find(query), (Sequences{13, 11, 10}));
}

TEST_F(HistoryTest, FiltersByLoadCodePrefixAndTime) {
    ports::HistoryQuery query;
    query.load = "heater";
    query.code = "START_R1";
    query.since = {2 * 600'000};
    query.until = {4 * 600'000};
    EXPECT_EQ(find(query), (Sequences{11, 8, 5}));
    query.code = "START_R2";
    EXPECT_EQ(find(query), Sequences{});
    query.code = "%";
    EXPECT_EQ(find(query), Sequences{}) << "no pattern";
}

TEST_F(HistoryTest, ShowsAllEventsWhereAskedFor) {
    ports::HistoryQuery query;
    query.only_decisions = false;
    query.limit = 2;
    EXPECT_EQ(find(query), (Sequences{18, 17}));
}

TEST_F(HistoryTest, ReadsAllEventsOnwardsInTheirOrder) {
    auto reader = JournalReader::open(folder_.database());
    ASSERT_TRUE(reader) << reader.error().what;
    ports::HistoryQuery query;
    query.limit = 3;
    const auto events = reader->events_after(4, query);
    ASSERT_TRUE(events) << events.error().what;
    ASSERT_EQ(events->size(), 3u);
    EXPECT_EQ(events->front().sequence, 5);
    EXPECT_EQ((*events)[1].type, "Stopped");
    EXPECT_EQ(events->back().sequence, 7);
    query.since = {6 * 600'000};
    EXPECT_EQ(reader->events_after(0, query)->front().sequence, 16);
}

TEST_F(HistoryTest, FindsOneDecisionWithItsTextAndHashes) {
    std::optional<core::Result<ports::StoredEvent>> found;
    history_->find_decision("m2", [&](auto result) { found = std::move(result); });
    ASSERT_TRUE(bench_.loop.run_until([&] { return found.has_value(); }));
    ASSERT_TRUE(*found);
    EXPECT_EQ((*found)->sequence, 4);
    EXPECT_EQ((*found)->type, "DecisionEvent");
    EXPECT_NE((*found)->json.find("\"decision_id\":\"m2\""), std::string::npos);
    EXPECT_EQ((*found)->hash.size(), 64u);

    found.reset();
    history_->find_decision("' OR 1=1 --", [&](auto result) { found = std::move(result); });
    ASSERT_TRUE(bench_.loop.run_until([&] { return found.has_value(); }));
    ASSERT_FALSE(*found);
    EXPECT_EQ(found->error().code, core::ErrorCode::NotFound);
}

TEST_F(HistoryTest, LooksForLongerOnItsOwnThread) {
    std::optional<core::Result<std::string>> found;
    std::thread::id looked;
    history_->look(
        [&](JournalReader& journal) -> core::Result<std::string> {
            looked = std::this_thread::get_id();
            const auto row = journal.find_decision("m3");
            if (!row) return row.error();
            return std::to_string(row->sequence);
        },
        [&](auto result) { found = std::move(result); });
    ASSERT_TRUE(bench_.loop.run_until([&] { return found.has_value(); }));
    ASSERT_TRUE(*found);
    EXPECT_EQ(**found, "7");
    EXPECT_NE(looked, std::this_thread::get_id());
}

TEST_F(HistoryTest, AnswersEveryQuestionAlsoWhenItCloses) {
    int answers = 0;
    for (int i = 0; i < 400; ++i) history_->find({}, [&](auto) { ++answers; });
    history_->stop();
    history_->find({}, [&](auto) { ++answers; });
    EXPECT_TRUE(bench_.loop.run_until([&] { return history_->under_way() == 0; }));
    EXPECT_EQ(answers, 401);
}

}  // namespace
