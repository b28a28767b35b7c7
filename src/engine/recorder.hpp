#pragma once
// The order of effects in one place: journal first, then act, then tell.
#include <functional>
#include <memory>
#include <vector>

#include "engine/health_board.hpp"
#include "ports/announcer.hpp"
#include "ports/clock.hpp"
#include "ports/journal.hpp"

namespace bitgrid::engine {

/// Engine thread. A journal that fails, or is silent for too long, delays nothing further: health
/// says so, the house goes on. Announcers must outlive the recorder.
class Recorder {
public:
    using Act = std::function<void()>;

    Recorder(ports::Journal&, ports::Clock&, std::function<ports::Checkpoint()>);
    ~Recorder();

    void tell_also(ports::Announcer&);
    void watch(HealthBoard&);
    /// Something small: written with the next batch, within a second.
    void note(core::Happening);
    /// Writes a batch; `act` runs once, after it is on disk.
    void write(std::vector<core::Event>, Act act);
    void flush();
    void tell_changed();
    /// Nothing is on its way to the disk; what was noted waits for the next second.
    bool is_idle() const { return in_flight_ == 0; }

private:
    struct Batch;
    void finish(Batch&, const core::Result<ports::Receipt>&);

    ports::Journal& journal_;
    ports::Clock& clock_;
    std::function<ports::Checkpoint()> checkpoint_;
    HealthBoard* health_{nullptr};
    std::vector<ports::Announcer*> announcers_;
    std::vector<core::Event> noted_;
    std::size_t in_flight_{0};
    std::shared_ptr<bool> is_alive_{std::make_shared<bool>(true)};
};

}  // namespace bitgrid::engine
