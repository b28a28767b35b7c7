#pragma once
// The simulated Bitaxe behind the AxeOS API: info, asic, PATCH of frequency and voltage, pause,
// resume, restart. Like the real one: a pause is forgotten at a restart, the frequency is not. The
// house must outlive it.
#include "sim/house.hpp"
#include "sim/web/web_device.hpp"

namespace bitgrid::sim {

class AxeOs final : public WebDevice {
public:
    explicit AxeOs(House& house) : house_{house} {}
    WebAnswer answer(const WebRequest&) override;
    Link link() override;

private:
    std::string info();
    WebAnswer patch(const std::string& body);
    void set_frequency(int mhz);

    House& house_;
    int frequency_mhz_{525};
    int core_mv_{1150};
};

}  // namespace bitgrid::sim
