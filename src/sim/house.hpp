#pragma once
// The house in time: physics that follows a clock, a story that happens to it, faults that its
// servers show. Engine thread only. The clock must outlive it. Orders that are unknown or absurd
// change nothing and say why.
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "ports/clock.hpp"
#include "sim/faults.hpp"
#include "sim/house_physics.hpp"
#include "sim/market.hpp"
#include "sim/story.hpp"

namespace bitgrid::sim {

struct DoneOrder {
    core::UnixTime time{};
    std::string order;
    std::string refused;  ///< why it was not done; empty where it was
};

class House {
public:
    /// Begins at the clock's wall time. Later jumps of the wall do not move it: it follows the age.
    House(ports::Clock&, HouseConfig, Recording, Series prices, Story = {});

    /// From now on it moves by itself, second by second; without, only when it is asked.
    void start();
    void stop() { tick_.reset(); }

    /// The physics, brought up to the clock in whole seconds, the story's orders done on the way.
    HousePhysics& now();

    /// Does an order of commands.hpp now.
    core::Result<void> order(std::string_view line);

    /// What a sensor says where the truth is `truth`: frozen, forged and scaled signals say
    /// something else.
    double shown(std::string_view signal, double truth) const;
    /// The truth behind a signal that can be frozen; empty for unknown names.
    std::optional<double> truth(std::string_view signal) const;

    /// Moves on with every second and every order: what was made of the house before is old.
    std::int64_t revision() const { return revision_; }

    Faults& faults() { return faults_; }
    const Faults& faults() const { return faults_; }
    Market& market() { return market_; }
    const Market& market() const { return market_; }
    /// As it was when it was last asked.
    HousePhysics& physics() { return physics_; }
    const HousePhysics& physics() const { return physics_; }
    /// The newest orders, refused ones of the story included.
    const std::deque<DoneOrder>& log() const { return log_; }

private:
    void tick();
    void do_story();
    core::Result<void> do_and_log(std::string_view line);

    ports::Clock& clock_;
    core::MonoTime reached_;
    HousePhysics physics_;
    Market market_;
    Faults faults_;
    Story story_;
    core::UnixTime midnight_;
    std::size_t next_entry_{0};
    std::int64_t revision_{0};
    std::deque<DoneOrder> log_;
    std::unique_ptr<ports::Timer> tick_;
};

/// Names that freeze and report know.
const std::vector<std::string_view>& signal_names();

}  // namespace bitgrid::sim
