#include "api/metrics.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "wire/words.hpp"

namespace bitgrid::api {
namespace {

// A label's value: backslash, quote and line feed are escaped, as the format asks.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\') out += "\\\\";
        else if (c == '"') out += "\\\"";
        else if (c == '\n') out += "\\n";
        else out += c;
    }
    return out;
}

std::string label(std::string_view name, std::string_view value) {
    return std::string{name} + "=\"" + escaped(value) + '"';
}

/// One metric after the other: head once, then its samples.
class Page {
public:
    void metric(std::string_view name, std::string_view type, std::string_view help) {
        name_ = "bitgrid_" + std::string{name};
        text_ += "# HELP " + name_ + ' ' + std::string{help} + "\n# TYPE " + name_ + ' ' +
                 std::string{type} + '\n';
    }
    void sample(const std::string& labels, double value) {
        if (!std::isfinite(value)) return;
        std::array<char, 32> digits{};
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
        text_ += name_;
        if (!labels.empty()) text_ += '{' + labels + '}';
        text_ += ' ';
        text_.append(digits.data(), end);
        text_ += '\n';
    }
    template <class T>
    void reading(const std::string& labels, const core::Reading<T>& reading) {
        if (reading) sample(labels, reading->value);
    }
    std::string take() { return std::move(text_); }

private:
    std::string name_;
    std::string text_;
};

void site(Page& page, const ports::LiveView& view, const core::Config& config) {
    const core::SiteReadings& s = view.state.site;
    page.metric("signal", "gauge", "Signal of the site, in the unit of its name");
    page.reading(label("signal", "pv_power_w"), s.pv_power);
    page.reading(label("signal", "grid_import_w"), s.grid_import);
    page.reading(label("signal", "grid_export_w"), s.grid_export);
    page.reading(label("signal", "house_load_w"), s.house_load);
    page.reading(label("signal", "battery_soc_pct"), s.battery_soc);
    page.reading(label("signal", "battery_power_w"), s.battery_power);
    page.reading(label("signal", "energy_price_ct_kwh"), s.price);
    page.reading(label("signal", "pv_forecast_kw"), s.pv_forecast);
    page.sample(label("signal", "surplus_kw"), core::surplus_kw(config, view.state));
    page.metric("ready", "gauge", "1 once decisions are made");
    page.sample("", view.is_ready ? 1 : 0);
    page.metric("degraded", "gauge", "1 while a required signal is missing");
    page.sample("", view.is_degraded ? 1 : 0);
    page.metric("emergency_stop", "gauge", "1 while the emergency stop is latched");
    page.sample("", view.is_emergency ? 1 : 0);
    page.metric("block", "gauge", "Running number of the block");
    page.sample("", static_cast<double>(view.block));
}

void loads(Page& page, const ports::LiveView& view) {
    const auto each = [&](const char* name, const char* help, const auto& value) {
        page.metric(name, "gauge", help);
        for (const ports::LoadView& load : view.loads) value(label("load", load.config.id), load);
    };
    each("load_power_watts", "Power drawn by the load",
         [&](const auto& l, const auto& load) { page.reading(l, load.readings.power); });
    each("load_temperature_celsius", "Hottest chip of the load",
         [&](const auto& l, const auto& load) { page.reading(l, load.readings.temp); });
    each("load_hashrate_ths", "Hash rate of the load",
         [&](const auto& l, const auto& load) { page.reading(l, load.readings.hashrate); });
    each("load_on", "1 while the load is meant to run", [&](const auto& l, const auto& load) {
        page.sample(l, load.memory.target.is_on() ? 1 : 0);
    });
    each("load_lockout", "1 while safety keeps the load off",
         [&](const auto& l, const auto& load) { page.sample(l, load.memory.lockout ? 1 : 0); });
    each("load_switches_today", "Changes between on and off since midnight UTC",
         [&](const auto& l, const auto& load) { page.sample(l, load.switches_today); });
    each("load_decision", "1 for the code of the newest decision",
         [&](const auto& l, const auto& load) {
             if (!load.last_decision) return;
             page.sample(l + ',' + label("code", core::name_of(load.last_decision->decision.code)),
                         1);
         });
}

void health(Page& page, const ports::LiveView& view) {
    page.metric("health", "gauge", "Health of a part: 0 ok, 1 warn, 2 error");
    for (const ports::PartHealth& part : view.health)
        page.sample(label("part", part.part), static_cast<double>(part.level));
    page.metric("rejected_total", "counter", "Bad messages of a part");
    for (const ports::PartHealth& part : view.health)
        page.sample(label("part", part.part), static_cast<double>(part.rejected));
}

}  // namespace

std::string metrics_text(const ports::LiveView& view, const core::Config& config,
                         const Served& served) {
    Page page;
    page.metric("info", "gauge", "Versions of program and configuration");
    page.sample(label("program", view.program_version) + ',' +
                    label("config", view.config_version) + ',' + label("site", config.site.id),
                1);
    site(page, view, config);
    loads(page, view);
    health(page, view);
    page.metric("measurements_total", "counter", "Values taken from sensors");
    page.sample("", static_cast<double>(view.measurements));
    page.metric("feed_readers", "gauge", "Readers of the live feed");
    page.sample("", static_cast<double>(served.readers));
    return page.take();
}

}  // namespace bitgrid::api
