#include "wire/checkpoint_json.hpp"

#include "wire/checked_json.hpp"
#include "wire/drill_json.hpp"
#include "wire/memory_json.hpp"

namespace bitgrid::wire {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostRanges = 64;

// A test that cannot be read counts as not done: no reason to forget everything else.
void read_drill(const Json& json, ports::Checkpoint& c) {
    CheckedJson r{json};
    const Json* report = r.find("report");
    if (report == nullptr) return;
    const auto drill = drill_from_json(*report);
    core::UnixTime time{};
    r.time("time", time);
    if (!drill || !r.error().empty()) return;
    c.drill_time = time;
    c.drill = *drill;
    c.drill.actor = CheckedJson{*report}.text("actor");
}

bool is_block(const Json& json) {
    return json.is_number_integer() && json.get<core::BlockId>() >= 0 &&
           json.get<core::BlockId>() <= kMostBlock;
}
bool is_block_range(const Json& json) {
    return json.is_array() && json.size() == 2 && is_block(json[0]) && is_block(json[1]);
}

// Absent in a checkpoint of an older program.
void read_clock_and_tenure(CheckedJson& r, ports::Checkpoint& c) {
    if (r.has("block_ms")) r.integer("block_ms", c.block_ms);
    if (r.has("saved_at")) r.time("saved_at", c.saved_at);
    if (const Json* decided = r.find("decided"); decided != nullptr && decided->is_array())
        for (const Json& range : *decided)
            if (is_block_range(range) && c.decided.size() < kMostRanges)
                c.decided.push_back({range[0].get<core::BlockId>(), range[1].get<core::BlockId>()});
    if (!r.has("tenure")) return;
    CheckedJson tenure{*r.find("tenure")};
    tenure.integer("epoch", c.tenure.epoch);
    tenure.boolean("held", c.tenure.is_held);
    tenure.boolean("bound", c.tenure.is_bound);
}

}  // namespace

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

core::Result<ports::Checkpoint> checkpoint_from_json(const Json& json) {
    ports::Checkpoint c;
    CheckedJson r{json};
    r.choice("autonomy", c.memory.autonomy);
    r.boolean("emergency", c.memory.is_emergency);
    r.block("last_block", c.last_block);
    r.boolean("stopped", c.is_stopped);
    read_clock_and_tenure(r, c);
    if (r.has("config")) {  // written since the first release
        CheckedJson config{*r.find("config")};
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
        CheckedJson mine{load};
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
