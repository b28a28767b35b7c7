#include "ops/open_files.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace bitgrid::ops {

std::size_t allow_open_files(std::size_t wanted) {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    const rlimit raised{
        std::max(limit.rlim_cur, std::min<rlim_t>(static_cast<rlim_t>(wanted), limit.rlim_max)),
        limit.rlim_max};
    return setrlimit(RLIMIT_NOFILE, &raised) == 0 ? raised.rlim_cur : limit.rlim_cur;
}

}  // namespace bitgrid::ops
