#include "app/recorded_config.hpp"

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "ops/config_folder.hpp"
#include "ops/config_hash.hpp"
#include "ops/config_texts.hpp"
#include "wire/bounded_json.hpp"

namespace bitgrid::app {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// Only what the rules read: the rest has no say in a decision, and its secrets are not recorded.
constexpr const char* kFiles[] = {"site.yaml", "rules.yaml", "policy.yaml", "loads.yaml"};
constexpr wire::JsonBounds kBounds{std::size_t{1} << 20, 32};

core::Error damaged(const std::string& what) {
    return {core::ErrorCode::Damaged, "a recorded configuration " + what};
}

class TemporaryFolder {
public:
    TemporaryFolder() {
        std::error_code error;
        std::string name = (fs::temp_directory_path(error) / "bitgrid-XXXXXX").string();
        if (::mkdtemp(name.data()) != nullptr) path_ = name;
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() {
        std::error_code ignored;
        if (!path_.empty()) fs::remove_all(path_, ignored);
    }
    const fs::path& path() const { return path_; }  ///< empty: it could not be made

private:
    fs::path path_;
};

// JSON is YAML, too: one reader for both keeps the meaning of every key in one place.
core::Result<core::Config> read(const Json& files) {
    ops::ConfigTexts texts;
    for (const char* name : kFiles)
        if (const auto file = files.find(name); file != files.end()) texts[name] = file->dump();
    const TemporaryFolder folder;
    if (folder.path().empty())
        return core::Error{core::ErrorCode::Unavailable, "no temporary folder can be made"};
    if (const auto kept = ops::keep_texts(texts, folder.path()); !kept) return kept.error();
    auto config = ops::load_config(folder.path(), {});
    if (!config) return damaged("cannot be read: " + config.problems().front().what);
    return std::move(config).value();
}

}  // namespace

core::Result<RecordedConfig> recorded_config(std::string_view event, Agreement agreement) {
    const auto json = wire::parse_json(event, kBounds);
    if (!json) return json.error();
    const auto text = json->find("config");
    const auto version = json->find("version");
    if (!json->is_object() || text == json->end() || !text->is_string() || version == json->end() ||
        !version->is_string())
        return damaged("lacks its text or its version");
    const auto files = wire::parse_json(text->get_ref<const std::string&>(), kBounds);
    if (!files || !files->is_object()) return damaged("is no JSON object");
    auto config = read(*files);
    if (!config) return config.error();
    const std::string known = version->get<std::string>();
    if (agreement == Agreement::Version && ops::config_version(*config) != known)
        return damaged("does not give its version " + known.substr(0, 12) + " any more");
    return RecordedConfig{known, std::move(*config)};
}

}  // namespace bitgrid::app
