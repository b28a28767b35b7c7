#pragma once
// A simulated Shelly of the first generation over HTTP: /relay/0, /status. Its timer runs in the
// plug, on the house's time, and counts down in its status. The house must outlive it.
#include <nlohmann/json_fwd.hpp>

#include "sim/web/shelly.hpp"

namespace bitgrid::sim {

class Shelly1 final : public WebDevice {
public:
    Shelly1(House& house, ShellyConfig config) : house_{house}, config_{std::move(config)} {}
    WebAnswer answer(const WebRequest&) override;
    Link link() override { return house_.faults().link(config_.device); }

private:
    WebAnswer relay(const WebRequest&);
    nlohmann::json relay_status() const;
    Plug& plug() const { return house_.physics().*config_.plug; }

    House& house_;
    ShellyConfig config_;
};

}  // namespace bitgrid::sim
