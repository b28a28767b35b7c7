#include "ops/priority.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <cerrno>

namespace bitgrid::ops {
namespace {

constexpr int kNice = -10;

}  // namespace

bool take_priority() {
    errno = 0;
    const int before = getpriority(PRIO_PROCESS, 0);
    if (errno != 0) return false;
    return setpriority(PRIO_PROCESS, 0, std::min(before, kNice)) == 0;
}

}  // namespace bitgrid::ops
