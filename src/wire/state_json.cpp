#include "wire/state_json.hpp"

#include <cmath>

#include "wire/drill_json.hpp"
#include "wire/time_text.hpp"
#include "wire/words.hpp"

namespace bitgrid::wire {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostRanges = 64;

// Readings as `[value, age_ms, quality]`: short, and without loss.
template <class T>
Json reading_json(const core::Reading<T>& r) {
    if (r.quality == core::Quality::Missing) return nullptr;
    return Json::array({number(r.value.value), r.age_ms, word(r.quality)});
}

// What is read back is trusted to have been written here, but never without a look.
class Reader {
public:
    explicit Reader(const Json& json) : json_{json} {}

    template <class T>
    void reading(const char* key, core::Reading<T>& out) {
        const Json* j = find(key);
        if (j == nullptr || j->is_null()) return;
        if (!j->is_array() || j->size() != 3 || !(*j)[0].is_number() ||
            !(*j)[1].is_number_integer() || !(*j)[2].is_string())
            return fail(key);
        const auto quality = value_of<core::Quality>((*j)[2].get_ref<const std::string&>());
        if (!quality) return fail(key);
        out = {T{(*j)[0].get<double>()}, (*j)[1].get<std::int32_t>(), *quality};
    }
    void boolean(const char* key, bool& out) {
        const Json* j = find(key);
        if (j == nullptr) return;
        if (!j->is_boolean()) return fail(key);
        out = j->get<bool>();
    }
    void number(const char* key, double& out) {
        const Json* j = find(key);
        if (j == nullptr || j->is_null()) return;
        if (!j->is_number()) return fail(key);
        out = j->get<double>();
    }
    void integer(const char* key, std::int64_t& out) {
        const Json* j = find(key);
        if (j == nullptr || j->is_null()) return;
        if (!j->is_number_integer()) return fail(key);
        out = j->get<std::int64_t>();
    }
    /// One that can be counted with.
    void block(const char* key, core::BlockId& out) {
        core::BlockId read = out;
        integer(key, read);
        if (read < 0 || read > kMostBlock) return fail(key);
        out = read;
    }
    void time(const char* key, core::UnixTime& out) {
        const Json* j = find(key);
        const auto parsed = j != nullptr && j->is_string()
                                ? parse_time(j->get_ref<const std::string&>())
                                : core::Error{core::ErrorCode::BadInput, ""};
        if (!parsed) return fail(key);
        out = *parsed;
    }
    template <class Enum>
    void choice(const char* key, Enum& out) {
        const Json* j = find(key);
        if (j == nullptr || j->is_null()) return;
        const auto value =
            j->is_string() ? value_of<Enum>(j->get_ref<const std::string&>()) : std::nullopt;
        if (!value) return fail(key);
        out = *value;
    }
    void signals(const char* key, core::SignalSet& out) {
        const Json* j = find(key);
        if (j == nullptr) return;
        if (!j->is_array() || j->size() > core::kSignalCount) return fail(key);
        for (const Json& name : *j) {
            const auto signal = name.is_string()
                                    ? core::signal_named(name.get_ref<const std::string&>())
                                    : std::nullopt;
            if (!signal) return fail(key);
            out.add(*signal);
        }
    }
    std::string text(const char* key) {
        const Json* j = find(key);
        return j != nullptr && j->is_string() ? j->get<std::string>() : std::string{};
    }
    const Json* find(const char* key) const {
        if (!json_.is_object()) return nullptr;
        const auto it = json_.find(key);
        return it == json_.end() ? nullptr : &*it;
    }
    bool has(const char* key) const {
        const Json* j = find(key);
        return j != nullptr && !j->is_null();
    }
    void fail(const char* key) {
        if (error_.empty()) error_ = std::string{"bad value at \""} + key + "\"";
    }
    const std::string& error() const { return error_; }

private:
    const Json& json_;
    std::string error_;
};

// Absent where empty: what was written before there was such a thing reads the same.
void add_signals(Json& json, const char* key, core::SignalSet set) {
    if (set.empty()) return;
    Json& names = json[key] = Json::array();
    for (const core::SignalSpec& spec : core::kSignals)
        if (set.has(spec.signal)) names.push_back(spec.name);
}

core::Error damaged(const std::string& what) { return {core::ErrorCode::Damaged, what}; }

Json target_full_json(core::Target t) {
    return {{"level", word(t.level)}, {"limit_w", number(t.limit.value)}};
}

bool read_target(const Json* json, core::Target& out) {
    if (json == nullptr || !json->is_object()) return false;
    Reader r{*json};
    r.choice("level", out.level);
    r.number("limit_w", out.limit.value);
    return r.error().empty();
}

Json load_json(const core::LoadReadings& l) {
    Json json{{"expected_on", l.is_expected_on},
              {"unconfirmed", l.is_unconfirmed},
              {"off_for_s", reading_json(l.off_for)},
              {"temp_c", reading_json(l.temp)},
              {"power_w", reading_json(l.power)},
              {"heartbeat_age_s", reading_json(l.heartbeat_age)},
              {"hashrate_ths", reading_json(l.hashrate)}};
    add_signals(json, "distrusted", l.distrusted);
    return json;
}

bool read_load(const Json& json, core::LoadReadings& l) {
    Reader r{json};
    r.boolean("expected_on", l.is_expected_on);
    r.boolean("unconfirmed", l.is_unconfirmed);
    r.reading("off_for_s", l.off_for);
    r.reading("temp_c", l.temp);
    r.reading("power_w", l.power);
    r.reading("heartbeat_age_s", l.heartbeat_age);
    r.reading("hashrate_ths", l.hashrate);
    r.signals("distrusted", l.distrusted);
    return json.is_object() && r.error().empty();
}

Json load_memory_json(const core::LoadMemory& m) {
    Json json{{"target", target_full_json(m.target)},
              {"last_action", nullptr},
              {"unchanged_since", nullptr},
              {"mode", m.mode == core::Mode::None ? Json{} : Json(word(m.mode))},
              {"override", nullptr},
              {"lockout", nullptr},
              {"accepted", m.accepted ? Json(core::name_of(*m.accepted)) : Json{}}};
    if (m.last_action) json["last_action"] = word(*m.last_action);
    if (m.unchanged_since) json["unchanged_since"] = *m.unchanged_since;
    if (m.wish)
        json["override"] = {
            {"action", word(m.wish->action)},
            {"limit_w", number(m.wish->limit.value)},
            {"use_reserve", m.wish->use_reserve},
            {"until", time_text(m.wish->until)},
            {"before", m.wish->before ? target_full_json(*m.wish->before) : Json{}}};
    if (m.lockout)
        json["lockout"] = {{"reason", word(m.lockout->reason)},
                           {"until", time_text(m.lockout->until)},
                           {"needs_ack", m.lockout->needs_ack},
                           {"acked", m.lockout->is_acked}};
    return json;
}

bool read_wish(const Json& json, core::Override& wish) {
    Reader r{json};
    r.choice("action", wish.action);
    r.number("limit_w", wish.limit.value);
    r.boolean("use_reserve", wish.use_reserve);
    r.time("until", wish.until);
    core::Target before;
    if (r.has("before") && read_target(r.find("before"), before)) wish.before = before;
    return r.error().empty();
}

bool read_lockout(const Json& json, core::Lockout& lockout) {
    Reader r{json};
    r.choice("reason", lockout.reason);
    r.time("until", lockout.until);
    r.boolean("needs_ack", lockout.needs_ack);
    r.boolean("acked", lockout.is_acked);
    return r.error().empty();
}

bool read_load_memory(const Json& json, core::LoadMemory& m) {
    Reader r{json};
    if (!read_target(r.find("target"), m.target)) return false;
    if (r.has("last_action")) r.choice("last_action", m.last_action.emplace());
    if (r.has("unchanged_since")) r.block("unchanged_since", m.unchanged_since.emplace());
    r.choice("mode", m.mode);
    if (r.has("override") && !read_wish(*r.find("override"), m.wish.emplace())) return false;
    if (r.has("lockout") && !read_lockout(*r.find("lockout"), m.lockout.emplace())) return false;
    if (const std::string accepted = r.text("accepted"); !accepted.empty())
        m.accepted = core::code_named(accepted);
    return r.error().empty();
}

// A test that cannot be read counts as not done: no reason to forget everything else.
void read_drill(const Json& json, ports::Checkpoint& c) {
    Reader r{json};
    const Json* report = r.find("report");
    if (report == nullptr) return;
    const auto drill = drill_from_json(*report);
    core::UnixTime time{};
    r.time("time", time);
    if (!drill || !r.error().empty()) return;
    c.drill_time = time;
    c.drill = *drill;
    c.drill.actor = Reader{*report}.text("actor");
}

}  // namespace

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json target_json(core::Target target) {
    if (target.level == core::Level::Limited) return number(target.limit.value);
    return word(target.level);
}

Json state_json(const core::EnergyState& s, const core::Config& config) {
    Json json{{"time", time_text(s.time)},
              {"shutting_down", s.is_shutting_down},
              {"guard_holds", s.is_held_by_guard},
              {"pv_power_w", reading_json(s.site.pv_power)},
              {"grid_import_w", reading_json(s.site.grid_import)},
              {"grid_export_w", reading_json(s.site.grid_export)},
              {"house_load_w", reading_json(s.site.house_load)},
              {"battery_soc_pct", reading_json(s.site.battery_soc)},
              {"battery_power_w", reading_json(s.site.battery_power)},
              {"energy_price_ct_kwh", reading_json(s.site.price)},
              {"price_peak_ct_kwh", reading_json(s.site.price_peak)},
              {"pv_forecast_kw", reading_json(s.site.pv_forecast)},
              {"fast_import_s", reading_json(s.site.fast_import_for)}};
    add_signals(json, "distrusted", s.distrusted);
    Json& loads = json["loads"] = Json::object();
    for (std::size_t i = 0; i < s.loads.size(); ++i)
        loads[config.loads[i].id] = load_json(s.loads[i]);
    return json;
}

core::Result<core::EnergyState> state_from_json(const Json& json, const core::Config& config) {
    core::EnergyState s;
    Reader r{json};
    r.time("time", s.time);
    r.boolean("shutting_down", s.is_shutting_down);
    r.boolean("guard_holds", s.is_held_by_guard);
    r.reading("pv_power_w", s.site.pv_power);
    r.reading("grid_import_w", s.site.grid_import);
    r.reading("grid_export_w", s.site.grid_export);
    r.reading("house_load_w", s.site.house_load);
    r.reading("battery_soc_pct", s.site.battery_soc);
    r.reading("battery_power_w", s.site.battery_power);
    r.reading("energy_price_ct_kwh", s.site.price);
    r.reading("price_peak_ct_kwh", s.site.price_peak);
    r.reading("pv_forecast_kw", s.site.pv_forecast);
    r.reading("fast_import_s", s.site.fast_import_for);
    r.signals("distrusted", s.distrusted);
    if (!r.error().empty()) return damaged("state: " + r.error());
    for (const core::LoadConfig& load : config.loads) {
        const Json* loads = r.find("loads");
        core::LoadReadings readings;
        if (loads == nullptr || !loads->contains(load.id) ||
            !read_load((*loads)[load.id], readings))
            return damaged("state: bad or missing load \"" + load.id + "\"");
        s.loads.push_back(readings);
    }
    return s;
}

Json memory_json(const core::Memory& m, const core::Config& config) {
    Json json{
        {"autonomy", word(m.autonomy)}, {"emergency", m.is_emergency}, {"loads", Json::object()}};
    for (std::size_t i = 0; i < m.loads.size(); ++i)
        json["loads"][config.loads[i].id] = load_memory_json(m.loads[i]);
    return json;
}

core::Result<core::Memory> memory_from_json(const Json& json, const core::Config& config) {
    core::Memory m;
    Reader r{json};
    r.choice("autonomy", m.autonomy);
    r.boolean("emergency", m.is_emergency);
    if (!r.error().empty()) return damaged("memory: " + r.error());
    for (const core::LoadConfig& load : config.loads) {
        const Json* loads = r.find("loads");
        core::LoadMemory memory;
        if (loads == nullptr || !loads->contains(load.id) ||
            !read_load_memory((*loads)[load.id], memory))
            return damaged("memory: bad or missing load \"" + load.id + "\"");
        m.loads.push_back(memory);
    }
    return m;
}

Json checkpoint_json(const ports::Checkpoint& c) {
    Json json{
        {"autonomy", word(c.memory.autonomy)},
        {"emergency", c.memory.is_emergency},
        {"last_block", c.last_block},
        {"stopped", c.is_stopped},
        {"decided", Json::array()},
        {"block_ms", c.block_ms},
        {"saved_at", time_text(c.saved_at)},
        {"tenure",
         {{"epoch", c.tenure.epoch}, {"held", c.tenure.is_held}, {"bound", c.tenure.is_bound}}},
        {"config", {{"number", c.config_number}, {"seal", c.config_seal}}},
        {"loads", Json::array()}};
    if (c.is_research_on) json["research"] = true;
    for (const ports::BlockRange& range : c.decided)
        json["decided"].push_back({range.first, range.last});
    if (c.drill_time.ms > 0)
        json["drill"] = {{"time", time_text(c.drill_time)}, {"report", drill_json(c.drill)}};
    for (std::size_t i = 0; i < c.memory.loads.size(); ++i)
        json["loads"].push_back({{"id", c.load_ids[i]},
                                 {"memory", load_memory_json(c.memory.loads[i])},
                                 {"override_id", c.override_ids[i]},
                                 {"actor", c.actors[i]}});
    return json;
}

namespace {

bool is_block(const Json& json) {
    return json.is_number_integer() && json.get<core::BlockId>() >= 0 &&
           json.get<core::BlockId>() <= kMostBlock;
}
bool is_block_range(const Json& json) {
    return json.is_array() && json.size() == 2 && is_block(json[0]) && is_block(json[1]);
}

// Absent in a checkpoint of an older program.
void read_clock_and_tenure(Reader& r, ports::Checkpoint& c) {
    if (r.has("block_ms")) r.integer("block_ms", c.block_ms);
    if (r.has("saved_at")) r.time("saved_at", c.saved_at);
    if (const Json* decided = r.find("decided"); decided != nullptr && decided->is_array())
        for (const Json& range : *decided)
            if (is_block_range(range) && c.decided.size() < kMostRanges)
                c.decided.push_back({range[0].get<core::BlockId>(), range[1].get<core::BlockId>()});
    if (!r.has("tenure")) return;
    Reader tenure{*r.find("tenure")};
    tenure.integer("epoch", c.tenure.epoch);
    tenure.boolean("held", c.tenure.is_held);
    tenure.boolean("bound", c.tenure.is_bound);
}

}  // namespace

core::Result<ports::Checkpoint> checkpoint_from_json(const Json& json) {
    ports::Checkpoint c;
    Reader r{json};
    r.choice("autonomy", c.memory.autonomy);
    r.boolean("emergency", c.memory.is_emergency);
    r.block("last_block", c.last_block);
    r.boolean("stopped", c.is_stopped);
    read_clock_and_tenure(r, c);
    if (r.has("config")) {  // written since the first release
        Reader config{*r.find("config")};
        config.integer("number", c.config_number);
        c.config_seal = config.text("seal");
    }
    if (r.has("drill")) read_drill(*r.find("drill"), c);
    r.boolean("research", c.is_research_on);
    const Json* loads = r.find("loads");
    if (!r.error().empty() || loads == nullptr || !loads->is_array() ||
        loads->size() > core::kMaxLoads)
        return damaged("checkpoint: " + (r.error().empty() ? std::string{"no loads"} : r.error()));
    for (const Json& load : *loads) {
        Reader mine{load};
        core::LoadMemory memory;
        if (!mine.has("memory") || !read_load_memory(*mine.find("memory"), memory))
            return damaged("checkpoint: bad memory of load \"" + mine.text("id") + "\"");
        c.memory.loads.push_back(memory);
        c.load_ids.push_back(mine.text("id"));
        c.override_ids.push_back(mine.text("override_id"));
        c.actors.push_back(mine.text("actor"));
    }
    return c;
}

}  // namespace bitgrid::wire
