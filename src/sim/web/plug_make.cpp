#include "sim/web/plug_make.hpp"

#include "sim/web/shelly1.hpp"
#include "sim/web/tasmota.hpp"

namespace bitgrid::sim {

std::unique_ptr<WebDevice> make_plug(House& house, PlugMake make, ShellyConfig config) {
    switch (make) {
        case PlugMake::Shelly1:
            return std::make_unique<Shelly1>(house, std::move(config));
        case PlugMake::Tasmota:
            return std::make_unique<Tasmota>(house, std::move(config));
        case PlugMake::Shelly:
            break;
    }
    return std::make_unique<Shelly>(house, std::move(config));
}

}  // namespace bitgrid::sim
