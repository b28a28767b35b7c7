// Writes docs/reference/configuration.md, docs/kpi.md, the schemas of the configuration and the
// OpenAPI document from the tables of the program, or, with --check, says which of them are not
// what the tables say. Run by scripts/write_reference; the check is one of the tests.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>

#include "api/api_server.hpp"
#include "app/gateways.hpp"
#include "app/installation.hpp"
#include "ops/config_reference.hpp"
#include "ops/json_schema.hpp"
#include "research/kpi/catalogue.hpp"

namespace {

using namespace bitgrid;

struct Page {
    std::filesystem::path path;
    std::string text;
};

const std::map<std::string, std::size_t> kMostOf{{"loads", core::kMaxLoads},
                                                 {"devices", 50},
                                                 {"mqtt_sensors", 50},
                                                 {"gateways", app::kMostGateways}};

constexpr const char* kKpiIntroduction =
    R"(# What the house is judged by

Written by `scripts/write_reference` from the table of the program. `bitgrid kpi` computes these figures from the journal, from a recorded home (`--home`), or from a schedule that was simulated before (`--home` with `--schedule`): the same formulas for all three. A formula that changes gets a new version; a key never changes its meaning.

- What is not known is null, in a table `–`; it is never 0. A simulated run has no words, delays and temperatures: what is made from them is not known there.
- Energy is the mean power of a block times its length. A tick knows the means of the block that ends with it, so a block counts on the day (UTC) of its end. Blocks without a value are left out, and `measured_pct` says how much was whole.
- Figures of days add up: those of ten years are made from the sums of their days, the shares from the sums, never from the shares.
- Times come from a histogram with four buckets an octave; what is shown is the upper end of a bucket.
- With other hands on the switch (never on, always on, plain threshold) the same blocks are lived through again by a model of the house with its battery: sun, house, loads, battery, grid, as in `bitgrid simulate`. *As decided* goes through the same model, so that only the decisions differ. The threshold switches a load on from 1.5 kW of surplus in the last block, off below 0.8 kW.

| Key | Unit | Of | Target | Version | Formula |
| --- | --- | --- | --- | --- | --- |
)";

std::string kpi_catalogue_page() {
    std::string page = kKpiIntroduction;
    for (const research::KpiSpec& spec : research::kpi_catalogue()) {
        const char* of = spec.scope == research::Scope::House  ? "house"
                         : spec.scope == research::Scope::Load ? "load"
                                                               : "house, load";
        std::string target;
        if (spec.target)
            target = (spec.target->is_least ? "≥ " : "≤ ") +
                     std::to_string(static_cast<int>(spec.target->value));
        page.append("| `").append(spec.key).append("` | ").append(spec.unit).append(" | ");
        page.append(of).append(" | ").append(target).append(" | ");
        page.append(std::to_string(spec.version)).append(" | ").append(spec.formula).append(" |\n");
    }
    return page;
}

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
    sections.push_back({"gateways.yaml",
                        "On the core: who may tell and switch what, see [gateways](../gateway.md).",
                        ops::fields_of<app::EnrolledGateway>(), true});
    sections.push_back(
        {"gateway.yaml", "On a gateway: who it is.", ops::fields_of<app::GatewayConfig>()});
    sections.push_back({"guard.yaml", "The second process that keeps loads off.",
                        ops::fields_of<adapters::GuardConfig>()});
    sections.push_back({"store.yaml", "The journal.", ops::fields_of<store::StoreConfig>()});
    sections.push_back({"mirror.yaml",
                        "What leaves the house for a mirror, see [the mirror](../mirror.md).",
                        ops::fields_of<app::MirrorConfig>()});
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
    all.push_back({"docs/kpi.md", kpi_catalogue_page()});
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
