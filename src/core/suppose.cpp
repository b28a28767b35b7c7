#include "core/suppose.hpp"

#include <algorithm>

namespace bitgrid::core {
namespace {

// Calls back with the reading that stands at the place; what a state does not have is not touched.
template <class State, class Call>
void with_reading(State& state, ReadingPlace place, const Call& call) {
    auto& site = state.site;
    switch (place.signal) {
        case Signal::PvPower:
            return call(site.pv_power);
        case Signal::GridImport:
            return call(site.grid_import);
        case Signal::GridExport:
            return call(site.grid_export);
        case Signal::HouseLoad:
            return call(site.house_load);
        case Signal::BatterySoc:
            return call(site.battery_soc);
        case Signal::BatteryPower:
            return call(site.battery_power);
        case Signal::EnergyPrice:
            return call(place.is_peak ? site.price_peak : site.price);
        case Signal::PvForecast:
            return call(site.pv_forecast);
        case Signal::LoadTemp:
            return call(state.loads[place.load].temp);
        case Signal::LoadHeartbeat:
            return call(state.loads[place.load].heartbeat_age);
        case Signal::LoadPower:
            return call(state.loads[place.load].power);
        case Signal::LoadHashrate:
            return call(state.loads[place.load].hashrate);
        case Signal::LoadFan:
            return;
    }
}

void put(EnergyState& state, ReadingPlace place, std::optional<double> value) {
    with_reading(state, place,
                 [&]<class T>(Reading<T>& reading) { reading = admit<T>(place.signal, value); });
}

void believe(SignalSet& distrusted, Signal signal) {
    SignalSet one;
    one.add(signal);
    distrusted.set_bits(distrusted.bits() & ~one.bits());
}

// What a watt more of it takes from the grid.
double weight_of(Signal signal) {
    switch (signal) {
        case Signal::PvPower:
        case Signal::BatteryPower:
            return -1;
        case Signal::HouseLoad:
        case Signal::LoadPower:
            return 1;
        default:
            return 0;
    }
}

double balanced(Signal signal, double watts) {
    return signal == Signal::PvPower ? std::max(watts, 0.0) : watts;
}

class Consequences {
public:
    Consequences(EnergyState& state, std::vector<SupposedChange>& changes)
        : state_{state}, changes_{changes} {}

    void draw() {
        if (!names(kImport) && !names(kExport)) move_grid();
        else if (!names(kExport)) still(kImport, kExport);
        else if (!names(kImport)) still(kExport, kImport);
        if (names(kPrice) && !names(kPeak)) raise_peak();
        if (names(kPeak) && !names(kPrice)) lower_price();
    }

private:
    static constexpr ReadingPlace kImport{Signal::GridImport}, kExport{Signal::GridExport},
        kPrice{Signal::EnergyPrice}, kPeak{Signal::EnergyPrice, true};

    const SupposedChange* find(ReadingPlace place) const {
        for (const SupposedChange& change : changes_)
            if (change.place == place) return &change;
        return nullptr;
    }
    bool names(ReadingPlace place) const { return find(place) != nullptr; }

    void follow(ReadingPlace place, double to) {
        const auto from = reading_at(state_, place);
        if (from == to) return;
        put(state_, place, to);
        changes_.push_back({place, from, reading_at(state_, place), true});
    }

    void move_grid() {
        double more_w = 0;
        for (const SupposedChange& change : changes_)
            if (change.from && change.to)
                more_w +=
                    weight_of(change.place.signal) * (balanced(change.place.signal, *change.to) -
                                                      balanced(change.place.signal, *change.from));
        const auto import_w = reading_at(state_, kImport);
        if (more_w == 0 || !import_w) return;
        const double net_w = *import_w - reading_at(state_, kExport).value_or(0) + more_w;
        follow(kImport, net_w > 0 ? net_w : 0);
        // Where nothing measures an export there is none to tell of.
        if (net_w < 0 || reading_at(state_, kExport)) follow(kExport, net_w < 0 ? -net_w : 0);
    }

    // Power flows one way through a meter.
    void still(ReadingPlace named, ReadingPlace other) {
        const auto to = find(named)->to;
        if (to && *to > 0 && reading_at(state_, other).value_or(0) > 0) follow(other, 0);
    }

    void raise_peak() {
        const SupposedChange& price = *find(kPrice);
        const auto peak = reading_at(state_, kPeak);
        if (!peak || !price.to) return;
        const bool was_peak = price.from && *peak <= *price.from;
        if (was_peak || *peak < *price.to) follow(kPeak, *price.to);
    }

    void lower_price() {
        const auto peak = find(kPeak)->to;
        const auto price = reading_at(state_, kPrice);
        if (peak && price && *price > *peak) follow(kPrice, *peak);
    }

    EnergyState& state_;
    std::vector<SupposedChange>& changes_;
};

}  // namespace

std::optional<double> reading_at(const EnergyState& state, ReadingPlace place) {
    std::optional<double> value;
    with_reading(state, place, [&](const auto& reading) {
        if (reading) value = reading->value;
    });
    return value;
}

std::vector<SupposedChange> suppose(EnergyState& state,
                                    const std::vector<Supposition>& suppositions) {
    std::vector<SupposedChange> changes;
    for (const Supposition& one : suppositions) {
        const auto from = reading_at(state, one.place);
        put(state, one.place, one.value);
        believe(is_of_load(one.place.signal) ? state.loads[one.place.load].distrusted
                                             : state.distrusted,
                one.place.signal);
        changes.push_back({one.place, from, reading_at(state, one.place), false});
    }
    Consequences{state, changes}.draw();
    return changes;
}

}  // namespace bitgrid::core
