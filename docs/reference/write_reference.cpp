// Writes docs/reference/configuration.md, the schemas of the configuration and the OpenAPI document
// from the tables of the program, or, with --check, says which of them are not what the tables say.
// Run by scripts/write_reference; the check is one of the tests.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>

#include "api/api_server.hpp"
#include "app/installation.hpp"
#include "ops/config_reference.hpp"
#include "ops/json_schema.hpp"

namespace {

using namespace bitgrid;

struct Page {
    std::filesystem::path path;
    std::string text;
};

const std::map<std::string, std::size_t> kMostOf{
    {"loads", core::kMaxLoads}, {"devices", 50}, {"mqtt_sensors", 50}};

std::vector<Page> pages() {
    auto sections = ops::core_sections();
    sections.push_back({"devices.yaml", "What stands at which address: a list.",
                        ops::fields_of<app::DeviceConfig>(), true});
    sections.push_back({"mqtt.yaml", "The broker.", ops::fields_of<adapters::MqttConfig>()});
    sections.push_back({"mqtt_sensors.yaml", "Signals from topics of other programs: a list.",
                        ops::fields_of<adapters::MqttSensorConfig>(), true});
    sections.push_back({"api.yaml", "The web face and its API.", ops::fields_of<api::ApiConfig>()});
    sections.push_back(
        {"ups.yaml", "The UPS of the host.", ops::fields_of<adapters::nut::NutConfig>()});
    sections.push_back({"guard.yaml", "The second process that keeps loads off.",
                        ops::fields_of<adapters::GuardConfig>()});
    sections.push_back({"store.yaml", "The journal.", ops::fields_of<store::StoreConfig>()});
    sections.push_back(
        {"log.yaml", "What is told on standard error.", ops::fields_of<ops::LogConfig>()});
    std::vector<Page> all{{"docs/reference/configuration.md", ops::config_reference(sections)}};
    for (const ops::ReferenceSection& section : sections) {
        const std::string stem = std::filesystem::path{section.file}.stem().string();
        const std::string title = "BitGridAI " + section.file;
        all.push_back({"schemas/" + stem + ".schema.json",
                       section.is_list
                           ? ops::json_schema_of_list(title, section.fields, kMostOf.at(stem))
                           : ops::json_schema(title, section.fields)});
    }
    all.push_back({"docs/reference/openapi.json", api::ApiServer::open_api().dump(2) + "\n"});
    return all;
}

std::string content(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::cerr << "usage: write_reference ROOT [--check]\n";
        return 64;
    }
    const std::filesystem::path root{argv[1]};
    const bool only_checks = argc > 2 && std::string_view{argv[2]} == "--check";
    int stale = 0;
    for (const auto& [path, text] : pages()) {
        if (content(root / path) == text) continue;
        if (only_checks) {
            std::cerr << path.string() << " is not what the tables say: scripts/write_reference\n";
            ++stale;
            continue;
        }
        std::filesystem::create_directories((root / path).parent_path());
        std::ofstream{root / path, std::ios::binary} << text;
        std::cerr << "wrote " << path.string() << '\n';
    }
    return stale == 0 ? 0 : 1;
}
