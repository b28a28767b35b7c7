#pragma once
// So many in a minute, evenly refilled.
#include <algorithm>

#include "core/time.hpp"

namespace bitgrid::net {

class Allowance {
public:
    Allowance(double per_minute, core::MonoTime now)
        : most_{per_minute}, left_{per_minute}, at_{now} {}

    /// 0: taken. Else the seconds until there is one again.
    int take(core::MonoTime now) {
        const int wait = wait_s(now);
        if (wait == 0) left_ -= 1;
        return wait;
    }
    /// One that was taken in vain.
    void give_back() { left_ = std::min(most_, left_ + 1); }
    /// What take() would say.
    int wait_s(core::MonoTime now) {
        refill(now);
        return left_ < 1 ? static_cast<int>((1 - left_) * 60 / most_) + 1 : 0;
    }
    /// Nothing was taken lately: whoever forgets it loses nothing.
    bool is_full(core::MonoTime now) {
        refill(now);
        return left_ >= most_;
    }

private:
    void refill(core::MonoTime now) {
        left_ = std::min(most_, left_ + most_ * static_cast<double>(now - at_) / 60'000);
        at_ = now;
    }

    double most_;
    double left_;
    core::MonoTime at_;
};

}  // namespace bitgrid::net
