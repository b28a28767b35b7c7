#include "wire/memory_json.hpp"

#include "wire/checked_json.hpp"
#include "wire/state_json.hpp"

namespace bitgrid::wire {
namespace {

using Json = nlohmann::json;

Json target_full_json(core::Target t) {
    return {{"level", word(t.level)}, {"limit_w", number(t.limit.value)}};
}

bool read_target(const Json* json, core::Target& out) {
    if (json == nullptr || !json->is_object()) return false;
    CheckedJson r{*json};
    r.choice("level", out.level);
    r.number("limit_w", out.limit.value);
    return r.error().empty();
}

bool read_wish(const Json& json, core::Override& wish) {
    CheckedJson r{json};
    r.choice("action", wish.action);
    r.number("limit_w", wish.limit.value);
    r.boolean("use_reserve", wish.use_reserve);
    r.time("until", wish.until);
    core::Target before;
    if (r.has("before") && read_target(r.find("before"), before)) wish.before = before;
    return r.error().empty();
}

bool read_lockout(const Json& json, core::Lockout& lockout) {
    CheckedJson r{json};
    r.choice("reason", lockout.reason);
    r.time("until", lockout.until);
    r.boolean("needs_ack", lockout.needs_ack);
    r.boolean("acked", lockout.is_acked);
    return r.error().empty();
}

}  // namespace

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

bool read_load_memory(const Json& json, core::LoadMemory& m) {
    CheckedJson r{json};
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

Json memory_json(const core::Memory& m, const core::Config& config) {
    Json json{
        {"autonomy", word(m.autonomy)}, {"emergency", m.is_emergency}, {"loads", Json::object()}};
    for (std::size_t i = 0; i < m.loads.size(); ++i)
        json["loads"][config.loads[i].id] = load_memory_json(m.loads[i]);
    return json;
}

core::Result<core::Memory> memory_from_json(const Json& json, const core::Config& config) {
    core::Memory m;
    CheckedJson r{json};
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

}  // namespace bitgrid::wire
