// Every known key of every file, misspelt, of another type, beyond its bounds: all refused, with
// file and line. And a folder that was cut anywhere: never read as a shorter one.
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "app/config_reader.hpp"
#include "core/rule_config_fields.hpp"
#include "ops/field_table.hpp"
#include "ops/scratch_folder.hpp"

namespace bitgrid::app {
namespace {

using ops::Field;

struct File {
    std::string name;
    bool is_list;
    std::vector<Field> fields;
};

template <class Struct>
File file(const char* name, bool is_list, Struct value = {}) {
    return {name, is_list, ops::fields_of(std::move(value))};
}

std::vector<File> all_files() {
    adapters::MqttSensorConfig sensor;
    sensor.topic = "roof/pv";
    sensor.signal = "pv_power_w";
    return {file<core::SiteConfig>("site.yaml", false),
            file<core::RuleConfig>("rules.yaml", false),
            file<core::PolicyConfig>("policy.yaml", false),
            file<core::LoadConfig>("loads.yaml", true),
            file<DeviceConfig>("devices.yaml", true),
            file<adapters::MqttConfig>("mqtt.yaml", false),
            file("mqtt_sensors.yaml", true, sensor),
            file<api::ApiConfig>("api.yaml", false),
            file<adapters::nut::NutConfig>("ups.yaml", false),
            file<store::StoreConfig>("store.yaml", false),
            file<adapters::GuardConfig>("guard.yaml", false),
            file<MirrorConfig>("mirror.yaml", false),
            file<ops::LogConfig>("log.yaml", false)};
}

/// One line for each key, in the order of the fields; `changed` stands for one of them.
std::string text_of(const File& file, std::size_t which = SIZE_MAX,
                    const std::string& changed = {}) {
    std::string text{"---\n"};
    for (std::size_t i = 0; i < file.fields.size(); ++i) {
        text += !file.is_list ? "" : i == 0 ? "- " : "  ";
        const Field& field = file.fields[i];
        const bool is_secret = field.kind == Field::Kind::Secret;  // never in a file
        const std::string usual = is_secret ? "# " + field.key : field.key + ": " + field.value;
        text += (i == which ? changed : usual) + "\n";
    }
    return text + "...\n";
}

std::string beyond(const Field& field, double by) {
    return field.key + ": " + ops::json_number(by);
}

std::vector<std::string> mutations_of(const Field& field) {
    if (field.kind == Field::Kind::Secret) return {field.key + ": hunter2", field.key + "x: a"};
    std::vector<std::string> wrong{field.key + "x: " + field.value, field.key + ": {a: 1}",
                                   field.key + ": \"a\\x01b\""};
    const bool is_number = field.kind == Field::Kind::Number || field.kind == Field::Kind::Whole;
    if (is_number || field.kind == Field::Kind::Flag || field.kind == Field::Kind::Word)
        wrong.push_back(field.key + ": high");
    if (field.kind == Field::Kind::Whole) wrong.push_back(field.key + ": 7.5");
    if (is_number)
        for (const char* text : {"\"7\"", ".nan", "1e999", "0x10", "1_0"})
            wrong.push_back(field.key + ": " + text);
    if (field.range) {
        wrong.push_back(beyond(field, field.range->max * (field.range->max > 0 ? 1.1 : 0.9) + 1));
        wrong.push_back(beyond(field, field.range->min - 1));
    }
    if (!field.may_be_null && field.kind != Field::Kind::Text) wrong.push_back(field.key + ":");
    return wrong;
}

TEST(ConfigMutation, RefusesEveryMistakeInEveryKeyWithFileAndLine) {
    ops::ScratchFolder folder;
    const std::vector<File> files = all_files();
    for (const File& file : files) folder.write(file.name, text_of(file));
    const auto whole = read_installation(folder.path(), {});
    ASSERT_TRUE(whole) << ops::format(whole.problems());
    std::size_t keys = 0, tried = 0;
    for (const File& file : files) {
        for (std::size_t i = 0; i < file.fields.size(); ++i) {
            ++keys;
            for (const std::string& wrong : mutations_of(file.fields[i])) {
                ++tried;
                const auto path = folder.write(file.name, text_of(file, i, wrong));
                const auto read = read_installation(folder.path(), {});
                ASSERT_FALSE(read) << file.name << ": " << wrong;
                bool is_named = false;
                for (const ops::Problem& problem : read.problems())
                    is_named = is_named || (problem.file == path.string() &&
                                            problem.line == static_cast<int>(i) + 2);
                EXPECT_TRUE(is_named) << wrong << "\n" << ops::format(read.problems());
            }
        }
        folder.write(file.name, text_of(file));
    }
    EXPECT_GE(keys, 110U);
    EXPECT_GE(tried, 600U);
}

TEST(ConfigMutation, NeverReadsAFolderThatWasCutAsAShorterOne) {
    ops::ScratchFolder folder;
    const ConfigPlace place{folder.path(), folder.path() / "accepted", {}};
    std::vector<File> files = all_files();
    files.resize(4);  // site, rules, policy, loads
    for (const File& file : files) folder.write(file.name, text_of(file));
    ASSERT_TRUE(read_config(place).installation);
    int cuts = 0;
    for (const File& file : files) {
        const std::string text = text_of(file);
        // Without its last line end a file is whole.
        for (std::size_t size = 0; size + 1 < text.size(); size += 3, ++cuts) {
            folder.write(file.name, text.substr(0, size));
            EXPECT_FALSE(read_config(place).installation) << file.name << " of " << size;
        }
        folder.write(file.name, text);
    }
    EXPECT_GE(cuts, 333);
}

}  // namespace
}  // namespace bitgrid::app
