#pragma once
// The figures of the house, computed elsewhere: they look into years of records.
#include <functional>
#include <string>

#include "core/result.hpp"

namespace bitgrid::ports {

/// Engine thread only; it computes in a process of its own. Calls back once, on the engine thread.
class Kpis {
public:
    using Answer = std::function<void(core::Result<std::string>)>;

    /// The last `days` (1 to 3660) on record, as JSON (`kpi/1`). NotFound: nothing is on record;
    /// Refused: others are being computed, ask again in a few seconds; Timeout: it took too long;
    /// Unavailable: it cannot be computed here.
    virtual void ask(int days, Answer) = 0;

protected:
    ~Kpis() = default;
};

}  // namespace bitgrid::ports
