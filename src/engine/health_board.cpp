#include "engine/health_board.hpp"

#include <algorithm>

namespace bitgrid::engine {
namespace {

constexpr std::size_t kMaxParts = 200;
constexpr std::size_t kMaxReason = 300;

}  // namespace

ports::PartHealth* HealthBoard::part_named(std::string_view part, core::UnixTime now) {
    for (ports::PartHealth& known : parts_)
        if (known.part == part) return &known;
    if (parts_.size() == kMaxParts) return nullptr;
    parts_.push_back({std::string{part}, core::HealthLevel::Ok, "", now, 0});
    return &parts_.back();
}

void HealthBoard::report(std::string_view part, core::HealthLevel level, std::string_view reason,
                         core::UnixTime now) {
    ports::PartHealth* health = part_named(part, now);
    if (health == nullptr) return;
    const bool is_news = health->level != level;
    health->reason = reason.substr(0, kMaxReason);
    if (!is_news) return;
    health->level = level;
    health->since = now;
    changed_({health->part, level, health->reason});
}

void HealthBoard::reject(std::string_view part, std::string_view what, core::UnixTime now) {
    ports::PartHealth* health = part_named(part, now);
    if (health == nullptr) return;
    ++health->rejected;
    if (health->level == core::HealthLevel::Ok) report(part, core::HealthLevel::Warn, what, now);
}

core::HealthLevel HealthBoard::worst() const {
    core::HealthLevel worst = core::HealthLevel::Ok;
    for (const ports::PartHealth& part : parts_) worst = std::max(worst, part.level);
    return worst;
}

}  // namespace bitgrid::engine
