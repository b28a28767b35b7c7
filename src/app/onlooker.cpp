#include "app/onlooker.hpp"

#include <algorithm>

namespace bitgrid::app {

class Onlooker::Imagined final : public ports::LoadDriver {
public:
    explicit Imagined(std::string load) : id{std::move(load)} {}
    void command(const ports::Command& command, ports::CommandDone done) override {
        watts = command.target.is_on() ? command.watts.value : 0;
        done({});
    }
    void renew(const ports::Command&) override {}

    const std::string id;
    double watts{0};
};

Onlooker::Onlooker(ports::SignalSink& engine, const core::Config& config) : engine_{engine} {
    for (const core::LoadConfig& load : config.loads)
        loads_.push_back(std::make_unique<Imagined>(load.id));
}

Onlooker::~Onlooker() = default;

ports::LoadDriver& Onlooker::driver_of(std::size_t load) { return *loads_[load]; }

double Onlooker::shift_w() const {
    double watts = 0;
    for (const auto& load : loads_) watts += load->watts;
    for (const auto& [id, drawn] : drawn_w_) watts -= drawn;
    return watts;
}

// Both sides of the meter move together: what is taken away from an export may become an import.
void Onlooker::pass_grid(const ports::Measurement& m) {
    (m.signal == core::Signal::GridImport ? import_w_ : export_w_) = m.value;
    const double net_w = import_w_ - export_w_ + shift_w();
    ports::Measurement seen = m;
    seen.signal = core::Signal::GridImport;
    seen.value = std::max(net_w, 0.0);
    engine_.measured(seen);
    seen.signal = core::Signal::GridExport;
    seen.value = std::max(-net_w, 0.0);
    engine_.measured(seen);
}

void Onlooker::pass_power(std::string_view load, double max_age_s) {
    for (const auto& one : loads_)
        if (one->id == load)
            engine_.measured({core::Signal::LoadPower, load, one->watts, max_age_s, 0});
}

void Onlooker::measured(const ports::Measurement& m) {
    switch (m.signal) {
        case core::Signal::GridImport:
        case core::Signal::GridExport:
            return pass_grid(m);
        case core::Signal::LoadPower:
            drawn_w_.insert_or_assign(std::string{m.load}, m.value);
            return pass_power(m.load, m.max_age_s);
        case core::Signal::LoadHashrate:
            return;  // of work that another one ordered
        default:
            return engine_.measured(m);
    }
}

void Onlooker::alive(std::string_view load) {
    engine_.alive(load);
    pass_power(load, 0);
}

void Onlooker::price_series(std::vector<ports::Slot> slots, core::UnixTime fetched) {
    engine_.price_series(std::move(slots), fetched);
}

void Onlooker::forecast_series(std::vector<ports::Slot> slots, core::UnixTime issued) {
    engine_.forecast_series(std::move(slots), issued);
}

}  // namespace bitgrid::app
