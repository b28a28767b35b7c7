#include "ops/problem.hpp"

#include <gmock/gmock.h>

namespace bitgrid::ops {
namespace {

TEST(Problem, IsToldWithPlaceKeyFindingAndWhatIsAllowed) {
    const Problems problems{{"rules.yaml", 4, "eta", "found 2", "a number from 0.1 to 1"},
                            {"environment", 0, "BITGRID_RULES_ETTA", "unknown variable", ""}};
    EXPECT_EQ(format(problems),
              "2 problems in the configuration:\n"
              "  rules.yaml:4: eta: found 2; allowed: a number from 0.1 to 1\n"
              "  environment: BITGRID_RULES_ETTA: unknown variable\n");
}

TEST(Problem, FindsTheWordThatWasMeantAndNoOther) {
    const std::vector<std::string> words{"surplus_min_kw", "surplus_throttle_min_kw", "eta"};
    EXPECT_EQ(nearest("surplus_mim_kw", words), "surplus_min_kw");
    EXPECT_EQ(nearest("surplusmin_kw", words), "surplus_min_kw");
    EXPECT_EQ(nearest("colour_of_the_roof", words), std::nullopt);
    EXPECT_EQ(nearest(std::string(1'000'000, 'a'), words), std::nullopt);
}

TEST(Problem, ShowsHostileTextOnOneShortLineOfWholeCharacters) {
    EXPECT_EQ(in_quotes("a\nb\x1b[31m"), "\"a\\x0ab\\x1b[31m\"");
    const std::string cut = in_quotes(std::string(59, 'a') + "€€€");
    EXPECT_EQ(cut, '"' + std::string(59, 'a') + "...\"");
}

}  // namespace
}  // namespace bitgrid::ops
