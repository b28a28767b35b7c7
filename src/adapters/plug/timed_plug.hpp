#pragma once
// A smart plug with a timer of its own, of any make: the switch in front of a load, or, for a
// heating rod and the like, the load itself. On is always on for a time: the plug's own timer opens
// it unless it is renewed, and on is done only when the plug says that this timer runs. Off is done
// when contact and power both say so.
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "adapters/device_health.hpp"
#include "adapters/device_world.hpp"
#include "adapters/lease.hpp"
#include "adapters/plug/plug_config.hpp"
#include "adapters/plug/plug_speech.hpp"
#include "ports/load_driver.hpp"

namespace bitgrid::adapters {

/// Engine thread only; everything it is given must outlive it. Orders are confirmed by the plug's
/// state, tried four times in three seconds of the clock; a newer order ends an older one (which
/// fails with Refused). A renewal does not close what a person or the timer has opened. Failed
/// polls, its own errors, a timer that does not run and a welded contact go to health.
class TimedPlug : public ports::Relay, public ports::LoadDriver {
public:
    TimedPlug(DeviceWorld, PlugConfig, std::unique_ptr<PlugSpeech>);

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

    /// As last read back from the plug.
    ports::DeadMan dead_man() const override;

private:
    struct Order {
        bool is_on{false};
        int dead_man_s{0};
        int tries{0};
        ports::CommandDone done{};
    };

    void poll();
    void took_status(const core::Result<PlugStatus>&);
    void judge(const PlugStatus&);
    void begin(Order);
    void try_order();
    void insist_on_off();
    void confirm();
    void try_again(core::Error);
    void finish(core::Result<void>);

    DeviceWorld world_;
    PlugConfig config_;
    std::unique_ptr<PlugSpeech> speech_;
    DeviceHealth health_;
    Lease lease_;
    std::unique_ptr<ports::Timer> poll_timer_;
    std::unique_ptr<ports::Timer> retry_timer_;
    bool is_polling_{false};
    bool is_wanted_on_{false};
    std::optional<Order> order_;
    std::uint64_t run_{0};                       ///< answers to older orders are not heard
    std::optional<core::MonoTime> draws_since_;  ///< although it is off
    std::optional<PlugStatus> last_;
    core::MonoTime last_at_{};
};

}  // namespace bitgrid::adapters
