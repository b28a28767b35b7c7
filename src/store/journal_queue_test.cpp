#include "store/journal_queue.hpp"

#include <gtest/gtest.h>

#include "store/test_bench.hpp"

using namespace bitgrid;
using namespace bitgrid::store;

namespace {

Batch batch_of(std::initializer_list<core::Event> events) {
    Batch batch;
    for (const core::Event& event : events)
        batch.rows.push_back(row_of(event, std::to_string(event.time.ms)));
    return batch;
}

bool push(JournalQueue& queue, std::initializer_list<core::Event> events) {
    Batch batch = batch_of(events);
    return queue.push(batch);
}

std::vector<std::string> bodies(JournalQueue& queue) {
    std::vector<std::string> found;
    for (const Batch& batch : queue.take(1'000))
        for (const Row& row : batch.rows) found.push_back(row.body);
    return found;
}

TEST(JournalQueue, LetsTheOldestStatesGiveWayAndKeepsTheOrder) {
    JournalQueue queue{4};
    EXPECT_TRUE(push(queue, {health_note(1), decision(2, "a")}));
    EXPECT_TRUE(push(queue, {health_note(3), health_note(4)}));
    EXPECT_TRUE(push(queue, {decision(5, "b"), health_note(6)}));
    EXPECT_EQ(queue.dropped(), 2u);
    EXPECT_EQ(bodies(queue), (std::vector<std::string>{"1200000", "4", "3000000", "6"}));
}

TEST(JournalQueue, NeverLetsADecisionGiveWay) {
    JournalQueue queue{2};
    EXPECT_TRUE(push(queue, {decision(1, "a"), decision(2, "b")}));
    EXPECT_FALSE(push(queue, {health_note(9)}));
    EXPECT_EQ(bodies(queue), (std::vector<std::string>{"600000", "1200000"}));
}

TEST(JournalQueue, GivesBackBeforeAllOthers) {
    JournalQueue queue{10};
    ASSERT_TRUE(push(queue, {decision(1, "a")}) && push(queue, {decision(2, "b")}));
    std::vector<Batch> taken = queue.take(1);
    ASSERT_EQ(taken.size(), 1u);
    ASSERT_TRUE(push(queue, {decision(3, "c")}));
    queue.give_back(std::move(taken));
    EXPECT_EQ(queue.events(), 3u);
    EXPECT_EQ(bodies(queue), (std::vector<std::string>{"600000", "1200000", "1800000"}));
}

TEST(JournalQueue, StaysWithinItsBoundWhenBatchesComeBack) {
    JournalQueue queue{3};
    ASSERT_TRUE(push(queue, {health_note(1), decision(2, "a")}));
    std::vector<Batch> taken = queue.take(2);
    ASSERT_TRUE(push(queue, {health_note(3), health_note(4), health_note(5)}));
    queue.give_back(std::move(taken));
    EXPECT_EQ(queue.events(), 3u);
    EXPECT_EQ(queue.dropped(), 2u);
    EXPECT_EQ(bodies(queue), (std::vector<std::string>{"1200000", "4", "5"}));
}

}  // namespace
