#include "research/situation_json.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>

#include "core/rule_config_fields.hpp"
#include "wire/bounded_json.hpp"
#include "wire/json_fields.hpp"
#include "wire/time_text.hpp"
#include "wire/words.hpp"

namespace bitgrid::research {
namespace {

using Json = nlohmann::json;
using core::Signal;

constexpr wire::JsonBounds kBounds{1'048'576, 16};
constexpr core::UnixTime kNoEnd{253'402'300'799'999};
constexpr double kMaxBlocks = 1e9;
constexpr double kOldestS = 1e12;
constexpr std::string_view kNotFinite = R"("not finite")";

core::Error bad(std::string what) { return {core::ErrorCode::BadInput, std::move(what)}; }

// NaN, Infinity or a number beyond every double, at the front of `rest`: how long it is, or 0.
std::size_t odd_number(std::string_view rest) {
    for (const std::string_view word : {"-Infinity", "Infinity", "-NaN", "NaN", "-nan", "nan"})
        if (rest.starts_with(word)) return word.size();
    constexpr std::size_t kDigitsOfAnyDouble = 300;
    const std::size_t size = std::min(rest.find_first_not_of("+-.0123456789eE"), rest.size());
    const bool has_exponent = rest.substr(0, size).find_first_of("eE") != std::string_view::npos;
    if (size == 0 || (!has_exponent && size < kDigitsOfAnyDouble)) return 0;
    return std::isinf(std::strtod(std::string{rest.substr(0, size)}.c_str(), nullptr)) ? size : 0;
}

// JSON has no words for such numbers, but meters do: they become a text that says so, which only a
// measured value may be.
std::string without_odd_numbers(std::string_view line) {
    std::string text;
    text.reserve(line.size());
    bool is_string = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (is_string && line[i] == '\\' && i + 1 < line.size()) {
            text.append(line.substr(i++, 2));
            continue;
        }
        if (line[i] == '"') is_string = !is_string;
        const bool may_begin =
            !is_string && i > 0 && (line[i - 1] == ':' || line[i - 1] == ' ' || line[i - 1] == ',');
        const std::size_t odd = may_begin ? odd_number(line.substr(i)) : 0;
        if (odd == 0) text.push_back(line[i]);
        else text.append(kNotFinite);
        if (odd > 0) i += odd - 1;
    }
    return text;
}

/// Reads the optional members of one object; the first that has a wrong type is remembered.
class Members {
public:
    Members(const Json& root, const char* name) : name_{name} {
        static const Json kNothing = Json::object();
        const auto it = root.find(name);
        object_ = it == root.end() || it->is_null() ? &kNothing : &*it;
        if (!object_->is_object()) {
            error_ = std::string{"\""} + name + "\" must be an object";
            object_ = &kNothing;
        }
    }
    const Json& object() const { return *object_; }
    const Json* find(const char* key) const {
        const auto it = object_->find(key);
        return it == object_->end() || it->is_null() ? nullptr : &*it;
    }
    std::optional<double> number(const char* key) {
        const Json* j = find(key);
        if (j == nullptr) return std::nullopt;
        if (*j == kNotFinite.substr(1, kNotFinite.size() - 2)) return std::nullopt;
        if (!j->is_number()) return fail(key, "a number or null"), std::nullopt;
        return j->get<double>();
    }
    bool boolean(const char* key, bool fallback) {
        const Json* j = find(key);
        if (j == nullptr) return fallback;
        if (!j->is_boolean()) return fail(key, "true or false"), fallback;
        return j->get<bool>();
    }
    template <class Enum>
    std::optional<Enum> choice(const char* key) {
        const Json* j = find(key);
        if (j == nullptr) return std::nullopt;
        const auto value =
            j->is_string() ? wire::value_of<Enum>(j->get_ref<const std::string&>()) : std::nullopt;
        if (!value) fail(key, "one of its words");
        return value;
    }
    core::UnixTime time(const char* key) {
        const Json* j = find(key);
        if (j != nullptr && j->is_string())
            if (const auto t = wire::parse_time(j->get_ref<const std::string&>())) return *t;
        fail(key, "a time like 2026-06-15T10:00:00Z");
        return {};
    }
    void fail(const char* key, const char* allowed) {
        if (error_.empty())
            error_ = std::string{"\""} + name_ + "." + key + "\" must be " + allowed;
    }
    const std::string& error() const { return error_; }

private:
    const char* name_;
    const Json* object_;
    std::string error_;
};

/// A struct of the configuration from an object, keys of `elsewhere` aside.
template <class Struct>
core::Result<void> read_fields(const Json& root, const char* name, Struct& fields,
                               std::initializer_list<std::string_view> elsewhere = {}) {
    const Members members{root, name};
    if (!members.error().empty()) return bad(members.error());
    wire::JsonFields reader{members.object()};
    core::describe(reader, fields);
    if (const auto read = reader.finish(elsewhere); !read)
        return bad(std::string{name} + ": " + read.error().what);
    return {};
}

core::Result<core::Config> read_config(const Json& root) {
    core::Config config;
    if (const auto read = read_fields(root, "config", config.rules, {"site", "policy"}); !read)
        return read.error();
    const Members members{root, "config"};
    if (const auto read = read_fields(members.object(), "site", config.site); !read)
        return read.error();
    if (const auto read = read_fields(members.object(), "policy", config.policy); !read)
        return read.error();
    if (config.site.block_minutes < 1) return bad("site: \"block_minutes\" must be at least 1");
    return config;
}

core::Result<core::EnergyState> read_state(const Json& root, const core::Config& config,
                                           core::UnixTime now) {
    Members m{root, "state"};
    core::EnergyState state;
    state.time = now;
    core::SiteReadings& site = state.site;
    site.pv_power = core::admit<core::Watts>(Signal::PvPower, m.number("pv_power_w"));
    site.grid_import = core::admit<core::Watts>(Signal::GridImport, m.number("grid_import_w"));
    site.grid_export = core::admit<core::Watts>(Signal::GridExport, m.number("grid_export_w"));
    site.battery_soc = core::admit<core::Percent>(Signal::BatterySoc, m.number("battery_soc_pct"));
    site.battery_power =
        core::admit<core::Watts>(Signal::BatteryPower, m.number("battery_power_w"));
    site.price =
        core::admit<core::CentPerKwh>(Signal::EnergyPrice, m.number("energy_price_ct_kwh"));
    site.price_peak = site.price;
    site.pv_forecast = core::admit<core::Kilowatts>(Signal::PvForecast, m.number("pv_forecast_kw"));

    core::LoadReadings load;
    load.is_expected_on = m.boolean("load_running", false);
    if (m.find("load_running") == nullptr) m.fail("load_running", "true or false");
    load.temp = core::admit<core::Celsius>(Signal::LoadTemp, m.number("temp_c"));
    // However old it is, it is an age: the rule about silence judges it alone.
    auto age_s = m.number("heartbeat_age_s");
    if (age_s && std::isfinite(*age_s)) *age_s = std::min(*age_s, kOldestS);
    load.heartbeat_age = core::admit<core::Seconds>(Signal::LoadHeartbeat, age_s);
    load.power = core::admit<core::Watts>(Signal::LoadPower, m.number("load_power_w"));
    state.loads.push_back(load);

    site.house_load = core::admit<core::Watts>(Signal::HouseLoad, m.number("house_load_w"));
    if (!site.house_load) site.house_load = core::derive_house_load(config.site, state);
    if (!m.error().empty()) return bad(m.error());
    return state;
}

void read_wish(const Json& memory, core::LoadMemory& load, std::string& error) {
    if (!memory.contains("override") || memory["override"].is_null()) return;
    Members m{memory, "override"};
    core::Override wish;
    const auto action = m.choice<core::OverrideAction>("action");
    if (!action) m.fail("action", "START, STOP or LIMIT");
    wish.action = action.value_or(core::OverrideAction::Stop);
    wish.use_reserve = m.boolean("use_reserve", false);
    const auto watts = m.number("watts");
    if (wish.action == core::OverrideAction::Limit) {
        if (!watts || !(*watts >= 0 && *watts <= 100'000)) m.fail("watts", "0 to 100000 for LIMIT");
        wish.limit = core::Watts{watts.value_or(0)};
    }
    wish.until = kNoEnd;
    load.wish = wish;
    if (error.empty()) error = m.error();
}

void read_lockout(const Json& memory, core::LoadMemory& load, std::string& error) {
    if (!memory.contains("lockout") || memory["lockout"].is_null()) return;
    Members m{memory, "lockout"};
    core::Lockout lockout;
    lockout.reason =
        m.choice<core::LockoutReason>("reason").value_or(core::LockoutReason::Overtemp);
    lockout.until = m.time("until");
    lockout.needs_ack = m.boolean("needs_ack", false);
    lockout.is_acked = m.boolean("acked", false);
    load.lockout = lockout;
    if (error.empty()) error = m.error();
}

void read_last_change(Members& m, core::LoadMemory& load, core::BlockId block) {
    const auto last = m.choice<core::Action>("last_action");
    if (last == core::Action::Noop) m.fail("last_action", "START, THROTTLE, STOP or null");
    const auto blocks = m.number("blocks_since_change");
    if (!blocks) return;
    if (!(*blocks >= 0 && *blocks == std::floor(*blocks)))
        return m.fail("blocks_since_change", "a whole number, 0 or more");
    load.last_action = last;
    load.unchanged_since = block - static_cast<core::BlockId>(std::min(*blocks, kMaxBlocks));
}

core::Result<core::Memory> read_memory(const Json& root, const core::Config& config,
                                       const core::EnergyState& state) {
    Members m{root, "memory"};
    core::Memory memory;
    core::LoadMemory load;
    memory.autonomy = m.choice<core::AutonomyLevel>("autonomy").value_or(core::AutonomyLevel::Full);
    memory.is_emergency = m.boolean("emergency", false);
    const core::Level level = m.choice<core::Level>("level").value_or(core::Level::Full);
    const bool is_running = state.loads[0].is_expected_on;
    if (is_running && level != core::Level::Eco && level != core::Level::Full)
        m.fail("level", "eco or full");
    if (is_running) load.target = {level, {}};
    load.mode = m.choice<core::Mode>("mode").value_or(core::Mode::None);
    read_last_change(m, load, core::block_of(state.time, config.site.block_ms()));
    std::string error = m.error();
    read_wish(m.object(), load, error);
    read_lockout(m.object(), load, error);
    if (!error.empty()) return bad(error);
    memory.loads.push_back(load);
    return memory;
}

}  // namespace

core::Result<WrittenSituation> parse_situation(std::string_view line) {
    const auto root = wire::parse_json(without_odd_numbers(line), kBounds);
    if (!root) return root.error();
    if (!root->is_object()) return bad("a line must be a JSON object");
    const auto config = read_config(*root);
    if (!config) return config.error();
    const auto now = root->find("now");
    if (now == root->end() || !now->is_string())
        return bad("\"now\" must be a time like 2026-06-15T10:00:00Z");
    const auto time = wire::parse_time(now->get_ref<const std::string&>());
    if (!time) return bad("now: " + time.error().what);
    const auto state = read_state(*root, *config, *time);
    if (!state) return state.error();
    const auto memory = read_memory(*root, *config, *state);
    if (!memory) return memory.error();
    return WrittenSituation{*config, *memory, *state};
}

}  // namespace bitgrid::research
