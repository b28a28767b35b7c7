#include "wire/backup_json.hpp"

#include "wire/time_text.hpp"

namespace bitgrid::wire {
namespace {

using Json = nlohmann::json;

core::Error bad(const char* key, const char* allowed) {
    return {core::ErrorCode::BadInput, std::string{"\""} + key + "\" must be " + allowed};
}

core::Result<core::UnixTime> time_in(const Json& json, const char* key, bool may_be_null) {
    const auto it = json.find(key);
    if (it != json.end() && it->is_null() && may_be_null) return core::UnixTime{};
    if (it == json.end() || !it->is_string()) return bad(key, "a time like 2026-06-15T10:00Z");
    auto time = parse_time(it->get_ref<const std::string&>());
    if (!time) return bad(key, "a time like 2026-06-15T10:00Z");
    return time;
}

core::Result<std::string> text_in(const Json& json, const char* key) {
    const auto it = json.find(key);
    if (it == json.end() || !it->is_string()) return bad(key, "a text");
    return it->get<std::string>();
}

}  // namespace

Json backup_json(const BackupNote& note) {
    return {{"since", time_text(note.since)},
            {"last_good", note.last_good.ms == 0 ? Json{} : Json(time_text(note.last_good))},
            {"last_try", time_text(note.last_try)},
            {"target", note.target},
            {"trouble", note.trouble}};
}

core::Result<BackupNote> backup_from_json(const Json& json) {
    if (!json.is_object()) return core::Error{core::ErrorCode::BadInput, "it must be an object"};
    const auto since = time_in(json, "since", false);
    if (!since) return since.error();
    const auto last_good = time_in(json, "last_good", true);
    if (!last_good) return last_good.error();
    const auto last_try = time_in(json, "last_try", false);
    if (!last_try) return last_try.error();
    auto target = text_in(json, "target");
    if (!target) return target.error();
    auto trouble = text_in(json, "trouble");
    if (!trouble) return trouble.error();
    return BackupNote{*since, *last_good, *last_try, std::move(*target), std::move(*trouble)};
}

}  // namespace bitgrid::wire
