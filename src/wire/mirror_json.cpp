#include "wire/mirror_json.hpp"

#include <algorithm>
#include <array>

#include "wire/time_text.hpp"

namespace bitgrid::wire {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostReason = 1'000;
constexpr std::array<std::string_view, 3> kLevels{"ok", "warn", "error"};
constexpr std::array<std::string_view, 7> kCodes{
    "", kMirrorGap, kMirrorSpool, kMirrorAway, kMirrorConsent, kMirrorSilent, kMirrorBroken};

core::Error bad(const char* key, const char* allowed) {
    return {core::ErrorCode::BadInput, std::string{"\""} + key + "\" must be " + allowed};
}

core::Result<std::string> text_in(const Json& json, const char* key) {
    const auto it = json.find(key);
    if (it == json.end() || !it->is_string() ||
        it->get_ref<const std::string&>().size() > kMostReason)
        return bad(key, "a text of at most 1000 bytes");
    return it->get<std::string>();
}

core::Result<core::UnixTime> time_in(const Json& json, const char* key) {
    const auto text = text_in(json, key);
    const auto time = text ? parse_time(*text) : core::Result<core::UnixTime>{text.error()};
    if (!time) return bad(key, "a time like 2026-06-15T10:00Z");
    return time;
}

}  // namespace

Json mirror_json(const MirrorNote& note) {
    return {{"time", time_text(note.time)},
            {"good_until", time_text(note.good_until)},
            {"level", kLevels[static_cast<std::size_t>(note.level)]},
            {"code", note.code},
            {"reason", note.reason.substr(0, kMostReason)}};
}

core::Result<MirrorNote> mirror_from_json(const Json& json) {
    if (!json.is_object()) return core::Error{core::ErrorCode::BadInput, "it must be an object"};
    const auto time = time_in(json, "time");
    if (!time) return time.error();
    const auto until = time_in(json, "good_until");
    if (!until) return until.error();
    const auto level = text_in(json, "level");
    if (!level) return level.error();
    const auto known = std::ranges::find(kLevels, *level);
    if (known == kLevels.end()) return bad("level", "ok, warn or error");
    auto code = text_in(json, "code");
    if (!code) return code.error();
    if (std::ranges::find(kCodes, *code) == kCodes.end())
        return bad("code", "one that this program knows");
    auto reason = text_in(json, "reason");
    if (!reason) return reason.error();
    return MirrorNote{*time, *until, static_cast<core::HealthLevel>(known - kLevels.begin()),
                      std::move(*code), std::move(*reason)};
}

}  // namespace bitgrid::wire
