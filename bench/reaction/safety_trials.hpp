#pragma once
// The one figure that must not be missed: a load is too hot; how long until its stop command is on
// the wire? The temperature comes by MQTT, as a sensor sends it; the loads are plugs by MQTT whose
// part we play. Both ways go through the broker, and both are part of what is measured.
#include <functional>
#include <string>
#include <vector>

#include "bench/house/mqtt_peer.hpp"
#include "bench/house/running_house.hpp"

namespace bitgrid::bench {

struct Reactions {
    std::vector<double> ms;  ///< one for each trial that ended in a stop
    int unanswered{0};       ///< no stop within ten seconds
};

/// The house in which trials can be made. Nothing of a load's lockout is left a moment after it
/// tripped, and only a person's wish starts it again: between two trials each load is started by
/// such a wish, so that a trial begins at a load that runs and ends where it is told to stop.
HouseSetup trial_house(double speed = 1);

/// One thread. The house is that of trial_house() and must outlive it.
class SafetyTrials {
public:
    explicit SafetyTrials(RunningHouse&);

    /// So many trials, load by load. `before` runs when all three loads run, before they get hot;
    /// `after` when all have been told to stop.
    Reactions run(int trials, const std::function<void()>& before = nullptr,
                  const std::function<void()>& after = nullptr);

private:
    struct Plug {
        std::string id;
        bool is_on{false};
        std::chrono::steady_clock::time_point told_off{};
    };

    void ask_to_start(const Plug&);
    void start_all();
    void trip(Plug&, Reactions&);
    void say_temperature(const Plug&, const char* temp_c);
    /// Plays the plugs for the next message, or for so long; false where none came.
    bool play(int patience_ms);

    RunningHouse& house_;
    MqttPeer mqtt_;
    std::vector<Plug> plugs_;
    std::string refusal_;  ///< the last answer to a wish, where it was a no
};

}  // namespace bitgrid::bench
