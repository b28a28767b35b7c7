#include "adapters/mqtt/topic.hpp"

#include <gtest/gtest.h>

using namespace bitgrid::adapters;

TEST(Topic, MatchesByLevelAndWildcard) {
    EXPECT_TRUE(topic_matches("a/b", "a/b"));
    EXPECT_TRUE(topic_matches("a/+/c", "a/b/c"));
    EXPECT_TRUE(topic_matches("a/#", "a/b/c"));
    EXPECT_TRUE(topic_matches("a/#", "a"));
    EXPECT_TRUE(topic_matches("#", "a/b"));
    EXPECT_TRUE(topic_matches("+/+", "/b"));
    EXPECT_FALSE(topic_matches("a/b", "a/bc"));
    EXPECT_FALSE(topic_matches("a/+", "a/b/c"));
    EXPECT_FALSE(topic_matches("a/+", "a"));
    EXPECT_FALSE(topic_matches("a/b/c", "a/b"));
    EXPECT_FALSE(topic_matches("a/b", "a/b/c"));
}

TEST(Topic, KnowsItsLevels) {
    EXPECT_EQ(topic_level("a/b/c", 0), "a");
    EXPECT_EQ(topic_level("a/b/c", 2), "c");
    EXPECT_EQ(topic_level("a/b/c", 3), "");
    EXPECT_EQ(topic_level("", 0), "");
}
