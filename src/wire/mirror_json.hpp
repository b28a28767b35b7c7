#pragma once
// What `bitgrid mirror run` leaves for the daemon in `data/mirror/health.json`: how it is doing, in
// one word and in words. The only thing that goes from the mirror to the daemon, and it is no
// command.
#include <nlohmann/json.hpp>
#include <string>

#include "core/events.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace bitgrid::wire {

struct MirrorNote {
    core::UnixTime time{};
    core::UnixTime good_until{};  ///< then the mirror should have written anew
    core::HealthLevel level{core::HealthLevel::Ok};
    std::string code;    ///< one of those below; empty where it is well
    std::string reason;  ///< English, with the numbers
    friend bool operator==(const MirrorNote&, const MirrorNote&) = default;
};

inline constexpr const char* kMirrorGap = "MIRROR_GAP";           ///< something will never arrive
inline constexpr const char* kMirrorSpool = "MIRROR_SPOOL_FULL";  ///< it soon will not
inline constexpr const char* kMirrorAway = "MIRROR_AWAY";         ///< nothing arrives for a day
inline constexpr const char* kMirrorConsent = "MIRROR_CONSENT";   ///< not what was agreed to
inline constexpr const char* kMirrorSilent = "MIRROR_SILENT";     ///< nobody runs it
inline constexpr const char* kMirrorBroken = "MIRROR_BROKEN";     ///< it cannot go on

nlohmann::json mirror_json(const MirrorNote&);
/// BadInput names what is wrong; only known codes, words of bounded length.
core::Result<MirrorNote> mirror_from_json(const nlohmann::json&);

}  // namespace bitgrid::wire
