// Configuration and update: faults 55 to 58.
#include <signal.h>

#include <fstream>
#include <regex>
#include <set>

#include "faults/harness/faults.hpp"

namespace bitgrid::faults {
namespace {

using fmt::format;

struct Key {
    std::string file, key, allowed;
    bool is_of_list{false};
};

// Every key of every file, from the page that is made of the program's own tables.
std::vector<Key> all_keys() {
    std::ifstream page{"docs/reference/configuration.md"};
    std::vector<Key> keys;
    Key now;
    const std::regex row{R"(^\| `([a-z0-9_]+)` \| .* \| (.*) \| .* \|$)"};
    for (std::string line; std::getline(page, line);) {
        std::smatch found;
        if (line.starts_with("## ")) now.file = line.substr(3);
        if (line.starts_with("| Key")) now.is_of_list = line.starts_with("| Key of");
        if (!std::regex_match(line, found, row)) continue;
        now.key = found[1];
        now.allowed = found[2];
        keys.push_back(now);
    }
    return keys;
}

// One folder in which every key is wrong in the same way, and each line of it must be named.
class WrongFolder {
public:
    void add(const Key& key, const std::string& written) {
        std::string& text = files_[key.file];
        const bool opens = key.is_of_list && text.empty();
        text += (opens ? "- " : key.is_of_list ? "  " : "") + written + "\n";
        ++lines_;
    }
    /// How many lines are not named with their file and number.
    std::size_t unnamed(const ops::ScratchFolder& folder, std::string& all) {
        const auto config = folder.path() / "config";
        std::filesystem::create_directories(config);
        for (const auto& [name, text] : files_) std::ofstream{config / name} << text;
        Child daemon{{{(programs() / "bitgridd").string(), "--config", config.string(), "--data",
                       (folder.path() / "data").string()},
                      folder.path(),
                      "daemon"}};
        EXPECT_EQ(daemon.wait(30'000), 78);
        all = daemon.complained();
        std::size_t missing = 0;
        for (const auto& [name, text] : files_) {
            const auto count = std::count(text.begin(), text.end(), '\n');
            for (long i = 1; i <= count; ++i)
                missing +=
                    all.find(name + ":" + std::to_string(i) + ":") == std::string::npos ? 1u : 0u;
        }
        return missing;
    }
    std::size_t lines() const { return lines_; }

private:
    std::map<std::string, std::string> files_;
    std::size_t lines_{0};
};

TEST_F(Faults, No55EveryWrongKeyIsNamedAndNothingIsUsed) {
    const auto keys = all_keys();
    ASSERT_GT(keys.size(), 100u);
    WrongFolder misspelt, mistyped, beyond;
    const std::regex range{R"(^(-?[0-9.e+]+) to (-?[0-9.e+]+).*)"};
    for (const Key& key : keys) {
        misspelt.add(key, key.key + "x: 1");
        mistyped.add(key, key.key + ": {a: 1}");
        std::smatch bounds;
        if (std::regex_match(key.allowed, bounds, range))
            beyond.add(key, key.key + ": " + format("{:.0f}", std::stod(bounds[2]) * 2 + 1));
    }
    std::size_t tried = 0;
    for (WrongFolder* folder : {&misspelt, &mistyped, &beyond}) {
        const ops::ScratchFolder scratch;
        std::string all;
        EXPECT_EQ(folder->unnamed(scratch, all), 0u) << all;
        EXPECT_FALSE(std::filesystem::exists(scratch.path() / "data")) << "nothing was begun";
        tried += folder->lines();
    }
    saw("every key misspelt, of a wrong type, beyond its range: exit 78, each named with file and "
        "line",
        format("{} of {} named", tried, tried));
}

TEST_F(Faults, No56AHalfWrittenConfigurationIsNeverUsed) {
    is_proved_by("app_test", "ConfigMutation.NeverReadsAFolderThatWasCutAsAShorterOne");
    saw("the folder cut at every byte of every file", "never read as a shorter one");
}

TEST_F(Faults, No57AFailedUpdateIsRolledBack) {
    is_proved_by("store_test", "Schema.*");
    saw("the database's half: migrated on a copy, the file as it was where a step fails", "");
    NOT_INJECTABLE(
        "the program's half: it comes without an updater, so there is nothing here that could roll "
        "back; that is done by what installs it");
}

TEST_F(Faults, No58NoConnectionWithoutAValidCertificate) {
    is_proved_by("adapters_test", "MqttTlsTest.*");
    saw("another authority, another name, no file: no connection, never plain text, told in health",
        "0 bytes in plain text");
}

}  // namespace
}  // namespace bitgrid::faults
