#include "ops/log.hpp"

#include <gmock/gmock.h>

namespace bitgrid::ops {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::internal::CaptureStderr;
using testing::internal::GetCapturedStderr;

TEST(Log, WritesOneJsonObjectPerLine) {
    CaptureStderr();
    const Log log{{LogForm::Json, LogLevel::Info}};
    log.debug("engine", "too small");
    log.warn("device/a", "says \"x\"\nand {} %v");
    EXPECT_THAT(GetCapturedStderr(),
                MatchesRegex(R"rx(\{"time":"[0-9T:.-]+Z","level":"warn","part":"device/a",)rx"
                             R"rx("text":"says \\"x\\"\\u000aand \{\} %v"\}.)rx"));
}

TEST(Log, LetsNoTextForgeALineForPeople) {
    CaptureStderr();
    const Log log{{LogForm::Human, LogLevel::Debug}};
    log.error("api", "bad\nerror engine: all lost");
    const std::string said = GetCapturedStderr();
    EXPECT_THAT(said, HasSubstr("error api: bad\\x0aerror engine"));
    EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1);
}

}  // namespace
}  // namespace bitgrid::ops
