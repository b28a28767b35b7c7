#pragma once
// A simulated Shelly plug of generation 3 over HTTP RPC. Its timer (toggle_after) runs in the plug,
// on the house's time. The house must outlive it.
#include <nlohmann/json_fwd.hpp>

#include "sim/house.hpp"
#include "sim/web/web_device.hpp"

namespace bitgrid::sim {

struct ShellyConfig {
    Device device{Device::Plug};
    Plug HousePhysics::*plug{&HousePhysics::miner_plug};
    std::string id{"shellyplugsg3-sim001"};
    std::string signal{"plug.power_w"};  ///< its power, for frozen and forged values
};

ShellyConfig miner_plug();
ShellyConfig rod_plug();

class Shelly final : public WebDevice {
public:
    Shelly(House& house, ShellyConfig config) : house_{house}, config_{std::move(config)} {}
    WebAnswer answer(const WebRequest&) override;
    Link link() override { return house_.faults().link(config_.device); }

private:
    struct Outcome;
    Outcome call(const std::string& method, const nlohmann::json& params);
    Outcome set(const nlohmann::json& params);
    nlohmann::json device_info() const;
    nlohmann::json status() const;
    Plug& plug() const { return house_.physics().*config_.plug; }

    House& house_;
    ShellyConfig config_;
    std::string source_{"init"};
};

}  // namespace bitgrid::sim
