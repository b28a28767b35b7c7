#pragma once
// The orders that bring an Avalon to a state: standby at a time of its own clock, work, work mode.
#include <functional>
#include <optional>
#include <string>

#include "adapters/cgminer/avalon_reading.hpp"
#include "adapters/cgminer/cgminer_client.hpp"
#include "ports/clock.hpp"
#include "ports/load_driver.hpp"

namespace bitgrid::adapters::cgminer {

/// Engine thread only; client and clock must outlive it. One run of orders at a time: a new one
/// ends the one before, which fails with Refused.
class AvalonOrders {
public:
    struct Wanted {
        bool is_on{false};
        int mode{0};  ///< only where it is on
        friend bool operator==(const Wanted&, const Wanted&) = default;
    };

    AvalonOrders(CgminerClient& client, ports::Clock& clock) : client_{client}, clock_{clock} {}

    /// Done once the device has said yes to every order; Refused with its words where it did not.
    void bring_to(Wanted, Urgency, ports::CommandDone);
    void stop();
    bool is_under_way() const { return done_ != nullptr; }

    /// Every reply tells the time of the device's clock.
    void heard(const Reply&);

    /// Whether the device does what it should; unknown counts as yes.
    static bool does(const AvalonReading&, const Wanted&);

private:
    using Next = std::function<void(const Reply&)>;

    void ask(Question, Next);
    void tell_after_time(const char* order, Next);
    void tell(const char* order, Next);
    void look_first();
    void set_mode();
    void finish(core::Result<void>);

    CgminerClient& client_;
    ports::Clock& clock_;
    Wanted wanted_;
    Urgency urgency_{};
    ports::CommandDone done_;
    std::uint64_t run_{0};
    std::optional<double> device_s_;
    core::MonoTime device_s_at_{};
};

}  // namespace bitgrid::adapters::cgminer
