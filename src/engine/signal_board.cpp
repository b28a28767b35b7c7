#include "engine/signal_board.hpp"

#include <algorithm>
#include <limits>

#include "core/decide.hpp"

namespace bitgrid::engine {
namespace {

using core::Signal;

constexpr Signal kMeanSignals[] = {Signal::PvPower, Signal::GridImport, Signal::GridExport,
                                   Signal::HouseLoad, Signal::BatteryPower};

// A load that draws power shows itself as running once its own signals had time to arrive.
constexpr std::int64_t kShowsItselfMs = 30'000;

constexpr std::int64_t kMinuteMs = 60'000;

std::size_t index(Signal s) { return static_cast<std::size_t>(s); }

std::int32_t age_ms(core::MonoTime at, core::MonoTime now) {
    return static_cast<std::int32_t>(
        std::clamp<std::int64_t>(now - at, 0, std::numeric_limits<std::int32_t>::max()));
}

bool is_plausible(Signal signal, double value) {
    const core::SignalSpec& spec = core::spec_of(signal);
    return value >= spec.min && value <= spec.max;
}

void feed(std::initializer_list<BlockMean*> means, const ports::Measurement& m,
          core::MonoTime now) {
    const double max_age_s = m.max_age_s > 0 ? m.max_age_s : core::spec_of(m.signal).max_age_s;
    for (BlockMean* mean : means)
        if (is_plausible(m.signal, m.value))
            mean->add(m.value, now, static_cast<std::int64_t>(max_age_s * 1000));
        else mean->interrupt(now);
}

}  // namespace

SignalBoard::SignalBoard(const core::Config& config)
    : config_{config}, loads_(config.loads.size()) {
    for (Means* means : {&block_, &minute_}) means->load_power.resize(loads_.size());
}

SignalBoard::Load* SignalBoard::find(std::string_view id) {
    for (std::size_t i = 0; i < loads_.size(); ++i)
        if (config_.loads[i].id == id) return &loads_[i];
    return nullptr;
}

bool SignalBoard::put(const ports::Measurement& m, core::MonoTime now) {
    const double max_age_s = m.max_age_s > 0 ? m.max_age_s : core::spec_of(m.signal).max_age_s;
    const Latest latest{m.value + 0.0, now + -m.age_ms, max_age_s};  // + 0.0: no minus zero
    // What was measured before the newest that is known changes nothing, however late it comes.
    const auto is_overtaken = [&](const Latest& known) {
        return known.value && latest.at < known.at;
    };
    if (m.load.empty()) {
        if (is_overtaken(site_[index(m.signal)])) return true;
        ++taken_;
        site_[index(m.signal)] = latest;
        feed({&block_.site[index(m.signal)], &minute_.site[index(m.signal)]}, m, now);
        return true;
    }
    Load* load = find(m.load);
    if (load == nullptr) return false;
    if (is_overtaken(load->latest[index(m.signal)])) return true;
    ++taken_;
    load->latest[index(m.signal)] = latest;
    if (m.signal != Signal::LoadPower) return true;
    const auto which = static_cast<std::size_t>(load - loads_.data());
    feed({&block_.load_power[which], &minute_.load_power[which]}, m, now);
    const core::Watts standby = core::standby_of(config_.rules, config_.loads[which]);
    if (!(m.value > standby.value)) load->drawing_since.reset();
    else if (!load->drawing_since) load->drawing_since = now;
    return true;
}

bool SignalBoard::alive(std::string_view id, core::MonoTime now) {
    Load* load = find(id);
    if (load != nullptr) load->alive_at = now;
    return load != nullptr;
}

void SignalBoard::forget(core::MonoTime now) {
    site_ = {};
    for (Means* means : {&block_, &minute_}) {
        for (BlockMean& mean : means->site) mean.interrupt(now);
        for (BlockMean& mean : means->load_power) mean.interrupt(now);
    }
    for (Load& load : loads_) {
        load.latest = {};
        if (load.alive_at) load.alive_at = now;  // the silence was ours, not the load's
        load.drawing_since.reset();
    }
}

void SignalBoard::put_prices(std::vector<ports::Slot> slots, core::UnixTime now) {
    prices_.merge(std::move(slots), now);
}

void SignalBoard::put_forecast(std::vector<ports::Slot> slots, core::UnixTime issued,
                               core::UnixTime now) {
    if (issued < forecast_issued_) return;
    forecast_issued_ = issued;
    forecast_.merge(std::move(slots), now);
}

template <class T>
core::Reading<T> SignalBoard::read(Signal signal, const Latest& latest, core::MonoTime now) const {
    return core::admit<T>(signal, latest.value, age_ms(latest.at, now), latest.max_age_s);
}

core::LoadReadings SignalBoard::read_load(std::size_t i, Moment now,
                                          const LoadControl& control) const {
    const Load& load = loads_[i];
    const auto latest = [&](Signal s) -> const Latest& { return load.latest[index(s)]; };
    core::LoadReadings r;
    r.temp = read<core::Celsius>(Signal::LoadTemp, latest(Signal::LoadTemp), now.mono);
    r.power = read<core::Watts>(Signal::LoadPower, latest(Signal::LoadPower), now.mono);
    r.hashrate =
        read<core::TerahashPerSecond>(Signal::LoadHashrate, latest(Signal::LoadHashrate), now.mono);
    r.is_unconfirmed = control.is_unconfirmed;
    if (!control.is_commanded_on && control.off_since)
        r.off_for = core::admit<core::Seconds>(
            Signal::LoadHeartbeat, static_cast<double>(now.mono - *control.off_since) / 1000);

    // On by command once the boot grace is over; or, not told to start just now, because its power
    // says so.
    std::optional<core::MonoTime> on_since;
    const auto grace_ms = static_cast<std::int64_t>(config_.rules.boot_grace.value * 1000);
    if (control.is_commanded_on && control.on_since && now.mono - *control.on_since >= grace_ms)
        on_since = *control.on_since + grace_ms;
    const bool is_booting = control.is_commanded_on && !on_since;
    if (!is_booting && r.power && load.drawing_since &&
        now.mono - *load.drawing_since >= kShowsItselfMs)
        on_since = std::min(on_since.value_or(now.mono), *load.drawing_since);
    r.is_expected_on = on_since.has_value();

    // Silence counts from the moment from which it should speak.
    if (load.alive_at || on_since) {
        const core::MonoTime since = std::max(load.alive_at.value_or(core::MonoTime{INT64_MIN / 2}),
                                              on_since.value_or(core::MonoTime{INT64_MIN / 2}));
        r.heartbeat_age = core::admit<core::Seconds>(
            Signal::LoadHeartbeat, static_cast<double>(age_ms(since, now.mono)) / 1000);
    }
    return r;
}

void SignalBoard::read_series(core::SiteReadings& site, core::UnixTime now) const {
    const auto lookahead_ms =
        static_cast<std::int64_t>(config_.rules.forecast_lookahead.value * 60'000);
    site.price = core::admit<core::CentPerKwh>(Signal::EnergyPrice, prices_.at(now));
    site.price_peak = core::admit<core::CentPerKwh>(Signal::EnergyPrice,
                                                    prices_.highest(now, now + lookahead_ms));
    const std::int64_t forecast_age_ms = std::max<std::int64_t>(now - forecast_issued_, 0);
    if (forecast_.empty() || forecast_age_ms > INT32_MAX) return;
    site.pv_forecast =
        core::admit<core::Kilowatts>(Signal::PvForecast, forecast_.mean(now, now + lookahead_ms),
                                     static_cast<std::int32_t>(forecast_age_ms));
}

core::EnergyState SignalBoard::freeze(Moment now, const std::vector<LoadControl>& controls) const {
    core::EnergyState state;
    state.time = now.wall;
    core::SiteReadings& site = state.site;
    const auto latest = [&](Signal s) -> const Latest& { return site_[index(s)]; };
    site.pv_power = read<core::Watts>(Signal::PvPower, latest(Signal::PvPower), now.mono);
    site.grid_import = read<core::Watts>(Signal::GridImport, latest(Signal::GridImport), now.mono);
    site.grid_export = read<core::Watts>(Signal::GridExport, latest(Signal::GridExport), now.mono);
    site.house_load = read<core::Watts>(Signal::HouseLoad, latest(Signal::HouseLoad), now.mono);
    site.battery_soc =
        read<core::Percent>(Signal::BatterySoc, latest(Signal::BatterySoc), now.mono);
    site.battery_power =
        read<core::Watts>(Signal::BatteryPower, latest(Signal::BatteryPower), now.mono);
    read_series(site, now.wall);
    for (std::size_t i = 0; i < loads_.size(); ++i)
        state.loads.push_back(read_load(i, now, controls[i]));
    if (!latest(Signal::HouseLoad).value)
        site.house_load = core::derive_house_load(config_.site, state);
    return state;
}

SignalBoard::Closed SignalBoard::close(Means& means, core::MonoTime now, std::int64_t span_ms) {
    Closed closed;
    for (const Signal s : kMeanSignals)
        closed.site[index(s)] = means.site[index(s)].close(now, span_ms);
    for (BlockMean& mean : means.load_power) closed.load_power.push_back(mean.close(now, span_ms));
    return closed;
}

void SignalBoard::use_means(core::EnergyState& state, const Closed& means) const {
    const auto mean = [&](Signal s) { return core::admit<core::Watts>(s, means.site[index(s)]); };
    state.site.pv_power = mean(Signal::PvPower);
    state.site.grid_import = mean(Signal::GridImport);
    state.site.grid_export = mean(Signal::GridExport);
    state.site.battery_power = mean(Signal::BatteryPower);
    state.site.house_load = mean(Signal::HouseLoad);
    if (site_[index(Signal::HouseLoad)].value) return;
    // The balance holds for means as it does for moments, if every term is a mean.
    core::EnergyState balance = state;
    for (std::size_t i = 0; i < loads_.size(); ++i)
        balance.loads[i].power = core::admit<core::Watts>(Signal::LoadPower, means.load_power[i]);
    state.site.house_load = core::derive_house_load(config_.site, balance);
}

core::EnergyState SignalBoard::close_block(Moment now, const std::vector<LoadControl>& controls) {
    core::EnergyState state = freeze(now, controls);
    use_means(state, close(block_, now.mono, config_.site.block_ms()));
    return state;
}

core::EnergyState SignalBoard::close_minute(Moment now, const std::vector<LoadControl>& controls) {
    core::EnergyState state = freeze(now, controls);
    const Closed means = close(minute_, now.mono, kMinuteMs);
    use_means(state, means);
    for (std::size_t i = 0; i < loads_.size(); ++i)
        state.loads[i].power = core::admit<core::Watts>(Signal::LoadPower, means.load_power[i]);
    return state;
}

core::EnergyState SignalBoard::preview_block(Moment now,
                                             const std::vector<LoadControl>& controls) const {
    core::EnergyState state = freeze(now, controls);
    Closed means;
    for (const Signal s : kMeanSignals) means.site[index(s)] = block_.site[index(s)].peek(now.mono);
    for (const BlockMean& mean : block_.load_power) means.load_power.push_back(mean.peek(now.mono));
    use_means(state, means);
    return state;
}

}  // namespace bitgrid::engine
