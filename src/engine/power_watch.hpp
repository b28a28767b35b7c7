#pragma once
// What a UPS means for the loads: on battery nothing may run, near its end everything must end, and
// when mains are back it stays safe until they are stable.
#include <optional>
#include <string>

#include "core/events.hpp"
#include "ports/power.hpp"

namespace bitgrid::engine {

/// Times by a monotonic clock, so that a jump of the wall clock shortens none of them.
class PowerWatch {
public:
    struct Judgement {
        bool forbids_loads{false};
        bool must_end{false};  ///< the host will lose its power: safe, write, out
        core::HealthLevel level{core::HealthLevel::Ok};
        std::string reason{};       ///< in words, with the numbers
        std::string_view code{};    ///< stable, of the reason
        bool is_on_battery{false};  ///< what can wait must wait
    };

    /// There is a UPS: from now on silence is no good news.
    void expect(core::MonoTime now) { expected_since_ = now; }
    bool is_expected() const { return expected_since_.has_value(); }
    void heard(const ports::PowerReading&, core::MonoTime now);

    Judgement judge(core::MonoTime now) const;

private:
    Judgement silent(core::MonoTime now) const;
    Judgement on_battery(core::MonoTime now) const;
    Judgement on_mains(core::MonoTime now) const;

    std::optional<core::MonoTime> expected_since_;
    std::optional<ports::PowerReading> last_;
    core::MonoTime heard_at_{};
    core::MonoTime battery_since_{};
    std::optional<core::MonoTime> mains_since_;  ///< after an outage, until they count as stable
};

}  // namespace bitgrid::engine
