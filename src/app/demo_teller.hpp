#pragma once
// Tells a demonstration as it happens: lines for people, or one JSON line per decision.
#include <iosfwd>
#include <set>
#include <string>

#include "core/config.hpp"
#include "ports/announcer.hpp"

namespace bitgrid::app {

/// Engine thread only; stream and configuration must outlive it.
class DemoTeller final : public ports::Announcer {
public:
    enum class Form : std::uint8_t { People, Json };
    struct Style {
        Form form{Form::People};
        bool is_german{false};
        bool has_colour{false};
    };

    DemoTeller(std::ostream& out, const core::Config& config, Style style)
        : out_{out}, config_{config}, style_{style} {}

    void told(const core::Event&, const ports::Receipt*) override;
    void changed() override {}
    /// Something that happens to the house, not by the controller.
    void happened(core::UnixTime, const std::string& what);

    int decisions() const { return decisions_; }
    /// Rules that decided at least once, by name.
    const std::set<std::string>& rules() const { return rules_; }

private:
    void tell(const core::DecisionEvent&);
    std::string clock_of(core::UnixTime) const;
    std::string painted(const char* colour, const std::string& text) const;

    std::ostream& out_;
    const core::Config& config_;
    Style style_;
    int decisions_{0};
    std::set<std::string> rules_;
};

}  // namespace bitgrid::app
