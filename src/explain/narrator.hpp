#pragma once
// Recorded votes -> sentences, in every language of locales/. Templates only: read-only, no
// commands, no model, no guess. Pure after construction; a few microseconds a text; any thread.
#include "explain/locale.hpp"
#include "ports/narrator.hpp"

namespace bitgrid::explain {

class Narrator final : public ports::Narrator {
public:
    /// Reads the compiled-in texts and the time zones; throws std::runtime_error where a text is
    /// damaged (a test proves that none is).
    Narrator();

    core::Explanation decision(const core::Config&, const core::DecisionEvent&) const override;
    core::Explanation refusal(const core::Config&, std::string_view code,
                              const core::DecisionEvent&) const override;

private:
    Locale de_;
    Locale en_;
};

/// Most characters of a brief and of details.
inline constexpr std::size_t kMostBrief = 90;
inline constexpr std::size_t kMostDetails = 320;

}  // namespace bitgrid::explain
