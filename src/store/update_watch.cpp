#include "store/update_watch.hpp"

#include <array>
#include <fstream>

#include "wire/bounded_json.hpp"
#include "wire/update_json.hpp"

namespace bitgrid::store {

UpdateWatch::Trouble UpdateWatch::look(core::UnixTime now) const {
    std::ifstream file{path_, std::ios::binary};
    if (!file) return {};
    std::array<char, 32'768> text{};
    file.read(text.data(), text.size());
    const auto json = wire::parse_json({text.data(), static_cast<std::size_t>(file.gcount())});
    const auto state = json ? wire::update_from_json(*json) : json.error();
    // Of a newer program that was taken back, perhaps: no reason to warn.
    if (!state) return {};
    if (state->outcome == wire::UpdateOutcome::Returned && now - state->ended <= kTellMs)
        return {"the update to " + state->to + " was taken back, " + state->from +
                    " runs again: " + state->why,
                "UPDATE_RETURNED"};
    if (state->outcome == wire::UpdateOutcome::UnderWay && now - state->began > kUnderWayMs)
        return {"the update to " + state->to + " stands still at \"" + wire::word(state->step) +
                    "\"; `bitgrid update status` goes on",
                "UPDATE_UNFINISHED"};
    return {};
}

}  // namespace bitgrid::store
