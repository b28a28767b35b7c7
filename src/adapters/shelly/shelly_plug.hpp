#pragma once
// A Shelly plug or relay over HTTP: the first generation by its own paths, with a timer that counts
// down in its status; the second and later by RPC, with a timer that names its start.
#include "adapters/plug/timed_plug.hpp"

namespace bitgrid::adapters {

using ShellyConfig = PlugConfig;

/// Second generation and later (Plus, Pro, Mini, Gen3, Gen4). See TimedPlug.
class ShellyPlug final : public TimedPlug {
public:
    ShellyPlug(DeviceWorld, ShellyConfig);
};

/// First generation (1PM, Plug S, ...). See TimedPlug.
class ShellyGen1Plug final : public TimedPlug {
public:
    ShellyGen1Plug(DeviceWorld, ShellyConfig);
};

}  // namespace bitgrid::adapters
