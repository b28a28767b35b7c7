#pragma once
// A simulated plug with Tasmota over HTTP: /cm?cmnd=. PulseTime is kept in the plug and begun anew
// by every ON; it runs on the house's time. The house must outlive it.
#include "sim/web/shelly.hpp"

namespace bitgrid::sim {

class Tasmota final : public WebDevice {
public:
    Tasmota(House& house, ShellyConfig config) : house_{house}, config_{std::move(config)} {}
    WebAnswer answer(const WebRequest&) override;
    Link link() override { return house_.faults().link(config_.device); }

private:
    std::string say(const std::string& command, const std::string& argument);
    std::string power(const std::string& argument);
    std::string pulse_time(const std::string& argument);
    Plug& plug() const { return house_.physics().*config_.plug; }

    House& house_;
    ShellyConfig config_;
    int pulse_code_{0};
};

}  // namespace bitgrid::sim
