#pragma once
// The mirror's part of the house's health. The daemon contains nothing of the mirror: it knows from
// mirror.yaml whether there should be one, and reads the note that `bitgrid mirror run` leaves.
#include <memory>
#include <string>

#include "app/mirror_config.hpp"
#include "ports/clock.hpp"
#include "ports/signals.hpp"

namespace bitgrid::app {

/// Engine thread only.
class MirrorWatch {
public:
    struct World {
        ports::Clock& clock;
        ports::HealthSink& health;
    };
    static constexpr std::int64_t kPatienceMs = std::int64_t{15} * 60'000;  ///< for a first note

    MirrorWatch(World, const std::string& data, MirrorConfig);

    void start();
    void stop() { timer_.reset(); }
    void learn(MirrorConfig);  ///< another one holds from now on

private:
    void look();
    void look_at_note();
    void tell(ports::Condition, const std::string& code, const std::string& reason);

    World world_;
    const std::string path_;
    MirrorConfig config_;
    core::MonoTime since_{};  ///< when this configuration began to hold here
    bool was_heard_{false};   ///< it was part of the health before
    std::unique_ptr<ports::Timer> timer_;
};

}  // namespace bitgrid::app
