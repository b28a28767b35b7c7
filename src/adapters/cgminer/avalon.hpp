#pragma once
// A Canaan Avalon over the CGMiner API: its temperature, power, hash rate and fan, and the orders
// that bring it to a level. It is alive while its own uptime moves.
#include <memory>
#include <optional>
#include <string>

#include "adapters/cgminer/avalon_orders.hpp"
#include "adapters/cgminer/avalon_reading.hpp"
#include "adapters/cgminer/cgminer_client.hpp"
#include "adapters/device_health.hpp"
#include "adapters/device_world.hpp"
#include "adapters/lease.hpp"
#include "core/config.hpp"
#include "ports/load_driver.hpp"

namespace bitgrid::adapters {

struct AvalonConfig {
    std::string id{"miner"};
    std::string load_id{"miner"};
    std::string host{"127.0.0.1"};
    int port{4028};
    double poll_s{10};
    int timeout_ms{5000};
    int pause_ms{200};  ///< real time between two commands; stops do not wait for it
    int eco_mode{0};
    int full_mode{2};
    double eco_w{800};
    double full_w{1674};
    bool reports_power{true};
    bool is_behind_relay{false};
};

template <class Visitor>
void describe(Visitor& v, AvalonConfig& c) {
    constexpr core::Range kModes{0, 255}, kWatts{0, 100'000};
    v("id", c.id, "name of the device in health");
    v("load", c.load_id, "load that it is");
    v("host", c.host, "address or name");
    v("port", c.port, core::Range{1, 65'535}, "port of the CGMiner API");
    v("poll_s", c.poll_s, core::Range{1, 20}, "seconds between two polls");
    v("timeout_ms", c.timeout_ms, core::Range{100, 60'000}, "patience with one answer");
    v("pause_ms", c.pause_ms, core::Range{0, 10'000}, "pause between two commands");
    v("eco_mode", c.eco_mode, kModes, "work mode of the eco level");
    v("full_mode", c.full_mode, kModes, "work mode of the full level");
    v("eco_w", c.eco_w, kWatts, "power in eco_mode, W");
    v("full_w", c.full_w, kWatts, "power in full_mode, W");
    v("reports_power", c.reports_power, "false where a plug in front of it measures better");
    v("is_behind_relay", c.is_behind_relay, "whether silence is expected while it is off");
}

/// Engine thread only; everything it is given must outlive it. Failed polls go to health. A miner
/// that does something else than it was told (it came back from a mains cut, or the firmware had
/// its own idea) is told again, at most every 20 s, and after five times in vain, unless it is to
/// be off, every 5 min. A setpoint whose lease lapses becomes off.
class AvalonMiner final : public ports::LoadDriver {
public:
    AvalonMiner(DeviceWorld, AvalonConfig);

    void start();
    void stop();
    /// What the modes draw, where it has become known better.
    void knows_power(double eco_w, double full_w) {
        config_.eco_w = eco_w;
        config_.full_w = full_w;
    }

    void command(const ports::Command&, ports::CommandDone) override;
    void renew(const ports::Command&) override;

private:
    using Wanted = cgminer::AvalonOrders::Wanted;

    void poll();
    void ask_stats(const char* command);
    void took_reply(const core::Result<cgminer::Reply>&);
    void feed(const cgminer::AvalonReading&);
    void feed(core::Signal, std::optional<double>);
    void judge(const cgminer::AvalonReading&);
    void missed(const core::Error&);
    void lapse();
    Wanted wanted_for(const core::Target&) const;

    DeviceWorld world_;
    AvalonConfig config_;
    cgminer::CgminerClient client_;
    cgminer::AvalonOrders orders_;
    DeviceHealth health_;
    Lease lease_;
    std::unique_ptr<ports::Timer> timer_;
    bool is_polling_{false};
    bool knows_estats_{true};  ///< older firmware knows only `stats`
    std::string note_;         ///< what is odd about its last reply
    std::optional<double> last_elapsed_s_;
    std::optional<Wanted> wanted_;
    int resent_{0};  ///< in vain, since it last did what it should
    core::MonoTime next_resend_{};
};

}  // namespace bitgrid::adapters
