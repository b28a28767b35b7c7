#pragma once
// A smart plug as physics: a contact, a timer in the plug itself that turns it back, an energy
// counter. Power in W. Pure: time only by step(). Knows no protocol.
#include <optional>

namespace bitgrid::sim {

class Plug {
public:
    explicit Plug(bool is_on) : is_on_{is_on} {}

    /// Switches; `toggle_after_s` > 0 turns it back by itself later, a new call replaces the timer.
    void set(bool is_on, std::optional<double> toggle_after_s);
    /// `load_w`: what the thing behind it would draw.
    void step(double seconds, double load_w);

    bool is_on() const { return is_on_; }                   ///< what the plug says
    bool is_closed() const { return is_on_ || is_welded; }  ///< whether current flows
    double power_w() const { return power_w_; }
    double energy_wh() const { return energy_wh_; }
    std::optional<double> timer_s() const { return timer_s_; }  ///< as it was set
    std::optional<double> timer_left_s() const { return timer_left_s_; }

    bool is_welded{false};  ///< the contact no longer opens

private:
    void put(bool is_on);

    bool is_on_;
    double power_w_{0};
    double energy_wh_{0};
    std::optional<double> timer_s_;
    std::optional<double> timer_left_s_;
};

}  // namespace bitgrid::sim
