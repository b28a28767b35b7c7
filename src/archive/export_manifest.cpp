#include "archive/export_manifest.hpp"

#include <algorithm>
#include <set>

#include "archive/datasets.hpp"
#include "archive/zip_file.hpp"
#include "crypto/signing_key.hpp"
#include "wire/bounded_json.hpp"

namespace bitgrid::archive {
namespace {

using Json = nlohmann::json;

constexpr const char* kExportSchema = "export/1";
constexpr std::size_t kMostListed = 10'000;
constexpr std::size_t kMostWord = 200;

/// Takes values and remembers the first key that is not what it must be.
class ManifestReader {
public:
    explicit ManifestReader(const Json& json) : json_{json} {}

    std::string text(const char* key) {
        const Json* found = find(key);
        if (found == nullptr || !is_word(*found)) return fail(key), std::string{};
        return found->get<std::string>();
    }
    std::string text_or_null(const char* key) {
        const Json* found = find(key);
        return found != nullptr && found->is_null() ? std::string{} : text(key);
    }
    bool flag(const char* key) {
        const Json* found = find(key);
        if (found == nullptr || !found->is_boolean()) return fail(key), false;
        return found->get<bool>();
    }
    std::int64_t count(const char* key) {
        const Json* found = find(key);
        if (found == nullptr || !found->is_number_integer() || found->get<double>() < 0 ||
            found->get<double>() > 1e15)
            return fail(key), 0;
        return found->get<std::int64_t>();
    }
    std::vector<std::string> texts(const char* key) {
        std::vector<std::string> all;
        for (const Json& one : list(key)) {
            if (!is_word(one)) return fail(key), all;
            all.push_back(one.get<std::string>());
        }
        return all;
    }
    const Json& list(const char* key) {
        static const Json none = Json::array();
        const Json* found = find(key);
        if (found == nullptr || !found->is_array() || found->size() > kMostListed)
            return fail(key), none;
        return *found;
    }
    void fail(const std::string& key) {
        if (fault_.empty()) fault_ = key;
    }
    const std::string& fault() const { return fault_; }

private:
    static bool is_word(const Json& json) {
        return json.is_string() && json.get_ref<const std::string&>().size() <= kMostWord;
    }
    const Json* find(const char* key) const {
        if (!json_.is_object()) return nullptr;
        const auto found = json_.find(key);
        return found == json_.end() ? nullptr : &*found;
    }
    const Json& json_;
    std::string fault_;
};

bool is_dataset(const std::string& name) {
    return name == "config" || std::ranges::find(kDatasets, name) != kDatasets.end();
}

ExportFile read_listed(const Json& json, ManifestReader& whole) {
    ManifestReader one{json};
    ExportFile file{
        one.text("path"), one.text("dataset"), one.count("rows"), one.count("bytes"), {}};
    const auto digest = crypto::hash_from_hex(one.text("sha256"));
    if (digest) file.sha256 = *digest;
    else one.fail("sha256");
    if (!is_plain_path(file.path)) one.fail("path");
    if (!is_dataset(file.dataset)) one.fail("dataset");
    if (!one.fault().empty()) whole.fail("files/" + one.fault());
    return file;
}

core::Error bad_manifest(const std::string& what) {
    return {core::ErrorCode::BadInput, std::string{kManifestName} + ": " + what};
}

}  // namespace

std::int64_t ExportManifest::rows_of(std::string_view dataset) const {
    std::int64_t rows = 0;
    for (const ExportFile& file : files) rows += file.dataset == dataset ? file.rows : 0;
    return rows;
}

std::string text_of(const ExportManifest& m) {
    Json json{{"schema", kExportSchema},
              {"made", m.made.empty() ? Json{} : Json(m.made)},
              {"since", m.since},
              {"until", m.until},
              {"scope", m.scope},
              {"anonymised", m.is_anonymous},
              {"relative_time", m.is_relative},
              {"parquet_schema", m.parquet_schema},
              {"program_version", m.program_version},
              {"rule_versions", m.rule_versions},
              {"config_versions", m.config_versions},
              {"without_inputs", m.without_inputs},
              {"key", m.key},
              {"files", Json::array()}};
    for (const ExportFile& file : m.files)
        json["files"].push_back({{"path", file.path},
                                 {"dataset", file.dataset},
                                 {"rows", file.rows},
                                 {"bytes", file.bytes},
                                 {"sha256", crypto::hex(file.sha256)}});
    return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

core::Result<ExportManifest> read_manifest(std::string_view text) {
    const auto json = wire::parse_json(text, {kMostManifest, 8});
    if (!json) return core::Error{json.error().code, bad_manifest(json.error().what).what};
    ManifestReader r{*json};
    const std::string schema = r.text("schema");
    if (schema != kExportSchema)
        return bad_manifest(schema.starts_with("export/")
                                ? "its schema is " + schema.substr(0, 20) +
                                      ", made by a newer program; this one reads " + kExportSchema
                                : std::string{"its schema is not "} + kExportSchema);
    ExportManifest m;
    m.made = r.text_or_null("made");
    m.since = r.text("since");
    m.until = r.text("until");
    m.scope = r.texts("scope");
    m.is_anonymous = r.flag("anonymised");
    m.is_relative = r.flag("relative_time");
    const std::int64_t columns = r.count("parquet_schema");
    m.parquet_schema = static_cast<int>(std::min<std::int64_t>(columns, 1'000'000));
    m.program_version = r.text("program_version");
    m.rule_versions = r.texts("rule_versions");
    m.config_versions = r.texts("config_versions");
    m.without_inputs = r.count("without_inputs");
    m.key = r.text("key");
    std::set<std::string> paths;
    for (const Json& file : r.list("files")) {
        m.files.push_back(read_listed(file, r));
        if (!paths.insert(m.files.back().path).second) r.fail("files/path");
    }
    if (!crypto::public_key_from_hex(m.key)) r.fail("key");
    if (!r.fault().empty()) return bad_manifest("no valid \"" + r.fault() + "\"");
    if (m.parquet_schema > kSchemaVersion)
        return bad_manifest("its tables are of schema " + std::to_string(m.parquet_schema) +
                            ", made by a newer program; this one reads up to " +
                            std::to_string(kSchemaVersion));
    return m;
}

}  // namespace bitgrid::archive
