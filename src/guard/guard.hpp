#pragma once
// The guard: while no healthy controller holds the lease, every load is kept off. It decides
// nothing else, and switches nothing on.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "guard/keeper.hpp"
#include "guard/lease_watch.hpp"
#include "ports/clock.hpp"
#include "ports/signals.hpp"

namespace bitgrid::guard {

/// Our own connections to the loads. After let_go() none of them commands anything any more, and
/// new ones stand in their place.
class Connections {
public:
    virtual Keeper::Hands hands(std::size_t load) = 0;
    virtual void let_go() = 0;

protected:
    ~Connections() = default;
};

/// Engine thread only; clock (real time) and connections must outlive it. Nothing here fails: a
/// load that does not answer is commanded again for ever.
class Guard final : public ports::LeaseSink, public ports::SignalSink {
public:
    /// `is_alarm`: something is wrong; else it is only told.
    using Tell = Keeper::Tell;

    Guard(ports::Clock&, const core::Config&, std::string fingerprint, Tell);

    /// Begins to watch. `completed`: called at the end of each look, for whoever watches the guard.
    void start(Connections&, std::function<void()> completed);
    void stop();

    bool is_holding() const { return watch_.state() == LeaseState::Holding; }
    LeaseState state() const { return watch_.state(); }

    // LeaseSink
    ports::LeaseAnswer renewed(const ports::Renewal&) override;
    // SignalSink: of all signals the guard needs only the power of its loads.
    void measured(const ports::Measurement&) override;
    void alive(std::string_view) override {}
    void price_series(std::vector<ports::Slot>, core::UnixTime) override {}
    void forecast_series(std::vector<ports::Slot>, core::UnixTime) override {}

    static constexpr std::int64_t kLookMs = 200;

private:
    void look();
    void follow();
    void hold();
    void let_go();
    bool may_let_go() const;
    int loads_not_off() const;

    ports::Clock& clock_;
    const core::Config& config_;
    std::string fingerprint_;
    Tell tell_;
    LeaseWatch watch_;
    std::vector<Keeper> keepers_;  ///< in the order of Config::loads
    Connections* connections_{nullptr};
    std::function<void()> completed_;
    LeaseState followed_{LeaseState::Waiting};
    bool has_told_config_{false};
    std::unique_ptr<ports::Timer> timer_;
};

}  // namespace bitgrid::guard
