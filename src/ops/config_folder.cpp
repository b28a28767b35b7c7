#include "ops/config_folder.hpp"

#include <algorithm>
#include <array>

#include "core/rule_config_fields.hpp"
#include "ops/config_checks.hpp"
#include "ops/config_file.hpp"

namespace bitgrid::ops {
namespace {

const std::vector<std::string> kFileNames{
    "site.yaml",     "loads.yaml",        "devices.yaml", "rules.yaml",   "policy.yaml",
    "mqtt.yaml",     "mqtt_sensors.yaml", "api.yaml",     "store.yaml",   "ups.yaml",
    "guard.yaml",    "mirror.yaml",       "log.yaml",     "explain.yaml", "features.yaml",
    "gateways.yaml", "gateway.yaml"};

}  // namespace

Checked<core::Config> load_config(const std::filesystem::path& folder,
                                  const Environment& environment) {
    core::Config config;
    Problems problems;
    const Places site = read_file(folder / "site.yaml", environment, config.site, problems);
    const Places loads =
        read_list(folder / "loads.yaml", environment, config.loads, core::kMaxLoads, problems);
    const Places rules = read_file(folder / "rules.yaml", environment, config.rules, problems);
    (void)read_file(folder / "policy.yaml", environment, config.policy, problems);
    report_unknown_files(folder, problems);
    check_site(config.site, site, problems);
    check_rules(config.rules, rules, problems);
    check_loads(config.loads, loads, problems);
    if (!problems.empty()) return problems;
    return config;
}

void report_unknown_files(const std::filesystem::path& folder, Problems& problems) {
    std::error_code fault;
    std::vector<std::filesystem::path> strangers;
    for (const auto& entry : std::filesystem::directory_iterator{folder, fault}) {
        const std::string extension = entry.path().extension().string();
        if (extension != ".yaml" && extension != ".yml") continue;
        const std::string name = entry.path().filename().string();
        if (std::ranges::find(kFileNames, name) == kFileNames.end())
            strangers.push_back(entry.path());
    }
    std::ranges::sort(strangers);
    for (const auto& path : strangers) {
        const auto meant = nearest(path.filename().string(), kFileNames);
        problems.push_back({path.string(),
                            0,
                            {},
                            meant ? "unknown file; did you mean " + *meant + "?" : "unknown file",
                            {}});
    }
}

}  // namespace bitgrid::ops
