#pragma once
// What `bitgrid update` leaves in `data/update.json`: where an update stands, so that whatever cuts
// it off, the next one knows how to go on; and how the newest ended, for the daemon. Values; any
// thread.
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"

namespace bitgrid::wire {

/// What is being done, in this order. Up to Waiting nothing of the house has changed; up to
/// Switching the old program is the one that starts; from Starting on the new one.
enum class UpdateStep : std::uint8_t {
    Verifying,
    Unpacking,
    Trying,  ///< does the new program run, does it take the configuration?
    BackingUp,
    Replaying,
    Testing,  ///< self-test with an over-temperature, in a simulated house
    Waiting,  ///< until all loads are off
    Stopping,
    Saving,  ///< the database, as the old program left it
    Switching,
    Starting,
    Watching,
    Returning,  ///< to the old program and database
};
inline constexpr std::size_t kUpdateSteps = 13;

enum class UpdateOutcome : std::uint8_t {
    UnderWay,
    Done,      ///< the new program runs
    GivenUp,   ///< refused or cut off before the house had changed
    Returned,  ///< the new program was not well: the old one runs again
};

struct UpdateState {
    UpdateStep step{UpdateStep::Verifying};
    UpdateOutcome outcome{UpdateOutcome::UnderWay};
    std::string from{}, to{};  ///< versions
    core::UnixTime began{}, ended{};
    std::string why{};                  ///< of an end that is not Done
    std::string backup{};               ///< its folder
    std::int64_t last_event{};          ///< of the database that was saved
    bool was_ready{false};              ///< before
    std::vector<std::string> errors{};  ///< parts that were in error before
    bool is_held{false};                ///< a stop of the time in between must hold after a return
    std::int64_t down_ms{};             ///< from the order to stop until the program answered again
    std::vector<std::int64_t> took_ms{};  ///< of each step so far
    friend bool operator==(const UpdateState&, const UpdateState&) = default;
};

const char* word(UpdateStep);
const char* word(UpdateOutcome);

nlohmann::json update_json(const UpdateState&);
/// BadInput names what is wrong.
core::Result<UpdateState> update_from_json(const nlohmann::json&);

}  // namespace bitgrid::wire
