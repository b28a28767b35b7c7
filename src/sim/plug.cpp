#include "sim/plug.hpp"

namespace bitgrid::sim {

void Plug::put(bool is_on) {
    is_on_ = is_on;
    timer_s_.reset();
    timer_left_s_.reset();
}

void Plug::set(bool is_on, std::optional<double> toggle_after_s) {
    put(is_on);
    if (!toggle_after_s || !(*toggle_after_s > 0)) return;
    timer_s_ = toggle_after_s;
    timer_left_s_ = toggle_after_s;
}

void Plug::step(double seconds, double load_w) {
    if (timer_left_s_) {
        *timer_left_s_ -= seconds;
        if (*timer_left_s_ <= 0) put(!is_on_);
    }
    power_w_ = is_closed() ? load_w : 0;
    energy_wh_ += power_w_ * seconds / 3600;
}

}  // namespace bitgrid::sim
