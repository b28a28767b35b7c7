#include "app/config_history.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "files/whole_file.hpp"
#include "wire/case_json.hpp"

namespace bitgrid::app {
namespace {

constexpr std::size_t kShown = 12;  // of a version, in words
constexpr std::size_t kDigits = 64;

bool is_version(const std::string& text) {
    return text.size() == kDigits &&
           text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

core::Result<std::string> read_text(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) return core::Error{core::ErrorCode::NotFound, path + ": cannot be read"};
    return text.str();
}

}  // namespace

core::Result<void> ConfigHistory::learn(const std::string& event, bool keep) {
    auto recorded = recorded_config(event, agreement_);
    if (!recorded) {
        fault_ = recorded.error().what;
        return recorded.error();
    }
    const std::string path = folder_ + "/" + recorded->version + ".json";
    known_[recorded->version] = std::move(recorded->config);
    std::error_code error;
    if (!keep || std::filesystem::exists(path, error)) return {};
    if (auto made = files::make_folders(folder_); !made) return made;
    return files::write_whole(path, event, {".unfinished", 0644});
}

void ConfigHistory::learn_kept() {
    std::error_code error;
    for (std::filesystem::directory_iterator entry{folder_, error}, end; !error && entry != end;
         entry.increment(error))
        if (is_version(entry->path().stem().string()) && entry->path().extension() == ".json")
            (void)find(entry->path().stem().string());
}

core::Result<const core::Config*> ConfigHistory::find(const std::string& version) {
    if (const auto known = known_.find(version); known != known_.end()) return &known->second;
    if (const auto unknown = unknown_.find(version); unknown != unknown_.end())
        return unknown->second;
    if (is_version(version))
        if (const auto text = read_text(folder_ + "/" + version + ".json"))
            if (learn(*text, false) && known_.contains(version)) return &known_.at(version);
    const core::Error error{core::ErrorCode::NotFound,
                            "its configuration " + version.substr(0, kShown) + " is not known" +
                                (fault_.empty() ? "" : " (" + fault_ + ")")};
    unknown_.emplace(version, error);
    return error;
}

wire::Packed inputs_of(ConfigHistory& configs, const nlohmann::json& decision) {
    const auto version = decision.find("config_version");
    if (version == decision.end() || !version->is_string()) return {};
    const auto config = configs.find(version->get<std::string>());
    if (!config) return {};
    const auto found = wire::case_from_json(decision, **config);
    return found ? wire::pack({found->made_of.state, found->made_of.memory}) : wire::Packed{};
}

std::string config_version_of(std::string_view decision) {
    constexpr std::string_view kKey = "\"config_version\":\"";
    const std::size_t at = decision.find(kKey);
    if (at == std::string_view::npos) return {};
    const std::size_t begin = at + kKey.size();
    return std::string{decision.substr(begin, decision.find('"', begin) - begin)};
}

}  // namespace bitgrid::app
