#include "app/bitgrid/mirror_health.hpp"

#include "wire/time_text.hpp"

namespace bitgrid::app {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr double kNearlyFull = 0.8;

std::string told(const mirror::Gap& gap) {
    const std::string since = " (" + wire::time_text(gap.at) + ")";
    if (gap.reason == mirror::GapReason::SpoolFull)
        return "segments " + std::to_string(gap.first_segment) + " to " +
               std::to_string(gap.last_segment) + " waited too long and were dropped" + since;
    if (gap.reason == mirror::GapReason::JournalReplaced)
        return "the journal is another one than before" + since;
    return "rows " + std::to_string(gap.first_row) + " to " + std::to_string(gap.last_row) +
           " left the journal before they were read" + since;
}

}  // namespace

wire::MirrorNote judge_mirror(const MirrorState& state, core::UnixTime now) {
    const auto warn = [now](const char* code, std::string reason) {
        return wire::MirrorNote{now, {}, core::HealthLevel::Warn, code, std::move(reason)};
    };
    const std::string trouble = state.trouble.empty() ? "" : "; the newest try: " + state.trouble;
    if (!state.progress.gaps.empty())
        return warn(wire::kMirrorGap, told(state.progress.gaps.front()) +
                                          "; the next segment that arrives tells of it" + trouble);
    std::uint64_t bytes = 0;
    for (const mirror::Waiting& one : state.waiting) bytes += one.bytes;
    const std::int64_t age = state.waiting.empty() ? 0 : now - state.waiting.front().closed_at;
    const bool is_nearly_full =
        static_cast<double>(bytes) >= kNearlyFull * static_cast<double>(state.spool_bytes) ||
        static_cast<double>(age) >= kNearlyFull * static_cast<double>(state.spool_ms);
    if (state.waiting.empty()) return {now, {}, core::HealthLevel::Ok, "", "all was delivered"};
    const std::string waits = std::to_string(state.waiting.size()) + " segments wait, " +
                              std::to_string(bytes) + " bytes, the oldest since " +
                              wire::time_text(state.waiting.front().closed_at);
    if (is_nearly_full)
        return warn(wire::kMirrorSpool, waits + "; soon the oldest gives way" + trouble);
    if (age >= kDayMs) return warn(wire::kMirrorAway, waits + trouble);
    return {now, {}, core::HealthLevel::Ok, "", waits + trouble};
}

}  // namespace bitgrid::app
