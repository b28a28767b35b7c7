#pragma once
// Whether a healthy controller is there: the lease that its completed cycles renew.
//
//   Waiting --renewal--> Armed --lapse, goodbye--> Holding --proof--> Armed
//      \------------------lapse--------------------^
#include <optional>
#include <string>

#include "core/time.hpp"
#include "ports/lease.hpp"

namespace bitgrid::guard {

enum class LeaseState : std::uint8_t {
    Waiting,  ///< just begun: a healthy controller has one lease of time to show itself
    Armed,    ///< the lease holds
    Holding   ///< nobody is healthy: loads are kept off
};

enum class Lapse : std::uint8_t { NeverThere, Lapsed, Goodbye };

/// Pure: the caller says what time it is (monotonic, real). Nothing here fails.
class LeaseWatch {
public:
    explicit LeaseWatch(core::MonoTime now, ports::LeaseTimes times = {});

    /// A renewal has come. Only the run that holds the lease can renew it, and only with a cycle
    /// that is new. While Holding it is part of a proof: one run, no gap, every load ordered off.
    /// `may_let_go`: no load of ours stands against it.
    void take(const ports::Renewal&, core::MonoTime now, bool may_let_go);
    /// To be called often: sees the lease lapse. A guard that was itself stalled for more than a
    /// second first reads what has come meanwhile.
    void look(core::MonoTime now);

    LeaseState state() const { return state_; }
    Lapse lapse() const { return lapse_; }  ///< why it holds
    /// Armed, and by this run of a controller.
    bool is_held_by(const std::string& instance) const {
        return state_ == LeaseState::Armed && instance_ == instance;
    }
    std::optional<core::MonoTime> renewed_at() const { return renewed_at_; }
    /// Time without a gap that is still missing; the whole of it where nobody proves anything.
    std::int64_t proof_left_ms(core::MonoTime now) const;

private:
    void hold(Lapse);
    void arm(core::MonoTime now);
    void prove(const ports::Renewal&, core::MonoTime now, bool may_let_go);
    bool is_next_of_same(const ports::Renewal&) const;

    ports::LeaseTimes times_;
    LeaseState state_{LeaseState::Waiting};
    Lapse lapse_{Lapse::NeverThere};
    core::MonoTime lapses_at_;
    core::MonoTime looked_at_;
    std::string instance_;
    std::uint64_t cycle_{0};
    std::optional<core::MonoTime> renewed_at_;
    std::optional<core::MonoTime> proof_since_;
    bool has_had_grace_{false};
};

}  // namespace bitgrid::guard
