#pragma once
// A recorded decision, decided again. With the configuration of its day the same to the byte, or
// there is something to explain; with another one what those rules would have said in that moment.
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/config.hpp"
#include "core/result.hpp"

namespace bitgrid::research {

struct Replayed {
    nlohmann::json recorded;
    nlohmann::json now;
    bool is_same{false};  ///< byte for byte
};

/// Where the two differ, as JSON pointers: `/votes/0/facts/1/bound`.
std::vector<std::string> differences(const Replayed&);

/// `decision`: the canonical text of `decision/1` with state and memory, as the journal has it.
/// Ids, words and the name of the configuration are taken over: rules do not decide them. BadInput
/// and Damaged say what it lacks, or which load of the configuration it does not know. Pure;
/// thread-safe; a few dozen microseconds.
core::Result<Replayed> replay(std::string_view decision, const core::Config&);

}  // namespace bitgrid::research
