#include "research/sweep.hpp"

#include <array>
#include <atomic>
#include <charconv>
#include <cmath>
#include <mutex>
#include <thread>

#include "research/rule_setting.hpp"

namespace bitgrid::research {
namespace {

core::Error no_axis(std::string_view text, const std::string& what) {
    return {core::ErrorCode::BadInput, "\"" + std::string{text.substr(0, 80)} + "\": " + what};
}

std::vector<std::string_view> split(std::string_view text, char by) {
    std::vector<std::string_view> parts;
    for (;;) {
        const std::size_t end = text.find(by);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

std::optional<double> number(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

// Twelve digits: 1.0 + 3 * 0.1 is 1.3, as a person would have written it.
std::string written(double value) {
    std::array<char, 32> digits{};
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value,
                                            std::chars_format::general, 12);
    return {digits.data(), error == std::errc{} ? end : digits.data()};
}

core::Result<std::vector<std::string>> steps(std::string_view text) {
    const auto parts = split(text, ':');
    const auto first = number(parts[0]);
    const auto last = parts.size() == 3 ? number(parts[1]) : std::nullopt;
    const auto step = parts.size() == 3 ? number(parts[2]) : std::nullopt;
    if (!first || !last || !step || !(*step > 0) || *last < *first)
        return no_axis(text, "allowed is first:last:step, the step above 0, like 1.0:2.0:0.1");
    const double count = std::floor((*last - *first) / *step + 1e-9) + 1;
    if (!(count <= static_cast<double>(kMostValues)))
        return no_axis(text, "at most " + std::to_string(kMostValues) + " values of one key");
    std::vector<std::string> values;
    for (int i = 0; i < static_cast<int>(count); ++i) values.push_back(written(*first + i * *step));
    return values;
}

}  // namespace

core::Result<Axis> read_axis(std::string_view text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0 || equals + 1 == text.size())
        return no_axis(text, "allowed is key=first:last:step or key=a,b,c");
    Axis axis{std::string{text.substr(0, equals)}, {}};
    const std::string_view values = text.substr(equals + 1);
    if (values.find(':') != std::string_view::npos) {
        auto all = steps(values);
        if (!all) return all.error();
        axis.values = std::move(*all);
        return axis;
    }
    for (const std::string_view value : split(values, ',')) {
        if (axis.values.size() == kMostValues)
            return no_axis(text, "at most " + std::to_string(kMostValues) + " values of one key");
        axis.values.emplace_back(value);
    }
    return axis;
}

core::Result<Grid> Grid::make(const core::Config& base, std::vector<Axis> axes) {
    Grid grid;
    grid.base_ = base;
    for (std::size_t i = 0; i < axes.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j)
            if (axes[j].key == axes[i].key) return no_axis(axes[i].key, "stands twice");
        core::Config tried = base;
        for (const std::string& value : axes[i].values)
            if (const auto set = set_rule(tried, axes[i].key, value); !set) return set.error();
        grid.size_ *= axes[i].values.size();
        if (grid.size_ > kMostTrials)
            return core::Error{core::ErrorCode::TooLarge,
                               "more than " + std::to_string(kMostTrials) +
                                   " combinations; take fewer keys or wider steps"};
    }
    grid.axes_ = std::move(axes);
    return grid;
}

std::vector<std::string> Grid::values(std::size_t trial) const {
    std::vector<std::string> values(axes_.size());
    for (std::size_t i = axes_.size(); i-- > 0;) {
        values[i] = axes_[i].values[trial % axes_[i].values.size()];
        trial /= axes_[i].values.size();
    }
    return values;
}

core::Config Grid::at(std::size_t trial) const {
    core::Config config = base_;
    const auto chosen = values(trial);
    for (std::size_t i = 0; i < axes_.size(); ++i)
        if (!set_rule(config, axes_[i].key, chosen[i])) return base_;  // never: make() tried them
    return config;
}

double Trial::balance_kwh() const {
    return summary.without_load.export_kwh - summary.with_load.export_kwh -
           summary.extra_grid_kwh();
}

std::vector<Trial> sweep(const Grid& grid, const std::vector<std::size_t>& trials,
                         const SweepField& field, unsigned cores) {
    std::vector<Trial> results(trials.size());
    std::atomic<std::size_t> next{0};
    std::mutex telling;
    std::size_t done = 0;
    const auto work = [&] {
        Experiment experiment = field.experiment;
        for (std::size_t i = next++; i < trials.size(); i = next++) {
            experiment.config = grid.at(trials[i]);
            const auto rows = simulate(field.home, experiment);
            results[i] = {trials[i], summarise(field.home, experiment, rows, field.tariff)};
            const std::lock_guard lock{telling};
            ++done;
            if (field.tell) field.tell(done);
        }
    };
    std::vector<std::jthread> others;
    for (unsigned core = 1; core < cores; ++core) others.emplace_back(work);
    work();
    others.clear();  // waits for each
    return results;
}

}  // namespace bitgrid::research
