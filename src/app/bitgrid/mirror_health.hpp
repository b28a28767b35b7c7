#pragma once
// How the mirror is doing, for the daemon's health: the worst first. Pure.
#include <string>
#include <vector>

#include "mirror/outbox.hpp"
#include "wire/mirror_json.hpp"

namespace bitgrid::app {

struct MirrorState {
    const mirror::Progress& progress;
    std::vector<mirror::Waiting> waiting;  ///< oldest first
    std::uint64_t spool_bytes{};           ///< bounds
    std::int64_t spool_ms{};
    std::string trouble;  ///< of the newest try; empty: none
};

/// Level, code and reason.
wire::MirrorNote judge_mirror(const MirrorState&, core::UnixTime now);

}  // namespace bitgrid::app
