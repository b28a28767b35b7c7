#pragma once
// A Bitaxe or another miner with AxeOS: its temperature, power and hash rate; pause and resume, and
// eco by a lower frequency. The frequency lies in the device's flash: it is written at most once in
// five minutes, only as the maker offers it, and the core voltage never.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/axeos/axeos_reply.hpp"
#include "adapters/device_health.hpp"
#include "adapters/device_world.hpp"
#include "adapters/lease.hpp"
#include "adapters/web_api.hpp"
#include "core/config.hpp"
#include "ports/load_driver.hpp"

namespace bitgrid::adapters {

struct AxeOsConfig {
    std::string id{"bitaxe"};
    std::string load_id{"bitaxe"};
    std::string host{"127.0.0.1"};
    int port{80};
    double poll_s{10};
    int timeout_ms{5000};
    double eco_mhz{400};
    double full_mhz{525};
    double eco_w{13};
    double full_w{18};
    bool reports_power{true};
};

template <class Visitor>
void describe(Visitor& v, AxeOsConfig& c) {
    constexpr core::Range kMhz{1, 2000}, kWatts{0, 100'000};
    v("id", c.id, "name of the device in health");
    v("load", c.load_id, "load that it is");
    v("host", c.host, "address or name");
    v("port", c.port, core::Range{1, 65'535}, "HTTP port");
    v("poll_s", c.poll_s, core::Range{1, 20}, "seconds between two polls");
    v("timeout_ms", c.timeout_ms, core::Range{100, 60'000}, "patience with one answer");
    v("eco_mhz", c.eco_mhz, kMhz, "frequency of the eco level; taken down to one that is offered");
    v("full_mhz", c.full_mhz, kMhz, "frequency of the full level, likewise");
    v("eco_w", c.eco_w, kWatts, "power at eco_mhz, W");
    v("full_w", c.full_w, kWatts, "power at full_mhz, W");
    v("reports_power", c.reports_power, "false where a plug in front of it measures better");
}

/// Engine thread only; everything it is given must outlive it. A pause is forgotten with the next
/// reboot: what the miner does is compared with what it was told at every poll, and put right. A
/// frequency that has to wait is written later; until then health says so. A setpoint whose lease
/// lapses becomes off.
class AxeOsMiner final : public ports::LoadDriver {
public:
    AxeOsMiner(DeviceWorld, AxeOsConfig);

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
    struct Wanted {
        bool is_on{false};
        double mhz{0};
    };

    void poll();
    void took_info(const core::Result<WebReply>&);
    void feed(const axeos::Info&);
    void feed(core::Signal, std::optional<double>);
    void put_right(const axeos::Info&);
    void report(const axeos::Info&);
    void switch_mining(bool is_on, ports::CommandDone);
    void ask_frequencies();
    void set_frequency();
    Wanted wanted_for(const core::Target&) const;

    DeviceWorld world_;
    AxeOsConfig config_;
    WebApi api_;
    DeviceHealth health_;
    Lease lease_;
    std::unique_ptr<ports::Timer> timer_;
    bool is_polling_{false};
    std::optional<Wanted> wanted_;
    std::uint64_t run_{0};
    ports::CommandDone done_;
    bool has_no_pause_{false};
    std::vector<double> frequencies_;
    std::optional<double> frequency_mhz_;  ///< as it said last
    std::optional<core::MonoTime> written_at_;
    bool is_writing_{false};
    std::optional<double> last_uptime_s_;
};

}  // namespace bitgrid::adapters
