#pragma once
// Health of every part in one word and a reason; the whole is the worst of its parts.
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/events.hpp"
#include "ports/live_view.hpp"

namespace bitgrid::engine {

/// Engine thread. A repeated report of the same is no event; the number of parts is bounded.
class HealthBoard {
public:
    using Changed = std::function<void(const core::HealthChanged&)>;

    explicit HealthBoard(Changed changed) : changed_{std::move(changed)} {}

    void report(std::string_view part, core::HealthLevel, std::string_view reason,
                core::UnixTime now, std::string_view code = {});
    /// Counts a bad message of a part and shows it as a warning where all else is well.
    void reject(std::string_view part, std::string_view what, core::UnixTime now);
    /// Takes such a warning back a minute after the last bad message. Called every second.
    void look(core::UnixTime now);
    const std::vector<ports::PartHealth>& parts() const { return parts_; }
    core::HealthLevel worst() const;

private:
    ports::PartHealth* part_named(std::string_view part, core::UnixTime now);

    Changed changed_;
    std::vector<ports::PartHealth> parts_;
    std::map<std::string, core::UnixTime, std::less<>> warned_;  ///< last bad message, by part
};

}  // namespace bitgrid::engine
