#include "adapters/mqtt/mqtt_publisher.hpp"

#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "wire/decision_json.hpp"
#include "wire/event_json.hpp"
#include "wire/live_json.hpp"
#include "wire/state_json.hpp"
#include "wire/time_text.hpp"
#include "wire/words.hpp"

namespace bitgrid::adapters {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kRhythmMs = 1'000;
/// What a number says that is not known: Home Assistant knows the word, our own sensors refuse it.
constexpr const char* kUnknown = "None";

std::string text_of(const Json& document) {
    return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string text_of(double value) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return {text.data(), end};
}

template <class Unit>
std::string text_of(const core::Reading<core::Quantity<Unit>>& reading) {
    return reading ? text_of(reading->value) : kUnknown;
}

// The state without what has topics of its own.
Json state_document(const ports::LiveView& view, const core::Config& config) {
    Json document = wire::live_json(view, config);
    document["schema"] = "state/1";
    for (const char* key : {"health", "energy_path", "site"}) document.erase(key);
    for (Json& load : document["loads"]) load.erase("decision");
    return document;
}

Json override_document(const ports::LoadView& load) {
    if (!load.wish) return {{"action", "NONE"}};
    const core::Override& wish = load.wish->wish;
    Json document{{"override_id", load.wish->override_id},
                  {"action", wire::word(wish.action)},
                  {"until", wire::time_text(wish.until)},
                  {"use_reserve", wish.use_reserve},
                  {"actor", load.wish->actor}};
    if (wish.action == core::OverrideAction::Limit)
        document["watts"] = wire::number(wish.limit.value);
    return document;
}

Json health_document(core::HealthLevel level, const std::string& reason) {
    return {{"status", wire::word(level)}, {"reason", reason}};
}

}  // namespace

MqttPublisher::MqttPublisher(MqttBus& bus, const ports::House& house, ports::Clock& clock,
                             std::string root)
    : bus_{bus}, house_{house}, clock_{clock}, root_{std::move(root)} {
    connected_ = bus_.when_connected([this] { say_all(); });
}

void MqttPublisher::told(const core::Event& event, const ports::Receipt*) {
    const Json document = wire::event_json(event, house_.config());
    bus_.publish(event_message(root_ + "/event/" + core::type_of(event), text_of(document)));
    const auto* decision = std::get_if<std::shared_ptr<const core::DecisionEvent>>(&event.what);
    if (decision != nullptr) say_decision(**decision);
}

void MqttPublisher::changed() {
    if (later_) return;
    const core::MonoTime now = clock_.mono();
    const std::int64_t since = last_state_ ? now - *last_state_ : kRhythmMs;
    if (since >= kRhythmMs) return say_state();
    later_ = clock_.after(kRhythmMs - since, [this] {
        later_.reset();
        say_state();
    });
}

// The broker may have forgotten everything: nothing that was said before counts.
void MqttPublisher::say_all() {
    said_.clear();
    const ports::LiveView view = house_.look();
    for (const ports::LoadView& load : view.loads)
        if (load.last_decision) say_decision(*load.last_decision);
    say_state();
}

void MqttPublisher::say_state() {
    if (!bus_.is_connected()) return;  // all is said again when it is back
    last_state_ = clock_.mono();
    const ports::LiveView view = house_.look();
    say("/state", text_of(state_document(view, house_.config())));
    say_site(view);
    for (const ports::LoadView& load : view.loads) say_load(load);
    say_health(view);
}

void MqttPublisher::say_site(const ports::LiveView& view) {
    const core::SiteReadings& site = view.state.site;
    say("/state/pv_power_w", text_of(site.pv_power));
    say("/state/grid_import_w", text_of(site.grid_import));
    say("/state/grid_export_w", text_of(site.grid_export));
    say("/state/house_load_w", text_of(site.house_load));
    if (house_.config().site.has_battery) {
        say("/state/battery_soc_pct", text_of(site.battery_soc));
        say("/state/battery_power_w", text_of(site.battery_power));
    }
    say("/state/energy_price_ct_kwh", text_of(site.price));
    say("/state/price_peak_ct_kwh", text_of(site.price_peak));
    say("/state/pv_forecast_kw", text_of(site.pv_forecast));
    const double surplus = core::surplus_kw(house_.config(), view.state);
    say("/state/surplus_kw", surplus == surplus ? text_of(surplus) : kUnknown);
    say("/state/degraded", view.is_degraded ? "true" : "false");
    say("/autonomy", std::string{wire::word(view.autonomy)});
    say("/emergency_stop", view.is_emergency ? "true" : "false");
}

void MqttPublisher::say_load(const ports::LoadView& load) {
    const std::string below = "/load/" + load.config.id;
    const core::Target target = load.memory.target;
    const bool is_running =
        load.readings.power &&
        *load.readings.power > core::standby_of(house_.config().rules, load.config);
    say(below + "/level", std::string{wire::word(target.level)});
    say(below + "/limit_w",
        target.level == core::Level::Limited ? text_of(target.limit.value) : kUnknown);
    say(below + "/running", is_running ? "true" : "false");
    say(below + "/power_w", text_of(load.readings.power));
    if (load.config.has_temperature) say(below + "/temp_c", text_of(load.readings.temp));
    if (load.config.kind == core::LoadKind::Miner)
        say(below + "/hashrate_ths", text_of(load.readings.hashrate));
    say(below + "/switches_today", std::to_string(load.switches_today));
    say(below + "/lockout",
        load.memory.lockout ? std::string{wire::word(load.memory.lockout->reason)} : "none");
    say(below + "/override", text_of(override_document(load)));
}

void MqttPublisher::say_decision(const core::DecisionEvent& event) {
    const std::string below = "/load/" + event.load_id;
    const core::CodeSpec& code = core::spec_of(event.decision.code);
    say(below + "/decision", text_of(wire::decision_json(event, house_.config(), true)));
    say(below + "/action", std::string{core::name_of(code.action)});
    say(below + "/code", std::string{code.name});
    say(below + "/reason", std::string{code.reason});
    Json words = wire::explanation_json(event.text);
    words["decision_id"] = event.decision_id;
    words["code"] = code.name;
    say(below + "/explain", text_of(words));
}

void MqttPublisher::say_health(const ports::LiveView& view) {
    const ports::PartHealth* worst = nullptr;
    for (const ports::PartHealth& part : view.health) {
        Json document = health_document(part.level, part.reason);
        document["code"] = part.code;
        document["rejected"] = part.rejected;
        say("/health/" + part.part, text_of(document));
        if (worst == nullptr || part.level > worst->level) worst = &part;
    }
    const bool is_well = worst == nullptr || worst->level == core::HealthLevel::Ok;
    say("/health",
        text_of(is_well ? health_document(core::HealthLevel::Ok, "")
                        : health_document(worst->level, worst->part + ": " + worst->reason)));
}

void MqttPublisher::say(const std::string& topic, std::string payload) {
    const auto [entry, is_new] = said_.try_emplace(topic, payload);
    if (!is_new && entry->second == payload) return;
    entry->second = payload;
    bus_.publish(state_message(root_ + topic, std::move(payload)));
}

}  // namespace bitgrid::adapters
