#include "app/mirror_watch.hpp"

#include <array>
#include <fstream>
#include <optional>

#include "wire/bounded_json.hpp"
#include "wire/mirror_json.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::app {
namespace {

constexpr std::int64_t kMirrorLookMs = 60'000;
constexpr const char* kMirrorPart = "mirror";

ports::Condition mirror_condition(core::HealthLevel level) {
    switch (level) {
        case core::HealthLevel::Ok:
            return ports::Condition::Ok;
        case core::HealthLevel::Warn:
            return ports::Condition::Warn;
        case core::HealthLevel::Error:
            return ports::Condition::Error;
    }
    return ports::Condition::Error;
}

/// None: there is no such file.
std::optional<core::Result<wire::MirrorNote>> read_mirror_note(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    if (!file) return std::nullopt;
    std::array<char, 8'192> text{};
    file.read(text.data(), text.size());
    const auto json = wire::parse_json({text.data(), static_cast<std::size_t>(file.gcount())});
    return json ? wire::mirror_from_json(*json) : core::Result<wire::MirrorNote>{json.error()};
}

}  // namespace

MirrorWatch::MirrorWatch(World world, const std::string& data, MirrorConfig config)
    : world_{world}, path_{data + "/mirror/health.json"}, config_{std::move(config)} {}

void MirrorWatch::start() {
    since_ = world_.clock.mono();
    look();
}

void MirrorWatch::learn(MirrorConfig config) {
    if (config == config_) return;
    config_ = std::move(config);
    if (timer_) start();
}

void MirrorWatch::look() {
    timer_ = world_.clock.after(kMirrorLookMs, [this] { look(); });
    if (!config_.enabled) {
        if (was_heard_) tell(ports::Condition::Ok, "", "the mirror is off");
        was_heard_ = false;
        return;
    }
    if (config_.agreed_to != agreement_of(config_))
        return tell(ports::Condition::Warn, wire::kMirrorConsent,
                    "mirror.yaml says something else than was agreed to; nothing leaves");
    look_at_note();
}

void MirrorWatch::look_at_note() {
    const auto note = read_mirror_note(path_);
    const core::UnixTime now = world_.clock.wall();
    const bool is_old = note && *note && now - (**note).good_until > 0;
    if (!note || is_old) {
        if (world_.clock.mono() - since_ < kPatienceMs) return;
        return tell(ports::Condition::Warn, wire::kMirrorSilent,
                    note ? "the mirror was last heard at " + wire::time_text((**note).time)
                         : std::string{"the mirror is agreed to, but has never run"});
    }
    if (!*note)
        return tell(ports::Condition::Error, wire::kMirrorBroken,
                    path_ + ": " + note->error().what);
    tell(mirror_condition((**note).level), (**note).code, (**note).reason);
}

void MirrorWatch::tell(ports::Condition condition, const std::string& code,
                       const std::string& reason) {
    was_heard_ = true;
    world_.health.coded(kMirrorPart, condition, code, reason);
}

}  // namespace bitgrid::app
