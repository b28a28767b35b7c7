#pragma once
// Bad calls, counted and named in the health part `api`.
#include <string>

#include "api/problem.hpp"
#include "net/allowance.hpp"
#include "ports/clock.hpp"
#include "ports/signals.hpp"

namespace bitgrid::api {

/// Engine thread only; clock and sink must outlive it, or stop() be called before they go.
class Rejections {
public:
    Rejections(ports::Clock& clock, ports::HealthSink& health)
        : clock_{clock}, health_{&health}, journal_{kJournalled, clock.mono()} {}

    /// Looks at the problem that answers a call; what is nobody's fault is not counted.
    void saw(const Problem&, const std::string& peer);
    /// Whether one more of them may go to the journal: a flood must not fill the disk.
    bool may_be_journalled() { return journal_.take(clock_.mono()) == 0; }
    void stop() { health_ = nullptr; }

private:
    static constexpr double kJournalled = 20;  ///< a minute

    ports::Clock& clock_;
    ports::HealthSink* health_;
    net::Allowance journal_;
};

}  // namespace bitgrid::api
