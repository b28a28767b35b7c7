#pragma once
// What stands in for each {slot}: values and bounds that the rules recorded, names, times. Nothing
// is computed anew, so that words, votes and audit show the same numbers.
#include <string>
#include <string_view>

#include "core/events.hpp"
#include "explain/locale.hpp"

namespace bitgrid::explain {

class Slots {
public:
    /// Keeps references; lives for one text.
    Slots(const Locale&, const core::Config&, const core::DecisionEvent&);

    std::string text_of(std::string_view slot) const;
    void set_name(std::string name) { name_ = std::move(name); }
    /// At most so many missing signals by name, the rest as a count.
    void limit_signals(std::size_t most) { most_signals_ = most; }

private:
    std::string measured_text(core::Measure) const;
    std::string threshold_text(core::Bound, std::string_view unit) const;
    std::string special_text(std::string_view slot) const;
    std::string signals() const;
    std::string blocks(int count) const;
    std::string until() const;

    const Locale& locale_;
    const core::Config& config_;
    const core::DecisionEvent& event_;
    std::string name_;
    std::size_t most_signals_{core::kSignalCount};
};

/// The text with every {slot} filled in.
std::string filled(std::string_view text, const Slots&);

}  // namespace bitgrid::explain
