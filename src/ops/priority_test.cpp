#include "ops/priority.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bitgrid::ops {
namespace {

/// What a child finds that begins at `nice` and takes priority: whether it was told that it has it,
/// and what it has. In a child, because priority cannot always be given back.
struct Found {
    bool is_taken;
    int nice;
};
Found priority_taken_from(int nice) {
    const pid_t child = fork();
    if (child == 0) {
        const bool is_set = setpriority(PRIO_PROCESS, 0, nice) == 0;
        const bool is_taken = take_priority();
        const int now = getpriority(PRIO_PROCESS, 0);
        _exit(!is_set ? 0 : (is_taken ? 128 : 64) | (now + 20));
    }
    int status = 0;
    waitpid(child, &status, 0);
    const int code = WEXITSTATUS(status);
    return {(code & 128) != 0, (code & 63) - 20};
}

bool may_lower_nice() { return priority_taken_from(19).is_taken; }

TEST(Priority, IsTakenWhereTheSystemPermitsAndElseNothingChanges) {
    const Found found = priority_taken_from(19);
    EXPECT_EQ(found.nice, found.is_taken ? -10 : 19);
}

TEST(Priority, IsNeverLowered) {
    if (!may_lower_nice()) GTEST_SKIP() << "not permitted here";
    EXPECT_EQ(priority_taken_from(-15).nice, -15);
}

}  // namespace
}  // namespace bitgrid::ops
