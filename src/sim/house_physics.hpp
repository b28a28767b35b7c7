#pragma once
// The house as physics: sun, house, car, loads, battery and grid in balance, one step after the
// other. Powers in W: production and consumption >= 0, battery + = discharging, grid + = import.
// Energy in Wh. Pure: the state depends on the start, the record, the orders and the steps alone;
// it asks no clock.
#include "sim/battery.hpp"
#include "sim/miner_model.hpp"
#include "sim/plug.hpp"
#include "sim/recording.hpp"

namespace bitgrid::sim {

struct HouseConfig {
    BatteryConfig battery;
    MinerSpec miner{avalon_q()};
    MinerSpec bitaxe{bitaxe_gamma()};
    double rod_w{1200};    ///< heating rod behind the second plug
    double ambient_c{22};  ///< where the miners stand
    double kwp{5};         ///< of the PV plant, for the forecast
    bool has_noise{true};  ///< small movements of sun and house from second to second
};

/// As they are now; pv + grid + battery = house + car + miner + bitaxe + rod.
struct Flows {
    double pv_w{}, house_w{}, car_w{}, miner_w{}, bitaxe_w{}, rod_w{}, battery_w{}, grid_w{};
    double loads_w() const { return miner_w + bitaxe_w + rod_w; }
};

/// Energy since the start.
struct Meters {
    double pv_wh{}, house_wh{}, car_wh{}, loads_wh{}, charged_wh{}, discharged_wh{}, import_wh{},
        export_wh{};
};

class HousePhysics {
public:
    HousePhysics(HouseConfig, Recording, core::UnixTime start);

    void step(std::int64_t ms);

    core::UnixTime time() const { return time_; }
    const Flows& flows() const { return flows_; }
    const Meters& meters() const { return meters_; }
    const HouseConfig& config() const { return config_; }
    const Recording& recording() const { return recording_; }
    /// What a sensor on the chips shows: they swing by a degree with their work.
    double chip_c(const MinerModel&) const;
    double outdoor_c() const;  ///< warm in the afternoon, cool at night

    Battery battery;
    MinerModel miner;
    MinerModel bitaxe;
    Plug miner_plug{false};
    Plug rod_plug{false};
    double car_w{0};      ///< what the car draws
    double sun_share{1};  ///< what a cloud leaves of the recorded PV power
    double extra_w{0};    ///< added to the recorded house load
    double ambient_c;

private:
    void measure_sun_and_house();
    void count(double seconds);

    HouseConfig config_;
    Recording recording_;
    core::UnixTime time_;
    Flows flows_;
    Meters meters_;
};

}  // namespace bitgrid::sim
