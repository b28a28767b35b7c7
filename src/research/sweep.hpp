#pragma once
// Many rule sets over the same days: every combination of the values of some keys, each in closed
// loop against the model of the house, on all cores. The order of the results is that of the
// combinations, whatever the cores do.
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "research/simulate_summary.hpp"

namespace bitgrid::research {

/// A key and the values that it takes.
struct Axis {
    std::string key;
    std::vector<std::string> values;
};

inline constexpr std::size_t kMostValues = 1'000;    // of one key
inline constexpr std::size_t kMostTrials = 100'000;  // of a sweep

/// `key=first:last:step`, or `key=a,b,c`. BadInput says what is wrong with the text.
core::Result<Axis> read_axis(std::string_view text);

/// All combinations; the last axis moves fastest.
class Grid {
public:
    /// BadInput where a key stands twice, a value is not allowed by its key, or there are more than
    /// kMostTrials combinations.
    static core::Result<Grid> make(const core::Config& base, std::vector<Axis> axes);

    std::size_t size() const { return size_; }
    const std::vector<Axis>& axes() const { return axes_; }
    core::Config at(std::size_t trial) const;
    std::vector<std::string> values(std::size_t trial) const;  ///< in the order of the axes

private:
    Grid() = default;
    core::Config base_;
    std::vector<Axis> axes_;
    std::size_t size_{1};
};

struct Trial {
    std::size_t index{};  ///< in the grid
    Summary summary;

    /// kWh of surplus that the load used, less the kWh that were bought for it.
    double balance_kwh() const;
};

/// The days that every trial sees; its config is that of the trial. Must outlive the call.
struct SweepField {
    const RecordedHome& home;
    const Experiment& experiment;
    const Tariff& tariff;
    std::function<void(std::size_t done)> tell;  ///< from any core, one at a time; may be empty
};

/// Only these of the grid, in that order. Takes `cores` threads, at least one, and ends with all of
/// them.
std::vector<Trial> sweep(const Grid&, const std::vector<std::size_t>& trials, const SweepField&,
                         unsigned cores);

}  // namespace bitgrid::research
