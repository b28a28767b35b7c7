#pragma once
// What comes from the internet, simulated: day-ahead prices (energy-charts and aWATTar form,
// EUR/MWh) and the weather forecast (Open-Meteo form) made of the sun to come. Prices of tomorrow
// are known from 12:00 UTC on. The house must outlive it.
#include "sim/house.hpp"
#include "sim/web/web_device.hpp"

namespace bitgrid::sim {

class MarketApi final : public WebDevice {
public:
    explicit MarketApi(House& house, double forecast_error = 0.15)
        : house_{house}, forecast_error_{forecast_error} {}
    WebAnswer answer(const WebRequest&) override;
    Link link() override { return house_.faults().link(Device::Market); }

private:
    struct Window {
        core::UnixTime from{};
        core::UnixTime to{};
    };
    Window known(Window asked) const;
    core::Result<Window> window(const WebRequest&, const char* from, const char* to) const;
    WebAnswer energy_charts(const WebRequest&) const;
    WebAnswer awattar(const WebRequest&) const;
    WebAnswer forecast(const WebRequest&) const;
    core::Result<double> weather(const std::string& field, core::UnixTime,
                                 std::int64_t step_ms) const;

    House& house_;
    double forecast_error_;
};

}  // namespace bitgrid::sim
