#include "adapters/nut/nut_reply.hpp"

#include <gtest/gtest.h>

using namespace bitgrid;
using namespace bitgrid::adapters::nut;

namespace {

core::Result<std::string> value(std::string_view line) {
    return value_of(line, "cellar", "ups.status");
}

TEST(NutReply, GivesTheValueOfTheVariableThatWasAskedFor) {
    EXPECT_EQ(value(R"(VAR cellar ups.status "OL CHRG")").value(), "OL CHRG");
    EXPECT_EQ(value(R"(VAR cellar ups.status "")").value(), "");
    EXPECT_EQ(value(R"(VAR cellar ups.status "a \"b\" \\c")").value(), R"(a "b" \c)");
}

TEST(NutReply, NamesTheErrorOfTheServer) {
    const auto answer = value("ERR DATA-STALE");
    EXPECT_EQ(answer.error().code, core::ErrorCode::Refused);
    EXPECT_EQ(answer.error().what, "upsd: DATA-STALE");
    EXPECT_TRUE(is_not_supported(value("ERR VAR-NOT-SUPPORTED").error()));
    EXPECT_FALSE(is_not_supported(answer.error()));
}

TEST(NutReply, RefusesWhateverIsNotTheAnswer) {
    for (const char* line :
         {"", "VAR", "VAR cellar", "VAR attic ups.status \"OL\"", "VAR cellar ups.load \"OL\"",
          "VAR cellar ups.status OL", "VAR cellar ups.status \"OL", "VAR cellar ups.status \"",
          "VAR cellar ups.status \"O\"L\"", "VAR cellar ups.status \"OL\\\"", "OK", "\x01\xff"}) {
        const auto answer = value(line);
        ASSERT_FALSE(answer) << line;
        EXPECT_EQ(answer.error().code, core::ErrorCode::Damaged) << line;
    }
    EXPECT_EQ(value(std::string(600, 'x')).error().code, core::ErrorCode::TooLarge);
}

TEST(NutReply, ReadsTheWordsOfTheStatus) {
    EXPECT_FALSE(read_status("OL CHRG").value().is_on_battery);
    EXPECT_TRUE(read_status("OB DISCHRG").value().is_on_battery);
    EXPECT_TRUE(read_status("OB LB").value().is_low);
    EXPECT_TRUE(read_status("FSD OL").value().is_forced_shutdown);
    EXPECT_TRUE(read_status("OL OVER").value().is_overloaded);
    EXPECT_TRUE(read_status("OL RB").value().wants_service);
    EXPECT_TRUE(read_status("ALARM OL").value().wants_service);
    EXPECT_TRUE(read_status("OFF").value().is_on_battery) << "an output that is off feeds nobody";
}

TEST(NutReply, GuessesNoStatus) {
    EXPECT_EQ(read_status("").error().code, core::ErrorCode::Damaged);
    EXPECT_EQ(read_status("CHRG").error().code, core::ErrorCode::Damaged);
    EXPECT_EQ(read_status("ol").error().code, core::ErrorCode::Damaged);
    EXPECT_EQ(read_status("WAIT").error().code, core::ErrorCode::Unavailable);
}

TEST(NutReply, ReadsOnlyNumbersThatCanBe) {
    EXPECT_EQ(read_number("87.5", 100).value(), 87.5);
    EXPECT_EQ(read_number("0", 100).value(), 0);
    for (const char* text : {"", "-1", "100.1", "nan", "inf", "87 %", "1e99"})
        EXPECT_FALSE(read_number(text, 100)) << text;
}

}  // namespace
