#pragma once
// Which sensors deliver but are not believed, and why, in words: what stands still, and what
// contradicts the house.
#include "engine/balance_watch.hpp"
#include "engine/frozen_watch.hpp"
#include "engine/health_board.hpp"

namespace bitgrid::engine {

/// Engine thread. Reports its findings as health `sensor/<signal>`, `sensor/limits`,
/// `sensor/balance`, `sensor/answer`, and takes them back by itself.
class SensorWatch {
public:
    explicit SensorWatch(const core::Config& config)
        : config_{config}, frozen_{config}, balance_{config} {}

    /// Once a second.
    void look(const core::EnergyState&, bool measures_house, core::MonoTime now);
    /// Writes into a state what of it is not believed.
    void mark(core::EnergyState&) const;
    void report(HealthBoard&, const core::EnergyState&);

private:
    const core::Config& config_;
    FrozenWatch frozen_;
    BalanceWatch balance_;
    std::vector<std::string> reported_;  ///< parts that stand in health as not well
};

}  // namespace bitgrid::engine
