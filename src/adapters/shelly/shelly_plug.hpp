#pragma once
// A Shelly plug (second generation and later) over HTTP RPC: the switch in front of a load, or, for
// a heating rod and the like, the load itself. On is always on for a time: the plug's own timer
// opens it unless it is renewed. Off is done when output and power both say so.
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "adapters/device_health.hpp"
#include "adapters/device_world.hpp"
#include "adapters/lease.hpp"
#include "adapters/shelly/shelly_reply.hpp"
#include "adapters/web_api.hpp"
#include "core/config.hpp"
#include "ports/load_driver.hpp"

namespace bitgrid::adapters {

struct ShellyConfig {
    std::string id{"plug"};
    std::string load_id{"miner"};
    std::string host{"127.0.0.1"};
    int port{80};
    std::string password{};
    int channel{0};
    double poll_s{5};
    int timeout_ms{3000};
    bool is_load{false};
    bool reports_power{true};
    int dead_man_s{120};
    double full_w{0};
    double off_w{5};
};

template <class Visitor>
void describe(Visitor& v, ShellyConfig& c) {
    constexpr core::Range kWatts{0, 100'000};
    v("id", c.id, "name of the device in health");
    v("load", c.load_id, "load behind it");
    v("host", c.host, "address or name");
    v("port", c.port, core::Range{1, 65'535}, "HTTP port");
    v("password", c.password, "of its user admin; empty: no login");
    v("channel", c.channel, core::Range{0, 3}, "switch of the device");
    v("poll_s", c.poll_s, core::Range{0.5, 20}, "seconds between two polls");
    v("timeout_ms", c.timeout_ms, core::Range{100, 60'000}, "patience with one answer");
    v("is_load", c.is_load, "whether it is the load's only control, as of a heating rod");
    v("reports_power", c.reports_power, "whether its power is the load's");
    v("dead_man_s", c.dead_man_s, core::Range{10, 900}, "as a load: on for so long unless renewed");
    v("full_w", c.full_w, kWatts,
      "as a load: what it draws; a lower limit means off, and 0 that every limit does");
    v("off_w", c.off_w, kWatts, "off draws less");
}

/// Engine thread only; everything it is given must outlive it. Orders are confirmed by the plug's
/// state, tried four times in three seconds of the clock; a newer order ends an older one (which
/// fails with Refused). A renewal does not close what a person or the timer has opened. Failed
/// polls, its own errors and a welded contact go to health.
class ShellyPlug final : public ports::Relay, public ports::LoadDriver {
public:
    ShellyPlug(DeviceWorld, ShellyConfig);

    void start();
    void stop();
    /// What the load behind it draws, where it has become known better.
    void knows_power(double full_w) { config_.full_w = full_w; }

    void cut(ports::CommandDone) override;
    void close(int dead_man_s, ports::CommandDone) override;
    void renew(int dead_man_s) override;

    /// As the load itself: full, or a limit that allows it, is on; eco is none of its levels.
    void command(const ports::Command&, ports::CommandDone) override;
    void renew(const ports::Command&) override;

private:
    using Look = std::function<void(const core::Result<shelly::SwitchStatus>&)>;
    struct Order {
        bool is_on{false};
        int dead_man_s{0};
        int tries{0};
        ports::CommandDone done{};
    };

    void poll();
    void look(Look);
    void took_status(const core::Result<shelly::SwitchStatus>&);
    void judge(const shelly::SwitchStatus&);
    void begin(Order);
    void try_order();
    void insist_on_off();
    void confirm();
    void try_again(core::Error);
    void finish(core::Result<void>);
    std::string set_path(const Order&) const;

    DeviceWorld world_;
    ShellyConfig config_;
    WebApi api_;
    DeviceHealth health_;
    Lease lease_;
    std::unique_ptr<ports::Timer> poll_timer_;
    std::unique_ptr<ports::Timer> retry_timer_;
    bool is_polling_{false};
    bool is_wanted_on_{false};
    std::optional<Order> order_;
    std::uint64_t run_{0};                       ///< answers to older orders are not heard
    std::optional<core::MonoTime> draws_since_;  ///< although it is off
};

}  // namespace bitgrid::adapters
