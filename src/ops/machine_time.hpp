#pragma once
// What this machine knows about its time: whether the kernel's clock is disciplined, and whether a
// time service runs that could say so. Nothing blocks; whoever cannot be asked counts as absent.
#include <filesystem>

#include "ports/time_witness.hpp"

namespace bitgrid::ops {

class MachineTime final : public ports::TimeWitness {
public:
    /// `run`: where services leave their traces, /run.
    explicit MachineTime(std::filesystem::path run = "/run") : run_{std::move(run)} {}

    ports::TimeWord ask() const override;

private:
    const std::filesystem::path run_;
};

}  // namespace bitgrid::ops
