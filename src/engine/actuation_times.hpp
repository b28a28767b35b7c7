#pragma once
// The times of spec "Times that belong together" that the way to a load keeps. Milliseconds unless
// named otherwise.
#include <cstdint>

namespace bitgrid::engine {

struct ActuationTimes {
    std::int64_t stop_confirm{30'000};        ///< then the relay
    std::int64_t urgent_stop_confirm{5'000};  ///< after heat or an emergency stop
    std::int64_t relay_confirm{15'000};       ///< then the alarm
    std::int64_t start_confirm{180'000};      ///< boot grace
    std::int64_t stop_repeat{10'000};         ///< after 1, 2 and 4 s
    std::int64_t lease{30'000};
    std::int64_t lease_renewal{10'000};
    std::int64_t dead_man_renewal{40'000};
    int dead_man_s{120};
};

}  // namespace bitgrid::engine
