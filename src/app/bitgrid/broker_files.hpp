#pragma once
// What `bitgrid mqtt provision` writes for Mosquitto 2.0 and 2.1: who may come in, and what each
// may say and hear. Pure.
#include <string>
#include <vector>

#include "app/gateways.hpp"

namespace bitgrid::app {

struct BrokerPlan {
    std::string folder;  ///< absolute; where all files of the broker lie
    std::string socket;  ///< for programs on the same machine
    std::string lan;  ///< address to listen at for gateways; empty: nobody comes over the network
    int port{8883};
    std::string version{"2.0"};
    std::string run_as;  ///< user of the broker; empty: Mosquitto's own choice
};

/// Programs of this machine that come by the socket, with a password each.
inline constexpr const char* kLocalUsers[] = {"core", "guard", "observer", "homeassistant",
                                              "reader"};

std::string broker_configuration(const BrokerPlan&);
std::string access_list(const Installation&, const std::vector<EnrolledGateway>&);

}  // namespace bitgrid::app
