#include "adapters/mqtt/outbox.hpp"

#include <gtest/gtest.h>

#include <vector>

using namespace bitgrid::adapters;

namespace {

std::vector<std::string> payloads(Outbox& outbox) {
    std::vector<std::string> found;
    while (!outbox.empty()) found.push_back(outbox.pop().publication.payload);
    return found;
}
using Payloads = std::vector<std::string>;

TEST(Outbox, KeepsEventsInOrderAndOnlyTheNewestStateOfATopic) {
    Outbox outbox{10};
    EXPECT_TRUE(outbox.push({event_message("e", "1"), {}}).empty());
    EXPECT_TRUE(outbox.push({state_message("s", "old"), {}}).empty());
    EXPECT_TRUE(outbox.push({event_message("e", "2"), {}}).empty());
    const auto gone = outbox.push({state_message("s", "new"), {}});
    ASSERT_EQ(gone.size(), 1u);
    EXPECT_EQ(gone.front().publication.payload, "old");
    EXPECT_EQ(payloads(outbox), (Payloads{"1", "new", "2"}));
}

TEST(Outbox, DropsTheOldestStateFirstAndNoEvent) {
    Outbox outbox{3};
    EXPECT_TRUE(outbox.push({event_message("e", "1"), {}}).empty());
    EXPECT_TRUE(outbox.push({state_message("a", "a"), {}}).empty());
    EXPECT_TRUE(outbox.push({state_message("b", "b"), {}}).empty());
    EXPECT_EQ(outbox.push({event_message("e", "2"), {}}).front().publication.payload, "a");
    EXPECT_EQ(outbox.push({event_message("e", "3"), {}}).front().publication.payload, "b");
    EXPECT_EQ(outbox.push({state_message("c", "c"), {}}).front().publication.payload, "c");
    EXPECT_EQ(outbox.push({event_message("e", "4"), {}}).front().publication.payload, "4");
    EXPECT_EQ(payloads(outbox), (Payloads{"1", "2", "3"}));
}

TEST(Outbox, SendsWhatWasGivenBackFirst) {
    Outbox outbox{10};
    ASSERT_TRUE(outbox.push({event_message("e", "3"), {}}).empty());
    std::list<Outbox::Entry> again;
    again.push_back({event_message("e", "1"), {}});
    again.push_back({event_message("e", "2"), {}});
    outbox.give_back(std::move(again));
    EXPECT_EQ(payloads(outbox), (Payloads{"1", "2", "3"}));
}

TEST(Outbox, TakesAStateAnewAfterItWasSent) {
    Outbox outbox{2};
    ASSERT_TRUE(outbox.push({state_message("s", "1"), {}}).empty());
    EXPECT_EQ(outbox.pop().publication.payload, "1");
    ASSERT_TRUE(outbox.push({state_message("s", "2"), {}}).empty());
    ASSERT_TRUE(outbox.push({event_message("e", "3"), {}}).empty());
    EXPECT_EQ(outbox.push({event_message("e", "4"), {}}).front().publication.payload, "2");
    EXPECT_EQ(payloads(outbox), (Payloads{"3", "4"}));
}

}  // namespace
