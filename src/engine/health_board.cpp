#include "engine/health_board.hpp"

#include <algorithm>

namespace bitgrid::engine {
namespace {

constexpr std::size_t kMaxParts = 200;
constexpr std::size_t kMaxReason = 300;
constexpr std::size_t kMaxCode = 40;
constexpr std::int64_t kQuietMs = 60'000;

}  // namespace

ports::PartHealth* HealthBoard::part_named(std::string_view part, core::UnixTime now) {
    for (ports::PartHealth& known : parts_)
        if (known.part == part) return &known;
    if (parts_.size() == kMaxParts) return nullptr;
    parts_.push_back({std::string{part}, core::HealthLevel::Ok, "", now, 0, ""});
    return &parts_.back();
}

void HealthBoard::report(std::string_view part, core::HealthLevel level, std::string_view reason,
                         core::UnixTime now, std::string_view code) {
    ports::PartHealth* health = part_named(part, now);
    if (health == nullptr) return;
    if (const auto warned = warned_.find(part); warned != warned_.end()) warned_.erase(warned);
    const bool is_news = health->level != level || health->code != code;
    health->reason = reason.substr(0, kMaxReason);
    if (!is_news) return;
    health->level = level;
    health->code = code.substr(0, kMaxCode);
    health->since = now;
    changed_({health->part, level, health->reason, health->code});
}

void HealthBoard::reject(std::string_view part, std::string_view what, core::UnixTime now) {
    ports::PartHealth* health = part_named(part, now);
    if (health == nullptr) return;
    ++health->rejected;
    const bool is_warned = warned_.contains(part);
    if (health->level != core::HealthLevel::Ok && !is_warned) return;
    report(part, core::HealthLevel::Warn, what, now);
    warned_.emplace(part, now);
}

void HealthBoard::look(core::UnixTime now) {
    for (const auto& [part, last] : std::map{warned_})
        if (now - last >= kQuietMs || now < last) report(part, core::HealthLevel::Ok, "", now);
}

core::HealthLevel HealthBoard::worst() const {
    core::HealthLevel worst = core::HealthLevel::Ok;
    for (const ports::PartHealth& part : parts_) worst = std::max(worst, part.level);
    return worst;
}

}  // namespace bitgrid::engine
