#pragma once
// Names for decisions, commands and overrides.
#include <string>

#include "core/time.hpp"

namespace bitgrid::ports {

class Identity {
public:
    /// A new UUIDv7: ordered by time, unique in this run and across runs.
    virtual std::string next(core::UnixTime) = 0;

protected:
    ~Identity() = default;
};

}  // namespace bitgrid::ports
