#pragma once
// The safety path: from a reading to the stop command, outside the block rhythm. It waits for
// nothing.
//
//   measurement arrives  -> Engine::measured()  -> SafetyPath::look(load)  -> Conductor::decide()
//   every second         -> Engine::second()    -> SafetyPath::look_at_all()   (silence sends no
//   message)
//
// decide() gives the stop to the load's driver; nothing is written, explained or told before. Where
// several loads must stop, all of them are told to before the first stop is written.
#include "engine/conductor.hpp"
#include "engine/signal_board.hpp"

namespace bitgrid::engine {

/// Engine thread. Judges R3 for every load, and R2's fast path between blocks.
class SafetyPath {
public:
    using Freeze = std::function<core::EnergyState()>;

    SafetyPath(Conductor& conductor, Freeze freeze, ports::Clock& clock)
        : conductor_{conductor}, freeze_{std::move(freeze)}, clock_{clock} {}

    void look(std::size_t load);
    void look_at_all();
    /// Stops the last running load where the grid has given more than grid_import_fast_w for
    /// grid_import_fast_s. Returns whether the import lasts but autonomy or a wish keeps it from
    /// acting.
    bool look_at_grid();

private:
    bool must_act(const core::Vote& safety, std::size_t load) const;
    std::optional<Conductor::Decided> stop_if_unsafe(std::size_t load, const core::EnergyState&);

    Conductor& conductor_;
    Freeze freeze_;
    ports::Clock& clock_;
    std::optional<core::MonoTime> fast_import_since_;
};

}  // namespace bitgrid::engine
