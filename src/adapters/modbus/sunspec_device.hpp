#pragma once
// Inverter, battery and meter that speak SunSpec over Modbus/TCP: finds their models, polls them,
// feeds PV power, grid import and export, state of charge and battery power.
//   PV       the strings of model 160 where it also shows the battery, else the inverter's AC power
//            (a hybrid without model 160 mixes in its battery); asleep without a value is 0 W
//   battery  power of model 802, else discharge minus charge of model 160; charge of 124, else 802
//   grid     the first meter model, split by its sign
// Nothing is estimated: what a device does not say is not fed and goes stale.
#include <optional>
#include <string>
#include <vector>

#include "adapters/device_health.hpp"
#include "adapters/device_world.hpp"
#include "adapters/modbus/modbus_client.hpp"
#include "adapters/modbus/sunspec.hpp"
#include "core/config.hpp"

namespace bitgrid::adapters {

struct SunSpecConfig {
    std::string id{"inverter"};
    std::string host{"127.0.0.1"};
    int port{502};
    int unit_id{1};
    int meter_unit_id{0};  ///< 0: the meter is in the chain of unit_id
    double poll_s{2};
    int timeout_ms{3000};
    int quiet_ms{0};
    int gap_ms{0};
    bool invert_grid{false};
    bool invert_battery{false};
};

template <class Visitor>
void describe(Visitor& v, SunSpecConfig& c) {
    constexpr core::Range kMs{0, 60'000};
    v("id", c.id, "name of the device in health");
    v("host", c.host, "address or name");
    v("port", c.port, core::Range{1, 65'535}, "Modbus/TCP port");
    v("unit_id", c.unit_id, core::Range{0, 255}, "Modbus unit of inverter and battery");
    v("meter_unit_id", c.meter_unit_id, core::Range{0, 255}, "unit of the meter; 0: the same");
    v("poll_s", c.poll_s, core::Range{0.2, 60}, "seconds between two polls");
    v("timeout_ms", c.timeout_ms, core::Range{100, 60'000}, "patience with one answer");
    v("quiet_ms", c.quiet_ms, kMs, "silence after connecting, where the device needs it");
    v("gap_ms", c.gap_ms, kMs, "pause between two requests, where the device needs it");
    v("invert_grid", c.invert_grid, "whether the meter counts export as positive");
    v("invert_battery", c.invert_battery, "whether the battery counts charging as positive");
}

/// Engine thread only; everything it is given must outlive it. Failed polls go to health, and the
/// chain is searched again after a reconnect, an illegal address or a model that has moved.
class SunSpecDevice {
public:
    SunSpecDevice(DeviceWorld, SunSpecConfig);

    void start();
    void stop();

private:
    struct Unit {
        std::uint8_t id{};
        bool has_plant{true};
        bool has_meter{true};
        bool is_known{false};
        sunspec::ChainWalk walk{};
        std::vector<sunspec::ModelPlace> places{};  ///< of the models that are read
    };
    struct Sample {
        std::optional<sunspec::Inverter> inverter;
        std::optional<sunspec::Strings> strings;
        std::optional<sunspec::Battery> battery;
        std::optional<double> soc_pct;
        std::optional<double> grid_w;
    };

    void poll();
    void step();
    void walk(Unit&);
    void choose(Unit&);
    void read_model(const Unit&);
    void took_words(core::Result<modbus::Words>);
    void use(const sunspec::ModelWords&);
    void forget_places();
    void fail(const core::Error&);
    void end_poll();
    void feed();
    void feed(core::Signal, std::optional<double>);
    std::optional<double> pv_w() const;
    std::optional<double> battery_w() const;

    DeviceWorld world_;
    SunSpecConfig config_;
    modbus::ModbusClient client_;
    DeviceHealth health_;
    std::vector<Unit> units_;
    std::unique_ptr<ports::Timer> timer_;
    bool is_polling_{false};
    std::size_t unit_{0};
    std::size_t model_{0};
    modbus::Words words_;  ///< of the model under way
    Sample sample_;
    std::optional<core::Error> failure_;
    std::string name_;  ///< as the device calls itself
};

}  // namespace bitgrid::adapters
