#pragma once
// The lease between controller and guard: what the one says at the end of a cycle, and what the
// other answers.
#include <cstdint>
#include <string>

namespace bitgrid::ports {

/// "My cycle has completed." From the controller.
struct Renewal {
    std::string instance;  ///< 16 hex digits: this run of the controller, another one for any other
    std::uint64_t cycle{};  ///< one more with each cycle; the same number twice proves nothing
    bool has_ordered_off{false};  ///< no load has an order to run
    bool is_goodbye{false};  ///< the controller ends on purpose, and every load has shown it is off
    std::string config;  ///< 16 hex digits: fingerprint of the loads and devices that it commands
    friend bool operator==(const Renewal&, const Renewal&) = default;
};

/// What the guard makes of it.
struct LeaseAnswer {
    std::uint64_t cycle{};          ///< that is answered
    bool is_holding{true};          ///< it keeps every load off
    int loads_not_off{0};           ///< while it holds: loads that have not shown that they are off
    std::int64_t proof_left_ms{0};  ///< while it holds: real time without a gap until it lets go
    bool has_same_config{true};     ///< it guards the loads that the controller commands
    friend bool operator==(const LeaseAnswer&, const LeaseAnswer&) = default;
};

/// The guard's side. Engine thread only; never blocks.
class LeaseSink {
public:
    virtual LeaseAnswer renewed(const Renewal&) = 0;

protected:
    ~LeaseSink() = default;
};

/// Times of spec "Times that belong together", real time in milliseconds: a controller that hangs
/// hangs in real time, however fast a simulated house lives.
struct LeaseTimes {
    std::int64_t lease{3'000};
    std::int64_t renewal{1'000};
    std::int64_t proof{10'000};  ///< renewed without a gap for so long: it is healthy
};

}  // namespace bitgrid::ports
