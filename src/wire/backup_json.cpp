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

constexpr std::size_t kMostRecipients = 100;
constexpr std::int64_t kMostKept = 10'000;

Json again_json(const std::optional<BackupAgain>& again) {
    if (!again) return {};
    return {{"folder", again->folder},
            {"config", again->config},
            {"keep", again->keep},
            {"recipients", again->recipients},
            {"passphrase_file", again->passphrase_file}};
}

core::Result<std::int64_t> number_in(const Json& json, const char* key, std::int64_t most) {
    const auto it = json.find(key);
    if (it == json.end() || !it->is_number_integer() || *it < 0 || *it > most)
        return bad(key, "a whole number, not negative");
    return it->get<std::int64_t>();
}

core::Result<std::optional<BackupAgain>> again_in(const Json& json) {
    const auto it = json.find("again");
    if (it == json.end() || it->is_null()) return std::optional<BackupAgain>{};
    if (!it->is_object()) return bad("again", "an object or null");
    auto folder = text_in(*it, "folder");
    if (!folder) return folder.error();
    auto config = text_in(*it, "config");
    if (!config) return config.error();
    auto file = text_in(*it, "passphrase_file");
    if (!file) return file.error();
    const auto keep = number_in(*it, "keep", kMostKept);
    if (!keep) return keep.error();
    BackupAgain again{std::move(*folder), std::move(*config), *keep, {}, std::move(*file)};
    const auto recipients = it->find("recipients");
    if (recipients == it->end() || !recipients->is_array() || recipients->size() > kMostRecipients)
        return bad("recipients", "a list of at most 100 keys");
    for (const Json& one : *recipients) {
        if (!one.is_string()) return bad("recipients", "a list of at most 100 keys");
        again.recipients.push_back(one.get<std::string>());
    }
    return std::optional{std::move(again)};
}

}  // namespace

Json backup_json(const BackupNote& note) {
    return {{"since", time_text(note.since)},
            {"last_good", note.last_good.ms == 0 ? Json{} : Json(time_text(note.last_good))},
            {"last_try", time_text(note.last_try)},
            {"target", note.target},
            {"trouble", note.trouble},
            {"again", again_json(note.again)}};
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
    auto again = again_in(json);
    if (!again) return again.error();
    return BackupNote{
        *since, *last_good, *last_try, std::move(*target), std::move(*trouble), std::move(*again)};
}

Json restore_test_json(const RestoreTestNote& note) {
    return {{"time", time_text(note.time)},
            {"backup", note.backup},
            {"events", note.events},
            {"trouble", note.trouble}};
}

core::Result<RestoreTestNote> restore_test_from_json(const Json& json) {
    if (!json.is_object()) return core::Error{core::ErrorCode::BadInput, "it must be an object"};
    const auto time = time_in(json, "time", false);
    if (!time) return time.error();
    auto backup = text_in(json, "backup");
    if (!backup) return backup.error();
    const auto events = number_in(json, "events", INT64_MAX);
    if (!events) return events.error();
    auto trouble = text_in(json, "trouble");
    if (!trouble) return trouble.error();
    return RestoreTestNote{*time, std::move(*backup), *events, std::move(*trouble)};
}

}  // namespace bitgrid::wire
