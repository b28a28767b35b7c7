#pragma once
// Whether somebody confirms the time of this machine.
#include <cstdint>

namespace bitgrid::ports {

enum class TimeWord : std::uint8_t {
    Confirmed,    ///< by a time service
    Unconfirmed,  ///< there is a time service, but it does not know the time yet
    NobodyToAsk   ///< no time service: the machine's own clock is all there is
};

/// Engine thread; answers at once.
class TimeWitness {
public:
    virtual TimeWord ask() const = 0;

protected:
    ~TimeWitness() = default;
};

}  // namespace bitgrid::ports
