#include "update/manifest.hpp"

#include <algorithm>

#include "archive/zip_file.hpp"
#include "crypto/signing_key.hpp"
#include "wire/bounded_json.hpp"

namespace bitgrid::update {
namespace {

using Json = nlohmann::json;

constexpr const char* kSchema = "update/1";
constexpr std::size_t kMostWord = 200;
constexpr std::int64_t kMostTables = 1'000'000;
constexpr const char* kPrograms[] = {"bin/bitgrid", "bin/bitgridd"};

core::Error bad(const std::string& what) {
    return {core::ErrorCode::BadInput, std::string{kManifestName} + ": " + what};
}

/// Reads fields; the first that is not as it must be is kept.
class Fields {
public:
    explicit Fields(const Json& json) : json_{json} {}

    std::string text(const char* key) {
        const Json* found = find(key);
        if (found == nullptr || !found->is_string() ||
            found->get_ref<const std::string&>().size() > kMostWord)
            return fail(key), std::string{};
        return found->get<std::string>();
    }
    std::int64_t count(const char* key, std::int64_t most) {
        const Json* found = find(key);
        const bool is_whole = found != nullptr && found->is_number_unsigned();
        if (!is_whole || found->get<std::uint64_t>() > static_cast<std::uint64_t>(most))
            return fail(key), 0;
        return found->get<std::int64_t>();
    }
    bool flag(const char* key) {
        const Json* found = find(key);
        if (found == nullptr || !found->is_boolean()) return fail(key), false;
        return found->get<bool>();
    }
    void fail(const std::string& key) {
        if (fault_.empty()) fault_ = key;
    }
    const std::string& fault() const { return fault_; }

private:
    const Json* find(const char* key) const {
        if (!json_.is_object()) return nullptr;
        const auto found = json_.find(key);
        return found == json_.end() ? nullptr : &*found;
    }
    const Json& json_;
    std::string fault_;
};

File read_file(const Json& json, Fields& whole) {
    Fields one{json};
    File file{one.text("path"), one.count("bytes", kMostBytes), one.flag("executable"), {}};
    if (!is_place_in_update(file.path)) one.fail("path");
    const auto digest = crypto::hash_from_hex(one.text("sha256"));
    if (digest) file.sha256 = *digest;
    else one.fail("sha256");
    if (!one.fault().empty()) whole.fail("files/" + one.fault());
    return file;
}

core::Result<void> read_files(const Json& json, Fields& whole, std::vector<File>& files) {
    const auto listed = json.find("files");
    if (listed == json.end() || !listed->is_array())
        return whole.fail("files"), core::Result<void>{};
    if (listed->size() > kMostFiles)
        return core::Error{core::ErrorCode::TooLarge,
                           std::string{kManifestName} + ": more than 5000 files"};
    for (const Json& one : *listed) files.push_back(read_file(one, whole));
    std::ranges::sort(files, {}, &File::path);
    if (std::ranges::adjacent_find(files, {}, &File::path) != files.end()) whole.fail("files/path");
    return {};
}

core::Result<void> check_schema(const std::string& schema) {
    if (schema == kSchema) return {};
    return bad(schema.starts_with("update/")
                   ? "its format is " + schema.substr(0, 20) +
                         ", which is newer than this program; it reads update/1. Install a version "
                         "between the two first"
                   : "it is none of an update");
}

}  // namespace

const File* Manifest::find(std::string_view path) const {
    const auto at = std::ranges::lower_bound(files, path, {}, &File::path);
    return at != files.end() && at->path == path ? &*at : nullptr;
}

std::int64_t Manifest::bytes() const {
    std::int64_t sum = 0;
    for (const File& file : files) sum += file.bytes;
    return sum;
}

const char* own_architecture() {
#if defined(__x86_64__)
    return "amd64";
#elif defined(__aarch64__)
    return "arm64";
#else
    return "other";
#endif
}

bool is_place_in_update(std::string_view path) {
    if (!archive::is_plain_path(path)) return false;
    return path.starts_with("bin/") || path.starts_with("lib/") || path.starts_with("share/");
}

std::string text_of(const Manifest& m) {
    Json json{{"schema", kSchema},
              {"version", text_of(m.version)},
              {"architecture", m.architecture},
              {"tables", m.tables},
              {"made", m.made},
              {"key", m.key},
              {"files", Json::array()}};
    for (const File& file : m.files)
        json["files"].push_back({{"path", file.path},
                                 {"bytes", file.bytes},
                                 {"executable", file.is_executable},
                                 {"sha256", crypto::hex(file.sha256)}});
    return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

core::Result<Manifest> read_manifest(std::string_view text) {
    const auto json = wire::parse_json(text, {kMostManifest, 8});
    if (!json) return core::Error{json.error().code, bad(json.error().what).what};
    Fields fields{*json};
    if (const auto known = check_schema(fields.text("schema")); !known) return known.error();
    Manifest m;
    const auto version = read_version(fields.text("version"));
    if (version) m.version = *version;
    else fields.fail("version");
    m.architecture = fields.text("architecture");
    m.tables = fields.count("tables", kMostTables);
    m.made = fields.text("made");
    m.key = fields.text("key");
    if (!crypto::public_key_from_hex(m.key)) fields.fail("key");
    if (const auto read = read_files(*json, fields, m.files); !read) return read.error();
    if (m.bytes() > kMostBytes)
        return core::Error{core::ErrorCode::TooLarge,
                           std::string{kManifestName} + ": more than 2 GiB in all"};
    if (!fields.fault().empty()) return bad("no valid \"" + fields.fault() + "\"");
    for (const char* program : kPrograms)
        if (const File* file = m.find(program); file == nullptr || !file->is_executable)
            return bad(std::string{program} + " is not in it, or is no program");
    return m;
}

}  // namespace bitgrid::update
