#pragma once
// Bars over time as an SVG that stands in a page: calm, and readable on paper and without colour,
// because a second series is hatched. Pure.
#include <optional>
#include <string>
#include <vector>

namespace bitgrid::research {

struct BarSeries {
    std::string name;
    std::vector<std::optional<double>> values;  ///< >= 0, one for each label; nothing: a gap
};

struct BarChart {
    std::string title;
    std::string unit;
    std::vector<std::string> labels;
    std::vector<BarSeries> series;  ///< one or two
    bool is_stacked{true};          ///< else side by side
    bool is_german{false};
};

/// The `<figure>` with its title and legend; empty where there is no value.
std::string bar_chart(const BarChart&);

struct NamedBar {
    std::string name;
    std::optional<double> value;  ///< >= 0
    bool is_own{false};           ///< the one that the others are held against
};

/// Lying bars, each with its name and number.
std::string lying_bars(const std::string& title, const std::string& unit,
                       const std::vector<NamedBar>&, bool is_german);

/// The styles of both, and the hatching: once in a page, before the first chart.
const char* chart_styles();
const char* chart_patterns();

}  // namespace bitgrid::research
