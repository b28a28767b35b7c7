#pragma once
// UUIDv7: 48 bits of time, a counter, and a seed that the caller draws once (fixed where a run must
// repeat).
#include <cstdint>

#include "ports/identity.hpp"

namespace bitgrid::engine {

class UuidSource final : public ports::Identity {
public:
    explicit UuidSource(std::uint64_t seed) : state_{seed} {}
    std::string next(core::UnixTime) override;

private:
    std::uint64_t state_;
    std::uint32_t counter_{0};
    std::int64_t last_ms_{0};
};

}  // namespace bitgrid::engine
