// Any bytes as a request to a device of the simulated house: it answers, and the house stays whole.

// sources: sim/recording_csv.cpp

// sources: sim/sunspec/models.cpp

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "net/manual_clock.hpp"
#include "sim/cgminer/avalon.hpp"
#include "sim/commands.hpp"
#include "sim/house.hpp"
#include "sim/story.hpp"
#include "sim/sunspec/plant.hpp"
#include "sim/web/axeos.hpp"
#include "sim/web/control_api.hpp"
#include "sim/web/market_api.hpp"
#include "sim/web/shelly.hpp"

using namespace bitgrid;
using namespace bitgrid::sim;

namespace {

void demand(bool holds) {
    if (!holds) std::abort();
}

// A noon that never ends: the same row of sun and load for ever.
struct Noon {
    net::ManualClock clock{core::UnixTime{1'716'292'800'000}};
    House house{clock,
                {},
                {Series{core::UnixTime{0}, 600'000, {3000, 3200}},
                 Series{core::UnixTime{0}, 600'000, {300, 400}}},
                Series{core::UnixTime{0}, 3'600'000, {8, 12}}};
    SunSpecPlant plant{house};
    Avalon avalon{house};
    AxeOs axeos{house};
    Shelly plug{house, miner_plug()};
    MarketApi market{house};
    ControlApi control{house};
};

void ask(Noon& noon, std::uint8_t who, std::uint8_t unit, const std::string& text) {
    switch (who % 9) {
        case 0:
            demand(noon.plant.answer(unit, {text.begin(), text.end()}).size() >= 2);
            break;
        case 1:
            demand(!noon.avalon.answer(text).empty());
            break;
        case 2:
            demand(noon.plug.answer(parse_request("POST", "/rpc", text)).status >= 200);
            break;
        case 3:
            demand(noon.plug.answer(parse_request("GET", text, "")).status >= 200);
            break;
        case 4:
            demand(noon.axeos.answer(parse_request("PATCH", "/api/system", text)).status >= 200);
            break;
        case 5:
            demand(noon.control.answer(parse_request("POST", "/sim/command", text)).status >= 200);
            break;
        case 6:
            demand(noon.market.answer(parse_request("GET", text, "")).status >= 200);
            break;
        case 7:
            static_cast<void>(parse_story(text, "story"));
            break;
        default:
            static_cast<void>(noon.house.order(text));
            break;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    Noon noon;
    ask(noon, data[0], data[1], {reinterpret_cast<const char*>(data) + 2, size - 2});
    noon.clock.advance(3000);
    const HousePhysics& now = noon.house.now();
    demand(std::isfinite(now.flows().grid_w) && std::isfinite(now.miner.temp_c()));
    demand(now.battery.soc_pct() >= 0 && now.battery.soc_pct() <= 100);
    demand(!noon.control.answer(parse_request("GET", "/sim/state", "")).body.empty());
    return 0;
}
