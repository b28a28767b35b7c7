#include "ops/open_files.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace bitgrid::ops {
namespace {

class OpenFiles : public ::testing::Test {
protected:
    OpenFiles() { getrlimit(RLIMIT_NOFILE, &before_); }
    ~OpenFiles() override { setrlimit(RLIMIT_NOFILE, &before_); }
    void permit(rlim_t now) {
        const rlimit limit{now, before_.rlim_max};
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    static rlim_t allowed() {
        rlimit limit{};
        getrlimit(RLIMIT_NOFILE, &limit);
        return limit.rlim_cur;
    }
    rlimit before_{};
};

TEST_F(OpenFiles, AreAllowedInGreaterNumberThanTheSystemGivesByItself) {
    permit(100);
    EXPECT_EQ(allow_open_files(200), 200u);
    EXPECT_EQ(allowed(), 200u);
}

TEST_F(OpenFiles, AreNeverMoreThanTheSystemPermits) {
    permit(100);
    EXPECT_EQ(allow_open_files(static_cast<std::size_t>(before_.rlim_max) + 1), before_.rlim_max);
}

TEST_F(OpenFiles, AreNeverMadeFewer) {
    permit(300);
    EXPECT_EQ(allow_open_files(200), 300u);
    EXPECT_EQ(allowed(), 300u);
}

}  // namespace
}  // namespace bitgrid::ops
