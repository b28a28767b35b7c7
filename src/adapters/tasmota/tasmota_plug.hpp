#pragma once
// A plug or relay with Tasmota over HTTP. Its timer is PulseTime: kept in the plug, begun anew by
// every ON, also where it is on already.
#include "adapters/plug/timed_plug.hpp"

namespace bitgrid::adapters {

/// See TimedPlug. PulseTime is written only where the plug has another one: it lives in flash.
class TasmotaPlug final : public TimedPlug {
public:
    TasmotaPlug(DeviceWorld, PlugConfig);
};

}  // namespace bitgrid::adapters
