#pragma once
// The 64 faults that a home may meet: what must happen, to which figure, and how the fault is made.
#include <array>
#include <string_view>

namespace bitgrid::faults {

struct Fault {
    int number;
    std::string_view name;
    std::string_view behaviour;
    std::string_view figure;
    std::string_view injection;
};

struct Chapter {
    int first;  ///< number of its first fault
    std::string_view title;
};

inline constexpr std::array kChapters{
    Chapter{1, "Messaging"},         Chapter{15, "Time"},
    Chapter{21, "Storage"},          Chapter{35, "Process"},
    Chapter{45, "Devices and data"}, Chapter{55, "Configuration and update"},
    Chapter{59, "Security"},
};

extern const std::array<Fault, 64> kCatalogue;

}  // namespace bitgrid::faults
