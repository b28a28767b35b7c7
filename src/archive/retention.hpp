#pragma once
// What of the sealed past may go, and when: words first, then states, then the rest; the oldest
// first; never a file of the last days. Nothing is deleted that is not recorded as gone.
#include <functional>
#include <string>
#include <vector>

#include "archive/heads.hpp"

namespace bitgrid::archive {

struct Retention {
    int keep_years{10};        ///< events, decisions, energy_to_value; states for half as long
    int keep_words_days{730};  ///< explain_sessions
    std::int64_t most_bytes{20'000'000'000};
    /// Less of the disk free than both: the past gives way early, so that the present can be
    /// written.
    double low_share{0.10};
    std::int64_t low_bytes{2'000'000'000};
};

/// The disk that the cold store lies on.
struct DiskRoom {
    std::int64_t free_bytes{};
    std::int64_t total_bytes{};
};

struct ToGiveUp {
    std::string path;
    std::string why;  ///< `retention`, `low_disk`
};

/// `size_of`: bytes of a sealed file, by its path below the datasets. In the order in which they
/// should go. Pure.
std::vector<ToGiveUp> what_may_go(const Heads&, const Retention&, core::UnixTime now, DiskRoom,
                                  const std::function<std::int64_t(const std::string&)>& size_of);

}  // namespace bitgrid::archive
