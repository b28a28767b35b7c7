#pragma once
// The controller's end of the socket: renews the guard's lease with completed cycles, and knows
// what the guard says.
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <memory>
#include <optional>
#include <string>

#include "adapters/guard_lease/guard_config.hpp"
#include "ports/clock.hpp"
#include "ports/guard.hpp"
#include "ports/lease.hpp"
#include "ports/lifesign.hpp"

namespace bitgrid::adapters {

/// Engine thread only; io and clocks must outlive it. Nothing waits for the guard: a renewal that
/// its socket does not take is left out. Where no guard is, each renewal tries to find one.
///
/// Nothing may run while the guard holds, and after a gap of ours that the lease did not outlast,
/// not before the guard has spoken again: it may have taken over meanwhile. A guard that is gone
/// (its end of the socket closed) forbids nothing.
class LeaseRenewer final : public ports::Lifesign, public ports::Guard {
public:
    struct World {
        boost::asio::io_context& io;
        ports::Clock& house;  ///< for what people are shown
        ports::Clock& real;   ///< for the lease
    };
    struct Identity {
        std::string socket;
        std::string instance;  ///< as in ports::Renewal
        std::string config;
    };

    LeaseRenewer(World, GuardConfig, Identity);
    ~LeaseRenewer();

    void cycle_completed(const ports::Cycle&) override;
    ports::GuardView look() const override;

private:
    struct Line;  ///< one connection

    void connect();
    void renew(const ports::Cycle&);
    void hear(const std::shared_ptr<Line>&);
    void took(const std::shared_ptr<Line>&);
    void lost(std::string why);
    bool has_gap() const;
    bool is_silent() const;
    ports::GuardState state() const;
    void note_state();

    World world_;
    GuardConfig config_;
    Identity identity_;
    ports::LeaseTimes times_{};
    std::shared_ptr<Line> line_;
    std::shared_ptr<Line> opening_;
    std::optional<ports::LeaseAnswer> answer_;
    core::MonoTime next_renewal_{};
    std::optional<core::MonoTime> asked_at_;  ///< oldest renewal without an answer
    std::optional<core::MonoTime> cycle_at_;
    std::uint64_t must_answer_{
        0};  ///< after a gap: only an answer to this cycle or a later one counts
    bool was_seen_{false};
    std::string lost_why_;
    ports::GuardState shown_{ports::GuardState::None};
    core::UnixTime since_{};
};

}  // namespace bitgrid::adapters
