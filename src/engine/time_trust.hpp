#pragma once
// Whether the wall clock can be right. A machine without a battery for its clock begins in the past
// and learns the time later; until then nothing is decided.
#include <optional>
#include <string>

#include "core/events.hpp"
#include "ports/time_witness.hpp"

namespace bitgrid::engine {

/// Trusted is a time after the program was built that somebody confirms. Where there is no time
/// service, one after the newest entry of the journal is enough; where there is one that stays
/// silent, it is waited for, but not for ever. A time before the build is never trusted.
class TimeTrust {
public:
    struct Judgement {
        bool is_trusted{true};
        core::HealthLevel level{core::HealthLevel::Ok};
        std::string reason{};     ///< in words, with the times
        std::string_view code{};  ///< stable, of the reason
    };

    /// From now on the time must show itself as good. `last_stored`: 0 where nothing is.
    void begin(const ports::TimeWitness&, core::UnixTime built, core::UnixTime last_stored,
               core::MonoTime now);
    bool is_asked() const { return witness_ != nullptr; }
    /// Asked once a second.
    Judgement judge(core::UnixTime wall, core::MonoTime now);
    /// The clock was set: by somebody who knows the time.
    void was_set() { is_set_ = true; }

    static constexpr std::int64_t kPatienceMs = 600'000;

private:
    Judgement judge_first(core::UnixTime wall, core::MonoTime now);

    const ports::TimeWitness* witness_{nullptr};
    core::UnixTime built_{};
    core::UnixTime last_stored_{};
    core::MonoTime since_{};
    bool is_set_{false};
    bool is_settled_{false};
    bool is_confirmed_{false};
};

/// A day as `2026-06-15`, for reasons in words.
std::string day_text(core::UnixTime);

}  // namespace bitgrid::engine
