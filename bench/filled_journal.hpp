#pragma once
// A data folder as it is after months of a house: decisions of the rules, with votes, states and
// words, written by the journal itself.
#include <cstddef>
#include <string>

namespace bitgrid::bench {

/// Fills the journal of a folder that exists with a configuration and so many decisions about the
/// first `loads` of three (`miner`, `rod`, `bitaxe`), the newest of now. Returns its size in MiB.
/// Throws where the disk does not take it.
double fill_journal(const std::string& folder, std::size_t decisions, std::size_t loads = 3);

}  // namespace bitgrid::bench
