#include "research/report/bar_chart.hpp"

#include <algorithm>
#include <cmath>

#include "research/report/html_text.hpp"

namespace bitgrid::research {
namespace {

constexpr double kWidth = 680;
constexpr double kHeight = 150;
constexpr double kLeft = 44;  // for the scale
constexpr double kRight = 14;
constexpr double kBottom = 18;
constexpr double kTop = 8;
constexpr const char* kClasses[] = {"first", "second"};

std::string at(double place) { return shown(place, 1, false); }

// The next round number above a value whose half is round, too.
double round_top(double most) {
    const double power = std::pow(10, std::floor(std::log10(most)));
    for (const double step : {1.0, 1.2, 1.6, 2.0, 2.4, 3.0, 4.0, 5.0, 6.0, 8.0})
        if (most <= step * power) return step * power;
    return 10 * power;
}

std::string rectangle(const char* kind, double x, double y, double width, double height) {
    return std::string{"<rect class=\""} + kind + "\" x=\"" + at(x) + "\" y=\"" + at(y) +
           "\" width=\"" + at(width) + "\" height=\"" + at(height) + "\"/>";
}

std::string text(double x, double y, const char* anchor, const std::string& words) {
    return "<text x=\"" + at(x) + "\" y=\"" + at(y) + "\" text-anchor=\"" + anchor + "\">" +
           escaped(words) + "</text>";
}

class Drawing {
public:
    explicit Drawing(const BarChart& chart) : chart_{chart}, top_{highest()} {}

    bool is_empty() const { return !(top_ > 0); }
    std::string svg() {
        top_ = round_top(top_);
        out_ = "<svg viewBox=\"0 0 " + at(kWidth) + " " + at(kHeight) + "\" role=\"img\">";
        draw_scale();
        for (std::size_t i = 0; i < chart_.labels.size(); ++i) draw_bar(i);
        draw_labels();
        return out_ + "</svg>";
    }

private:
    double value(std::size_t series, std::size_t i) const {
        const auto& values = chart_.series[series].values;
        return i < values.size() ? std::max(values[i].value_or(0), 0.0) : 0;
    }
    double highest() const {
        double most = 0;
        for (std::size_t i = 0; i < chart_.labels.size(); ++i) {
            double sum = 0;
            for (std::size_t s = 0; s < chart_.series.size(); ++s) {
                sum = chart_.is_stacked ? sum + value(s, i) : value(s, i);
                most = std::max(most, sum);
            }
        }
        return most;
    }
    double slot() const {
        return (kWidth - kLeft - kRight) /
               static_cast<double>(std::max<std::size_t>(chart_.labels.size(), 1));
    }
    double height_of(double value) const { return value / top_ * (kHeight - kTop - kBottom); }

    void draw_scale() {
        for (const double share : {0.0, 0.5, 1.0}) {
            const double y = kHeight - kBottom - share * (kHeight - kTop - kBottom);
            out_ += "<line x1=\"" + at(kLeft) + "\" x2=\"" + at(kWidth) + "\" y1=\"" + at(y) +
                    "\" y2=\"" + at(y) + "\"/>";
            out_ += text(kLeft - 6, y + 3, "end",
                         shown(share * top_, top_ < 10 ? 1 : 0, chart_.is_german));
        }
    }
    void draw_bar(std::size_t i) {
        const double room = slot() * 0.76;
        double x = kLeft + slot() * (static_cast<double>(i) + 0.12);
        double y = kHeight - kBottom;
        const double width =
            chart_.is_stacked ? room : room / static_cast<double>(chart_.series.size());
        for (std::size_t s = 0; s < chart_.series.size(); ++s) {
            const double height = height_of(value(s, i));
            if (!chart_.is_stacked) y = kHeight - kBottom;
            y -= height;
            if (height > 0) out_ += rectangle(kClasses[s % 2], x, y, width, height);
            if (!chart_.is_stacked) x += width;
        }
    }
    // As many as have room.
    void draw_labels() {
        const auto every = static_cast<std::size_t>(std::ceil(46 / slot()));
        for (std::size_t i = 0; i < chart_.labels.size(); i += std::max<std::size_t>(every, 1))
            out_ += text(kLeft + slot() * (static_cast<double>(i) + 0.5), kHeight - 4, "middle",
                         chart_.labels[i]);
    }

    const BarChart& chart_;
    double top_;
    std::string out_;
};

std::string caption(const std::string& title, const std::string& unit) {
    return "<figcaption>" + escaped(title) + (unit.empty() ? "" : " · " + escaped(unit)) +
           "</figcaption>";
}

std::string legend(const BarChart& chart) {
    if (chart.series.size() < 2) return {};
    std::string out = "<p class=\"legend\">";
    for (std::size_t s = 0; s < chart.series.size(); ++s)
        out += "<svg class=\"key\" viewBox=\"0 0 14 10\">" +
               rectangle(kClasses[s % 2], 0.5, 0.5, 13, 9) + "</svg>" +
               escaped(chart.series[s].name) + " ";
    return out + "</p>";
}

}  // namespace

std::string bar_chart(const BarChart& chart) {
    Drawing drawing{chart};
    if (drawing.is_empty()) return {};
    return "<figure>" + caption(chart.title, chart.unit) + legend(chart) + drawing.svg() +
           "</figure>\n";
}

std::string lying_bars(const std::string& title, const std::string& unit,
                       const std::vector<NamedBar>& bars, bool is_german) {
    double most = 0;
    for (const NamedBar& bar : bars) most = std::max(most, bar.value.value_or(0));
    if (!(most > 0)) return {};
    constexpr double kRow = 22, kNames = 220, kNumbers = 80;
    const double height = kRow * static_cast<double>(bars.size());
    std::string out = "<figure>" + caption(title, unit) + "<svg viewBox=\"0 0 " + at(kWidth) + " " +
                      at(height) + "\" role=\"img\">";
    double y = 0;
    for (const NamedBar& bar : bars) {
        const double width = (kWidth - kNames - kNumbers) * bar.value.value_or(0) / most;
        out += text(kNames - 8, y + 15, "end", bar.name);
        out += rectangle(bar.is_own ? "first" : "second", kNames, y + 4, width, kRow - 8);
        out += text(kNames + width + 6, y + 15, "start",
                    bar.value ? shown(*bar.value, 0, is_german) : "–");
        y += kRow;
    }
    return out + "</svg></figure>\n";
}

const char* chart_styles() {
    return "figure{margin:0 0 1.2em;break-inside:avoid}"
           "figcaption{font-weight:600;margin-bottom:.2em}"
           "figure svg{width:100%;height:auto;display:block}"
           "figure svg text{font:10px system-ui,sans-serif;fill:#444}"
           "figure svg line{stroke:#ddd;stroke-width:1}"
           "rect.first{fill:#2f6b4f}"
           "rect.second{fill:url(#hatch);stroke:#666;stroke-width:.6}"
           ".legend{margin:.1em 0 .3em;color:#444}"
           "figure svg.key{display:inline-block;width:14px;height:10px;margin:0 .35em 0 .7em}"
           "*{print-color-adjust:exact;-webkit-print-color-adjust:exact}";
}

const char* chart_patterns() {
    return "<svg width=\"0\" height=\"0\" aria-hidden=\"true\" style=\"position:absolute\"><defs>"
           "<pattern id=\"hatch\" width=\"4\" height=\"4\" patternUnits=\"userSpaceOnUse\" "
           "patternTransform=\"rotate(45)\"><rect width=\"4\" height=\"4\" fill=\"#fff\"/>"
           "<rect width=\"1.3\" height=\"4\" fill=\"#666\"/></pattern></defs></svg>\n";
}

}  // namespace bitgrid::research
