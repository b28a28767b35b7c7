#pragma once
// The loads of an observer, which do nothing: they say that they do what they are told, so that it
// decides as if it had them. What the real ones draw by another controller's orders is taken out of
// the grid's power, what these would draw is put in. The battery is as it is: what it would have
// done otherwise nobody can measure.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/config.hpp"
#include "ports/load_driver.hpp"
#include "ports/signals.hpp"

namespace bitgrid::app {

/// Engine thread only; the engine must outlive it. Commands nothing, ever.
class Onlooker final : public ports::SignalSink {
public:
    Onlooker(ports::SignalSink& engine, const core::Config&);
    ~Onlooker();

    ports::LoadDriver& driver_of(std::size_t load);

    // SignalSink: what the devices of the house measure
    void measured(const ports::Measurement&) override;
    void alive(std::string_view load) override;
    void price_series(std::vector<ports::Slot>, core::UnixTime fetched) override;
    void forecast_series(std::vector<ports::Slot>, core::UnixTime issued) override;

private:
    class Imagined;
    void pass_grid(const ports::Measurement&);
    void pass_power(std::string_view load, double max_age_s);
    double shift_w() const;

    ports::SignalSink& engine_;
    std::vector<std::unique_ptr<Imagined>> loads_;        ///< in the order of Config::loads
    std::map<std::string, double, std::less<>> drawn_w_;  ///< by the real loads
    double import_w_{0};
    double export_w_{0};
};

}  // namespace bitgrid::app
