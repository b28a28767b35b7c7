#pragma once
// The physics of a house over one row of time, net: PV -> house -> load -> battery -> grid. Powers
// in W, energies in kWh, all >= 0; battery_w + = discharging. Pure.
#include <algorithm>

namespace bitgrid::research {

struct Battery {
    double kwh{10};    ///< usable energy; 0: no battery
    double kw{5};      ///< limit of the AC power, both ways
    double eta{0.95};  ///< one way: applies when charging and again when discharging
};

struct Flows {
    double stored_kwh{};  ///< at the end of the row
    double battery_w{};
    double import_w{};
    double export_w{};
};

/// `pv_w` below 0 counts as 0.
constexpr Flows flow(const Battery& battery, double stored_kwh, double net_load_w, double hours) {
    Flows flows{.stored_kwh = stored_kwh};
    if (net_load_w < 0) {
        const double room_w = (battery.kwh - stored_kwh) * 1000 / (battery.eta * hours);
        const double charged_w = std::clamp(room_w, 0.0, std::min(-net_load_w, battery.kw * 1000));
        flows.battery_w = -charged_w;
        flows.export_w = -net_load_w - charged_w;
        flows.stored_kwh += charged_w * battery.eta * hours / 1000;
    } else {
        const double left_w = stored_kwh * 1000 * battery.eta / hours;
        const double given_w = std::clamp(left_w, 0.0, std::min(net_load_w, battery.kw * 1000));
        flows.battery_w = given_w;
        flows.import_w = net_load_w - given_w;
        flows.stored_kwh -= given_w * hours / battery.eta / 1000;
    }
    flows.stored_kwh = std::clamp(flows.stored_kwh, 0.0, battery.kwh);
    return flows;
}

/// What the house and the load need beyond the sun; negative: what is left over.
constexpr double net_load(double pv_w, double house_w, double load_w) {
    return house_w + load_w - std::max(pv_w, 0.0);
}

}  // namespace bitgrid::research
