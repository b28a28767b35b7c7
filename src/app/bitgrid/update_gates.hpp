#pragma once
// What a new program must show before it may steer, each in a process of its own: that it runs,
// takes the configuration, decides the recorded days as they were decided, and passes the self-test
// with an over-temperature in a simulated house. Blocks. Refused says what it did instead;
// Unavailable, Timeout: it could not be asked.
#include <string>
#include <vector>

#include "core/result.hpp"
#include "update/version.hpp"

namespace bitgrid::app {

/// A decision that the new program would not have made.
struct ChangedDecision {
    std::string time, load, recorded, now;  ///< now: a code, or why it cannot be decided again
};

struct ReplayedGate {
    std::int64_t decisions{}, changed{};
    std::vector<ChangedDecision> first;  ///< at most kMostChanged
};
inline constexpr std::size_t kMostChanged = 20;

class NewProgram {
public:
    NewProgram(std::string folder, update::Version version)
        : folder_{std::move(folder)}, version_{std::move(version)} {}

    core::Result<void> runs() const;
    core::Result<void> takes_config(const std::string& config) const;
    core::Result<ReplayedGate> replay(const std::string& data) const;
    core::Result<void> self_test() const;

private:
    std::string program(const char* name) const { return folder_ + "/bin/" + name; }
    core::Result<void> says(const std::vector<std::string>& words, const std::string& wanted) const;

    std::string folder_;
    update::Version version_;
};

}  // namespace bitgrid::app
