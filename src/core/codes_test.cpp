#include "core/codes.hpp"

#include <gtest/gtest.h>

using namespace bitgrid::core;

TEST(Codes, AreNamedByActionRuleAndReason) {
    EXPECT_EQ(name_of(Code::Stop_R2_SOC_HARD_MIN), "STOP_R2_SOC_HARD_MIN");
    EXPECT_EQ(name_of(Code::Start_Override_OVERRIDE), "START_OVERRIDE");
    EXPECT_EQ(name_of(Code::Noop_Autonomy_MANUAL_MODE), "NOOP_MANUAL_MODE");
}

TEST(Codes, AreFoundByTheirNameAndByNoOther) {
    for (std::size_t i = 0; i < code_count(); ++i)
        EXPECT_EQ(code_named(code_at(i).name), code_at(i).code);
    EXPECT_FALSE(code_named("STOP_R9_NOTHING"));
}
