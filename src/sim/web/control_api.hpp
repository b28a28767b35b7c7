#pragma once
// The back door for observers and tests: orders in, the truth out.
//   POST /sim/command {"do": "cloud", "args": "0.3"}   or {"do": "cloud 0.3"}: 200, or 422 and why
//   not POST /sim/advance {"seconds": 60}                  only where the house's clock is moved by
//   hand, else 409 GET  /sim/state                                    true values, counters,
//   faults, orders done so far GET  /sim/orders                                   what can be
//   ordered
// Engine thread only; the house must outlive it.
#include <functional>

#include "sim/house.hpp"
#include "sim/web/web_device.hpp"

namespace bitgrid::sim {

class ControlApi final : public WebDevice {
public:
    /// `advance` moves the clock by milliseconds; empty where time moves by itself.
    explicit ControlApi(House& house, std::function<void(std::int64_t)> advance = {})
        : house_{house}, advance_{std::move(advance)} {}
    WebAnswer answer(const WebRequest&) override;
    Link link() override { return Link::Up; }

private:
    WebAnswer command(const std::string& body);
    WebAnswer advance(const std::string& body);

    House& house_;
    std::function<void(std::int64_t)> advance_;
};

/// The whole truth about the house as JSON text.
std::string describe_state(House&);

}  // namespace bitgrid::sim
