#include "adapters/modbus/sunspec_device.hpp"

#include <algorithm>

namespace bitgrid::adapters {
namespace {

using core::Error;
using core::ErrorCode;
using core::Signal;

constexpr std::size_t kMostModelWords = 1000;
constexpr std::uint16_t kCommon = 1, kStorage = 124, kStrings = 160, kBattery = 802;

bool is_silence(const Error& e) {
    return e.code == ErrorCode::Unreachable || e.code == ErrorCode::Timeout ||
           e.code == ErrorCode::Damaged || e.code == ErrorCode::Unavailable;
}

modbus::ClientConfig client_config(const SunSpecConfig& c) {
    return {c.host, static_cast<std::uint16_t>(c.port), c.timeout_ms, c.quiet_ms, c.gap_ms};
}

}  // namespace

SunSpecDevice::SunSpecDevice(DeviceWorld world, SunSpecConfig config)
    : world_{world},
      config_{std::move(config)},
      client_{world.io, world.clock, world.exchanges, client_config(config_)},
      health_{world.health, config_.id} {
    const bool has_own_meter_unit =
        config_.meter_unit_id != 0 && config_.meter_unit_id != config_.unit_id;
    units_.push_back({static_cast<std::uint8_t>(config_.unit_id), true, !has_own_meter_unit});
    if (has_own_meter_unit)
        units_.push_back({static_cast<std::uint8_t>(config_.meter_unit_id), false, true});
}

void SunSpecDevice::start() { poll(); }

void SunSpecDevice::stop() {
    timer_.reset();
    client_.stop();
    is_polling_ = false;
}

void SunSpecDevice::poll() {
    timer_ =
        world_.clock.after(static_cast<std::int64_t>(config_.poll_s * 1000), [this] { poll(); });
    if (is_polling_) return;
    is_polling_ = true;
    unit_ = 0;
    model_ = 0;
    words_.clear();
    sample_ = {};
    failure_.reset();
    step();
}

void SunSpecDevice::step() {
    if (unit_ == units_.size()) return end_poll();
    Unit& unit = units_[unit_];
    if (!unit.is_known) return walk(unit);
    if (model_ < unit.places.size()) return read_model(unit);
    ++unit_;
    model_ = 0;
    step();
}

void SunSpecDevice::walk(Unit& unit) {
    const auto read = unit.walk.next();
    if (!read) return choose(unit);
    client_.request(
        {unit.id, modbus::Function::ReadHoldingRegisters, read->address, read->count, {}},
        [this, &unit](const core::Result<modbus::Words>& words) {
            if (words) unit.walk.take(*words);
            else if (!is_silence(words.error())) unit.walk.refuse();
            else {
                forget_places();
                fail(words.error());
                return end_poll();
            }
            step();
        });
}

// Keeps what this unit is asked for, each kind once: the first inverter, the first meter.
void SunSpecDevice::choose(Unit& unit) {
    const auto places = unit.walk.places();
    unit.walk = {};
    if (!places) {
        fail({places.error().code, "unit " + std::to_string(unit.id) + ": " + places.error().what});
        unit_ = units_.size();
        return step();
    }
    unit.places.clear();
    const auto keep_first = [&](auto is_wanted) {
        const auto found = std::find_if(places->begin(), places->end(),
                                        [&](const auto& place) { return is_wanted(place.id); });
        if (found != places->end()) unit.places.push_back(*found);
    };
    if (name_.empty()) keep_first([](std::uint16_t id) { return id == kCommon; });
    if (unit.has_plant) {
        keep_first(sunspec::is_inverter);
        for (const std::uint16_t wanted : {kStrings, kStorage, kBattery})
            keep_first([wanted](std::uint16_t id) { return id == wanted; });
    }
    if (unit.has_meter) keep_first(sunspec::is_meter);
    unit.is_known = true;
    step();
}

void SunSpecDevice::read_model(const Unit& unit) {
    const sunspec::ModelPlace& place = unit.places[model_];
    const std::size_t whole = std::min(place.words(), kMostModelWords);
    const auto count = static_cast<std::uint16_t>(
        std::min<std::size_t>(whole - words_.size(), modbus::kMostRegistersRead));
    const auto address = static_cast<std::uint16_t>(place.address + words_.size());
    client_.request({unit.id, modbus::Function::ReadHoldingRegisters, address, count, {}},
                    [this](core::Result<modbus::Words> words) { took_words(std::move(words)); });
}

void SunSpecDevice::took_words(core::Result<modbus::Words> words) {
    if (!words) {
        // Either the chain has changed, or what answers next may be another device.
        if (words.error().code == ErrorCode::NotFound || is_silence(words.error())) forget_places();
        fail(words.error());
        return end_poll();
    }
    const sunspec::ModelPlace& place = units_[unit_].places[model_];
    words_.insert(words_.end(), words->begin(), words->end());
    if (words_[0] != place.id || words_[1] != place.length) {
        forget_places();
        fail({ErrorCode::Damaged, "SunSpec: model " + std::to_string(words_[0]) + " stands where " +
                                      std::to_string(place.id) + " was"});
        return end_poll();
    }
    if (words_.size() < std::min(place.words(), kMostModelWords)) return step();
    use(sunspec::ModelWords{words_});
    words_.clear();
    ++model_;
    step();
}

void SunSpecDevice::use(const sunspec::ModelWords& model) {
    if (sunspec::is_inverter(model.id())) sample_.inverter = sunspec::read_inverter(model);
    else if (sunspec::is_meter(model.id())) sample_.grid_w = sunspec::read_meter_w(model);
    else if (model.id() == kStrings) sample_.strings = sunspec::read_strings(model);
    else if (model.id() == kBattery) sample_.battery = sunspec::read_battery(model);
    else if (model.id() == kStorage) sample_.soc_pct = sunspec::read_storage_soc(model);
    else if (model.id() == kCommon) {
        const sunspec::Identity identity = sunspec::read_common(model);
        name_ = identity.manufacturer + " " + identity.model + " " + identity.serial;
    }
}

void SunSpecDevice::forget_places() {
    for (Unit& unit : units_) {
        unit.is_known = false;
        unit.walk = {};
    }
}

void SunSpecDevice::fail(const Error& error) {
    if (!failure_) failure_ = error;
}

void SunSpecDevice::end_poll() {
    is_polling_ = false;
    words_.clear();
    feed();
    if (failure_) health_.failed(*failure_);
    else health_.good(name_);
}

std::optional<double> SunSpecDevice::pv_w() const {
    const bool is_asleep =
        sample_.inverter && (sample_.inverter->state == sunspec::InverterState::Off ||
                             sample_.inverter->state == sunspec::InverterState::Sleeping);
    std::optional<double> watts;
    if (sample_.strings && sample_.strings->has_battery) watts = sample_.strings->pv_w;
    else if (sample_.inverter) watts = sample_.inverter->ac_w;
    return !watts && is_asleep ? 0.0 : watts;
}

std::optional<double> SunSpecDevice::battery_w() const {
    if (sample_.battery && sample_.battery->power_w) return sample_.battery->power_w;
    if (!sample_.strings) return std::nullopt;
    const auto& [has_battery, pv, charge, discharge] = *sample_.strings;
    if (!charge && !discharge) return std::nullopt;
    return discharge.value_or(0) - charge.value_or(0);
}

void SunSpecDevice::feed() {
    feed(Signal::PvPower, pv_w());
    if (sample_.grid_w) {
        const double import_w = config_.invert_grid ? -*sample_.grid_w : *sample_.grid_w;
        feed(Signal::GridImport, import_w > 0 ? import_w : 0);
        feed(Signal::GridExport, import_w < 0 ? -import_w : 0);
    }
    std::optional<double> soc = sample_.soc_pct;
    if (!soc && sample_.battery) soc = sample_.battery->soc_pct;
    feed(Signal::BatterySoc, soc);
    auto watts = battery_w();
    if (watts && config_.invert_battery) watts = -*watts;
    feed(Signal::BatteryPower, watts);
}

void SunSpecDevice::feed(Signal signal, std::optional<double> value) {
    if (!value) return;
    world_.signals.measured({signal, {}, *value, max_age_s(signal, config_.poll_s), 0});
}

}  // namespace bitgrid::adapters
