#include "archive/retention.hpp"

#include <algorithm>
#include <functional>
#include <tuple>

#include "wire/time_text.hpp"

namespace bitgrid::archive {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kDaysOfYear = 366;
constexpr std::int64_t kNeverYoungerDays = 30;

struct Candidate {
    int rank{};  ///< 0: goes first
    std::string day;
    std::string path;
    std::int64_t bytes{};
};

int rank_of(const std::string& path) {
    if (path.starts_with("explain_sessions/")) return 0;
    if (path.starts_with("states/")) return 1;
    return 2;
}

std::int64_t days_kept(const Retention& retention, int rank) {
    const std::int64_t years = retention.keep_years * kDaysOfYear;
    return rank == 0 ? retention.keep_words_days : rank == 1 ? years / 2 : years;
}

std::int64_t age_days(const std::string& day, core::UnixTime now) {
    const auto begin = wire::parse_time(day + "T00:00");
    return begin ? (now - *begin) / kDayMs : 0;
}

}  // namespace

std::vector<ToGiveUp> what_may_go(const Heads& heads, const Retention& retention,
                                  core::UnixTime now, DiskRoom room,
                                  const std::function<std::int64_t(const std::string&)>& size_of) {
    std::vector<ToGiveUp> going;
    std::vector<Candidate> rest;
    std::int64_t bytes = 0;
    for (const Seal& seal : heads.seals)
        for (const SealedFile& file : seal.files) {
            if (heads.is_gone(file.path)) continue;
            const int rank = rank_of(file.path);
            const std::int64_t size = size_of(file.path);
            const std::int64_t age = age_days(seal.day, now);
            if (age > days_kept(retention, rank)) {
                going.push_back({file.path, "retention"});
                room.free_bytes += size;
                continue;
            }
            bytes += size;
            if (age > kNeverYoungerDays) rest.push_back({rank, seal.day, file.path, size});
        }
    std::ranges::sort(rest, [](const Candidate& a, const Candidate& b) {
        return std::tie(a.rank, a.day, a.path) < std::tie(b.rank, b.day, b.path);
    });
    const auto low = std::min(
        retention.low_bytes,
        static_cast<std::int64_t>(retention.low_share * static_cast<double>(room.total_bytes)));
    for (const Candidate& file : rest) {
        const bool is_too_much = bytes > retention.most_bytes;
        if (!is_too_much && room.free_bytes >= low) break;
        going.push_back({file.path, is_too_much ? "retention" : "low_disk"});
        bytes -= file.bytes;
        room.free_bytes += file.bytes;
    }
    return going;
}

}  // namespace bitgrid::archive
