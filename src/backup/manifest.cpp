#include "backup/manifest.hpp"

#include <algorithm>

#include "wire/bounded_json.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::backup {
namespace {

using Json = nlohmann::json;

constexpr const char* kSchema = "backup/1";
constexpr std::size_t kMostPath = 500, kMostPart = 200, kMostDepth = 8, kMostWord = 100,
                      kMostLeftOut = 10'000;
constexpr std::int64_t kMostBytes = std::int64_t{1} << 44;
constexpr wire::JsonBounds kBounds{kMostManifestBytes, 8};

core::Error bad(const std::string& what) {
    return {core::ErrorCode::BadInput, std::string{kManifest} + ": " + what};
}

bool is_plain_part(std::string_view part) {
    return !part.empty() && part.size() <= kMostPart && part != "." && part != ".." &&
           std::ranges::none_of(part, [](char c) {
               return static_cast<unsigned char>(c) < ' ' || c == '\x7f' || c == '\\';
           });
}

// Only what a backup has; the rest of a data folder is made anew by the daemon.
bool is_ours(std::string_view path) {
    if (path == kJournal || path == kHeads || path == kSecrets) return true;
    for (const char* const folder : {"config/", "data/parquet/", "data/config/"})
        if (path.starts_with(folder)) return is_plain_path(path);
    return false;
}

bool read_number(const Json& json, const char* key, std::int64_t most, std::int64_t& out) {
    const auto it = json.find(key);
    if (it == json.end() || !it->is_number_integer()) return false;
    if (it->is_number_unsigned() && it->get<std::uint64_t>() > static_cast<std::uint64_t>(most))
        return false;
    out = it->get<std::int64_t>();
    return out >= 0 && out <= most;
}

bool read_text(const Json& json, const char* key, std::size_t most, std::string& out) {
    const auto it = json.find(key);
    if (it == json.end() || !it->is_string()) return false;
    out = it->get<std::string>();
    return out.size() <= most;
}

core::Result<Entry> read_entry(const Json& json) {
    Entry entry;
    std::string hash;
    if (!json.is_object() || !read_text(json, "path", kMostPath, entry.path))
        return bad("a file must have a \"path\" of at most 500 bytes");
    if (!is_ours(entry.path))
        return bad("the path " + Json(entry.path).dump() +
                   " is none that a backup has: data/bitgrid.sqlite, data/heads.txt, "
                   "data/parquet/…, data/config/…, config/…, secrets.age");
    if (!read_number(json, "bytes", kMostBytes, entry.bytes))
        return bad(entry.path + ": \"bytes\" must be its size");
    if (!read_text(json, "sha256", kMostWord, hash)) return bad(entry.path + ": no \"sha256\"");
    const auto read = crypto::hash_from_hex(hash);
    if (!read) return bad(entry.path + ": " + read.error().what);
    entry.sha256 = *read;
    return entry;
}

core::Result<void> read_head(const Json& json, Manifest& manifest) {
    std::string made;
    const auto schema = json.find("schema");
    if (schema == json.end() || !schema->is_string()) return bad("it is none of a backup");
    if (*schema != kSchema)
        return bad("its schema is " + schema->dump().substr(0, kMostWord) +
                   "; this program knows \"backup/1\"");
    if (!read_text(json, "program", kMostWord, manifest.program) ||
        !read_text(json, "head", kMostWord, manifest.head) ||
        !read_number(json, "tables", kMostFiles, manifest.tables) ||
        !read_number(json, "last_event", INT64_MAX, manifest.last_event) ||
        !read_text(json, "made", kMostWord, made))
        return bad("\"program\", \"made\", \"tables\", \"last_event\", \"head\" must be there");
    const auto time = wire::parse_time(made);
    if (!time) return bad("\"made\": " + time.error().what);
    manifest.made = *time;
    return {};
}

// Missing in those of older programs.
core::Result<void> read_left_out(const Json& json, Manifest& manifest) {
    const auto list = json.find("left_out");
    if (list == json.end()) return {};
    if (!list->is_array() || list->size() > kMostLeftOut)
        return bad("\"left_out\" must be a list of at most 10000 paths");
    for (const Json& one : *list) {
        if (!one.is_string() || !is_plain_path(one.get_ref<const std::string&>()))
            return bad("\"left_out\" must hold plain paths");
        manifest.left_out.push_back(one.get<std::string>());
    }
    return {};
}

}  // namespace

const Entry* Manifest::find(std::string_view path) const {
    const auto at = std::ranges::lower_bound(files, path, {}, &Entry::path);
    return at != files.end() && at->path == path ? &*at : nullptr;
}

std::int64_t Manifest::bytes() const {
    std::int64_t sum = 0;
    for (const Entry& entry : files) sum += entry.bytes;
    return sum;
}

bool is_plain_path(std::string_view path) {
    if (path.size() > kMostPath) return false;
    for (std::size_t at = 0, depth = 1;; ++depth) {
        const std::size_t end = std::min(path.find('/', at), path.size());
        if (depth > kMostDepth || !is_plain_part(path.substr(at, end - at))) return false;
        if (end == path.size()) return true;
        at = end + 1;
    }
}

std::string manifest_text(const Manifest& manifest) {
    Json files = Json::array();
    for (const Entry& entry : manifest.files)
        files.push_back(
            {{"path", entry.path}, {"bytes", entry.bytes}, {"sha256", crypto::hex(entry.sha256)}});
    return Json{{"schema", kSchema},
                {"program", manifest.program},
                {"tables", manifest.tables},
                {"made", wire::time_text(manifest.made)},
                {"last_event", manifest.last_event},
                {"head", manifest.head},
                {"left_out", manifest.left_out},
                {"files", std::move(files)}}
               .dump(1, ' ', false, Json::error_handler_t::replace) +
           "\n";
}

core::Result<Manifest> read_manifest(std::string_view text) {
    const auto json = wire::parse_json(text, kBounds);
    if (!json)
        return core::Error{json.error().code, std::string{kManifest} + ": " + json.error().what};
    if (!json->is_object()) return bad("it is no object");
    Manifest manifest;
    if (const auto head = read_head(*json, manifest); !head) return head.error();
    if (const auto left = read_left_out(*json, manifest); !left) return left.error();
    const auto files = json->find("files");
    if (files == json->end() || !files->is_array()) return bad("\"files\" must be a list");
    if (files->size() > kMostFiles)
        return core::Error{core::ErrorCode::TooLarge,
                           std::string{kManifest} + ": more than 200000 files"};
    for (const Json& one : *files) {
        auto entry = read_entry(one);
        if (!entry) return entry.error();
        manifest.files.push_back(std::move(entry).value());
    }
    std::ranges::sort(manifest.files, {}, &Entry::path);
    const auto twice = std::ranges::adjacent_find(manifest.files, {}, &Entry::path);
    if (twice != manifest.files.end()) return bad(twice->path + " stands there twice");
    if (manifest.find(kJournal) == nullptr) return bad("the journal is not in it");
    return manifest;
}

}  // namespace bitgrid::backup
