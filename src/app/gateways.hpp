#pragma once
// The gateways of a house, and what each may do. Read by the verbs that set up the broker, and on a
// gateway by itself; the controller only demands that they are right, for the broker keeps
// everybody to them.
#include <filesystem>
#include <string>
#include <vector>

#include "app/installation.hpp"

namespace bitgrid::app {

inline constexpr std::size_t kMostGateways = 20;

/// One entry of gateways.yaml, on the machine of the core.
struct EnrolledGateway {
    std::string id;                    ///< its name, and that of its certificate
    std::vector<std::string> devices;  ///< ids of loads that it switches and tells of
    std::vector<std::string> signals;  ///< of the house, that it may tell
    friend bool operator==(const EnrolledGateway&, const EnrolledGateway&) = default;
};

template <class Visitor>
void describe(Visitor& v, EnrolledGateway& c) {
    v("id", c.id, "name: a-z, 0-9, - and _");
    v("devices", c.devices, "ids of the loads that it switches and tells of");
    v("signals", c.signals, "signals of the house that it may tell, e.g. pv_power_w");
}

/// gateway.yaml, on the gateway.
struct GatewayConfig {
    std::string id{"gateway"};
    friend bool operator==(const GatewayConfig&, const GatewayConfig&) = default;
};

template <class Visitor>
void describe(Visitor& v, GatewayConfig& c) {
    v("id", c.id, "its name, as it was enrolled");
}

/// gateways.yaml, checked against the loads of the house. A missing file: none.
ops::Checked<std::vector<EnrolledGateway>> read_gateways(const std::filesystem::path& folder,
                                                         const core::Config&);

/// Reports every mistake of gateways.yaml and gateway.yaml, for whoever reads the whole folder.
/// `house`: null where its loads are not known.
void report_gateways(const std::filesystem::path& folder, const ops::Environment&,
                     const core::Config* house, ops::Problems&);

struct GatewayInstallation {
    Installation all;  ///< loads, devices, broker, log
    GatewayConfig gateway;
};
/// What a gateway needs of its folder.
ops::Checked<GatewayInstallation> read_gateway(const std::filesystem::path& folder,
                                               const ops::Environment&);

}  // namespace bitgrid::app
