#pragma once
// Who wants to hear what happened: MQTT, the API. Told last, after journal and act; must not block
// or throw.
#include "core/events.hpp"
#include "ports/journal.hpp"

namespace bitgrid::ports {

class Announcer {
public:
    /// Something happened. `receipt` is the journal's, or null where it was not written yet.
    virtual void told(const core::Event&, const Receipt* receipt) = 0;
    /// Live values changed (at most once a second; the view has them).
    virtual void changed() = 0;

protected:
    ~Announcer() = default;
};

}  // namespace bitgrid::ports
