#pragma once
// Where adapters put what they measure. The engine implements it; adapters convert units and signs
// before.
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/signals.hpp"
#include "core/time.hpp"

namespace bitgrid::ports {

/// A slot of a series: [start, end), UTC.
struct Slot {
    core::UnixTime start{};
    core::UnixTime end{};
    double value{};  ///< ct/kWh for prices, kW for PV forecasts (mean over the slot)
};

/// One measured number. `load` is empty for signals of the site.
struct Measurement {
    core::Signal signal{};
    std::string_view load{};
    double value{};          ///< canonical unit and sign; may be absurd: the engine judges
    double max_age_s{0};     ///< 0: the signal's default
    std::int64_t age_ms{0};  ///< how old it already was on arrival, where the source says so
};

/// Engine thread only; never blocks. A safety-relevant measurement is judged by R3 before the call
/// returns.
class SignalSink {
public:
    virtual void measured(const Measurement&) = 0;
    /// Sign of life of a load: its interface answered and moves on.
    virtual void alive(std::string_view load) = 0;
    virtual void price_series(std::vector<Slot>, core::UnixTime fetched) = 0;
    virtual void forecast_series(std::vector<Slot>, core::UnixTime issued) = 0;

protected:
    ~SignalSink() = default;
};

enum class Condition : std::uint8_t { Ok, Warn, Error };

/// Health of a part in one word and a reason; repeated reports of the same are one event.
class HealthSink {
public:
    /// `part`: `mqtt`, `device/<id>`, `database`, … `reason` in English, with the number behind it.
    virtual void health(std::string_view part, Condition, std::string_view reason) = 0;
    /// The same with a stable code (`schemas/live.schema.json` has all of them), by which faces
    /// choose words of their own.
    virtual void coded(std::string_view part, Condition condition, std::string_view code,
                       std::string_view reason) {
        static_cast<void>(code);
        health(part, condition, reason);
    }
    /// A bad message: counted by name, shown in health, nothing is acted on.
    virtual void rejected(std::string_view part, const core::Error&) = 0;

protected:
    ~HealthSink() = default;
};

}  // namespace bitgrid::ports
