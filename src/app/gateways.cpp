#include "app/gateways.hpp"

#include <algorithm>
#include <set>

#include "ops/config_file.hpp"

namespace bitgrid::app {
namespace {

bool is_gateway_name(const std::string& id) {
    return !id.empty() && id.size() <= 32 && id.front() != '-' &&
           std::all_of(id.begin(), id.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
           });
}

bool is_load(const core::Config& config, const std::string& id) {
    return std::any_of(config.loads.begin(), config.loads.end(),
                       [&](const core::LoadConfig& load) { return load.id == id; });
}

bool is_signal_of_house(const std::string& name) {
    const auto signal = core::signal_named(name);
    return name == "grid_power_w" || (signal && !core::is_of_load(*signal));
}

/// Reports what stands at keys of the list.
class GatewayCheck {
public:
    GatewayCheck(const core::Config& config, const ops::Places& places, ops::Problems& problems)
        : config_{config}, places_{places}, problems_{problems} {}

    void look(const EnrolledGateway& gateway, std::size_t i) {
        const std::string where = "gateways[" + std::to_string(i) + "].";
        if (!is_gateway_name(gateway.id) || !ids_.insert(gateway.id).second)
            wrong(where + "id", gateway.id, "a name of its own: 1 to 32 of a-z, 0-9, - and _");
        for (const char* taken :
             {"core", "guard", "homeassistant", "reader", "observer", "server", "broker", "ca"})
            if (gateway.id == taken) wrong(where + "id", gateway.id, "a name that nobody else has");
        // Its name stands in topics beside those of loads.
        if (is_load(config_, gateway.id))
            wrong(where + "id", gateway.id, "a name that no load has");
        for (const std::string& device : gateway.devices)
            if (!is_load(config_, device) || !devices_.insert(device).second)
                wrong(where + "devices", device,
                      "the id of a load in loads.yaml, each at one gateway only");
        for (const std::string& signal : gateway.signals)
            if (!is_signal_of_house(signal))
                wrong(where + "signals", signal, "a signal of the house, e.g. pv_power_w");
    }

private:
    void wrong(const std::string& key, const std::string& found, const char* allowed) {
        problems_.push_back(places_.problem(key, "found " + ops::in_quotes(found), allowed));
    }
    const core::Config& config_;
    const ops::Places& places_;
    ops::Problems& problems_;
    std::set<std::string> ids_, devices_;
};

std::vector<EnrolledGateway> gateways_in(const std::filesystem::path& folder,
                                         const core::Config* house, ops::Problems& problems) {
    std::vector<EnrolledGateway> gateways;
    const ops::Places places = ops::read_list(folder / "gateways.yaml", ops::Environment{},
                                              gateways, kMostGateways, problems);
    if (house == nullptr) return gateways;
    GatewayCheck check{*house, places, problems};
    for (std::size_t i = 0; i < gateways.size(); ++i) check.look(gateways[i], i);
    return gateways;
}

GatewayConfig identity_in(const std::filesystem::path& folder, const ops::Environment& environment,
                          ops::Problems& problems) {
    GatewayConfig gateway;
    const ops::Places places =
        ops::read_file(folder / "gateway.yaml", environment, gateway, problems);
    if (!is_gateway_name(gateway.id))
        problems.push_back(places.problem("id", "found " + ops::in_quotes(gateway.id),
                                          "1 to 32 of a-z, 0-9, - and _"));
    return gateway;
}

}  // namespace

ops::Checked<std::vector<EnrolledGateway>> read_gateways(const std::filesystem::path& folder,
                                                         const core::Config& config) {
    ops::Problems problems;
    auto gateways = gateways_in(folder, &config, problems);
    if (!problems.empty()) return problems;
    return gateways;
}

void report_gateways(const std::filesystem::path& folder, const ops::Environment& environment,
                     const core::Config* house, ops::Problems& problems) {
    gateways_in(folder, house, problems);
    identity_in(folder, environment, problems);
}

ops::Checked<GatewayInstallation> read_gateway(const std::filesystem::path& folder,
                                               const ops::Environment& environment) {
    GatewayInstallation read;
    auto guarded = read_guarded(folder, environment);
    ops::Problems problems;
    if (guarded) read.all = std::move(guarded).value();
    else problems = guarded.problems();
    read.gateway = identity_in(folder, environment, problems);
    for (std::size_t i = 0; i < read.all.devices.size(); ++i)
        if (read.all.devices[i].type == DeviceType::Gateway)
            problems.push_back({(folder / "devices.yaml").string(), 0,
                                "devices[" + std::to_string(i) + "].type", "found \"gateway\"",
                                "a device beside this gateway; type gateway belongs on the core"});
    if (!read.all.mqtt.enabled)
        problems.push_back({(folder / "mqtt.yaml").string(), 0, "enabled", "found false",
                            "true: a gateway is nothing without the broker"});
    if (!problems.empty()) return problems;
    return read;
}

}  // namespace bitgrid::app
