#include "wire/past_from_event.hpp"

#include <algorithm>
#include <string>

#include "wire/time_text.hpp"
#include "wire/words.hpp"

namespace bitgrid::wire {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostName = 200;    // bytes of an id, a code, a version
constexpr std::size_t kMostText = 8'192;  // bytes of what is said to people
constexpr const char* kMeasuring[] = {"R1", "R2", "R3", "R4", "R5"};

const Json& at(const Json& json, const std::string& key) {
    static const Json nothing;
    if (!json.is_object()) return nothing;
    const auto found = json.find(key);
    return found != json.end() ? *found : nothing;
}

/// Takes values out of an object and remembers the first key that is not what it must be.
class Taker {
public:
    Taker(const Json& json, std::string place) : json_{json}, place_{std::move(place)} {}

    std::string text(const char* key, std::size_t most = kMostName) {
        const Json& j = at(json_, key);
        if (!j.is_string() || j.get_ref<const std::string&>().size() > most)
            return fail(key), std::string{};
        return j.get<std::string>();
    }
    /// Null reads as empty.
    std::string text_or_empty(const char* key) {
        return at(json_, key).is_null() ? std::string{} : text(key);
    }
    core::UnixTime time(const char* key) {
        const auto parsed = parse_time(text(key));
        if (!parsed) return fail(key), core::UnixTime{};
        return *parsed;
    }
    core::BlockId block(const char* key) {
        const Json& j = at(json_, key);
        // Whole numbers beyond the signed ones are of another type.
        if (!j.is_number_integer() || j.get<double>() < 0 || j.get<double>() > kMostBlock)
            return fail(key), core::BlockId{};
        return j.get<core::BlockId>();
    }
    double number(const char* key) {
        const Json& j = at(json_, key);
        if (!j.is_number()) return fail(key), 0.0;
        return j.get<double>();
    }
    std::optional<double> number_or_null(const char* key) {
        if (at(json_, key).is_null()) return std::nullopt;
        return number(key);
    }
    bool boolean(const char* key) {
        const Json& j = at(json_, key);
        if (!j.is_boolean()) return fail(key), false;
        return j.get<bool>();
    }
    /// `[value, age_ms, quality]`; nothing unless it is good.
    std::optional<double> reading(const char* key) {
        const Json& j = at(json_, key);
        if (j.is_null()) return std::nullopt;
        if (!j.is_array() || j.size() != 3 || !j[2].is_string()) return fail(key), std::nullopt;
        if (j[2] != word(core::Quality::Good)) return std::nullopt;
        if (!j[0].is_number()) return fail(key), std::nullopt;
        return j[0].get<double>();
    }
    /// A level's word; watts are `limited`.
    std::string level(const char* key) {
        if (at(json_, key).is_number()) return std::string{word(core::Level::Limited)};
        std::string level = text(key);
        if (!value_of<core::Level>(level)) fail(key);
        return level;
    }
    const Json& object(const char* key) {
        const Json& j = at(json_, key);
        if (!j.is_object()) fail(key);
        return j;
    }
    void fail(const std::string& key) {
        if (fault_.empty()) fault_ = place_ + key;
    }
    /// Of a part of this object, read by another taker.
    void fail_as(const Taker& part) {
        if (fault_.empty()) fault_ = part.fault_;
    }
    const std::string& fault() const { return fault_; }

private:
    const Json& json_;
    std::string place_;
    std::string fault_;
};

std::string joined(const Json& names, Taker& whole) {
    std::string text;
    if (!names.is_array() || names.size() > core::kSignalCount)
        return whole.fail("params/missing"), text;
    for (const Json& name : names) {
        if (!name.is_string() || name.get_ref<const std::string&>().size() > kMostName)
            return whole.fail("params/missing"), text;
        text.append(text.empty() ? "" : ",").append(name.get_ref<const std::string&>());
    }
    return text;
}

bool is_comparison(const Json& fact) {
    return at(fact, "value").is_number() && at(fact, "bound").is_number();
}

// A rule that measures must show a value and the threshold that it was held against; a person's
// wish and the level of autonomy speak for themselves.
bool has_comparison(const Json& json, const std::string& rule) {
    if (std::ranges::find(kMeasuring, rule) == std::end(kMeasuring)) return true;
    const Json& votes = at(json, "votes");
    return std::any_of(votes.begin(), votes.end(), [&](const Json& vote) {
        const Json& facts = at(vote, "facts");
        return at(vote, "rule") == rule && std::any_of(facts.begin(), facts.end(), is_comparison);
    });
}

bool has_words(const WordsRow& words) { return !words.brief.empty() && !words.details.empty(); }

core::Error damaged(const Json& json, const std::string& key) {
    const Json& id = at(json, "decision_id");
    const std::string name = id.is_string() ? " " + id.get<std::string>().substr(0, 60) : "";
    return {core::ErrorCode::Damaged, "event" + name + ": no valid \"" + key + "\""};
}

DecisionRow decision_row(const Json& json, Taker& whole) {
    DecisionRow row;
    row.time = whole.time("time");
    row.block_id = whole.block("block_id");
    row.load_id = whole.text("load_id");
    row.decision_id = whole.text("decision_id");
    row.trigger = whole.text("trigger");
    row.decision_code = whole.text("decision_code");
    row.rule = whole.text("rule");
    row.reason = whole.text("reason");
    row.action = whole.text("action");
    row.level_before = whole.level("level_before");
    row.target_level = whole.level("target_level");
    row.target_w = whole.number("target_w");
    row.valid_until = whole.time("valid_until");
    row.config_version = whole.text("config_version");
    row.rule_version = whole.text("rule_version");
    row.command_id = whole.text_or_empty("command_id");
    row.proposal = whole.text_or_empty("proposal");
    row.votes = at(json, "votes").dump();
    Taker params{whole.object("params"), "params/"};
    row.mode = params.text_or_empty("mode");
    row.surplus_kw = params.number_or_null("surplus_kw");
    whole.fail_as(params);
    row.missing = joined(at(at(json, "params"), "missing"), whole);
    if (!value_of<core::Trigger>(row.trigger)) whole.fail("trigger");
    if (!core::code_named(row.decision_code)) whole.fail("decision_code");
    return row;
}

// At a tick: the length of a block. It holds until the end of the block after its own.
std::optional<double> mean_over_s(const DecisionRow& decision) {
    const std::int64_t until = decision.valid_until.ms;
    if (decision.trigger != word(core::Trigger::BlockTick) || until % (decision.block_id + 2) != 0)
        return std::nullopt;
    return static_cast<double>(until / (decision.block_id + 2)) / 1'000;
}

void read_load(const Json& state, StateRow& row, Taker& whole) {
    const std::string place = "state/loads/" + row.load_id;
    const Json& readings = at(at(state, "loads"), row.load_id);
    if (!readings.is_object()) return whole.fail(place);
    Taker load{readings, place + "/"};
    row.is_expected_on = load.boolean("expected_on");
    row.load_power_w = load.reading("power_w");
    row.load_temp_c = load.reading("temp_c");
    row.load_hashrate_ths = load.reading("hashrate_ths");
    row.load_heartbeat_age_s = load.reading("heartbeat_age_s");
    whole.fail_as(load);
}

StateRow state_row(const DecisionRow& decision, Taker& whole) {
    StateRow row;
    row.time = decision.time;
    row.block_id = decision.block_id;
    row.load_id = decision.load_id;
    row.trigger = decision.trigger;
    const Json& state = whole.object("state");
    Taker site{state, "state/"};
    row.pv_power_w = site.reading("pv_power_w");
    row.grid_import_w = site.reading("grid_import_w");
    row.grid_export_w = site.reading("grid_export_w");
    row.house_load_w = site.reading("house_load_w");
    row.battery_soc_pct = site.reading("battery_soc_pct");
    row.battery_power_w = site.reading("battery_power_w");
    row.energy_price_ct_kwh = site.reading("energy_price_ct_kwh");
    row.price_peak_ct_kwh = site.reading("price_peak_ct_kwh");
    row.pv_forecast_kw = site.reading("pv_forecast_kw");
    whole.fail_as(site);
    read_load(state, row, whole);
    row.mean_over_s = mean_over_s(decision);
    return row;
}

WordsRow words_row(const DecisionRow& decision, const char* language, Taker& whole) {
    WordsRow row;
    row.time = decision.time;
    row.decision_id = decision.decision_id;
    row.load_id = decision.load_id;
    row.language = language;
    Taker words{at(whole.object("explain"), language), std::string{"explain/"} + language + "/"};
    row.brief = words.text("short", kMostText);
    row.details = words.text("details", kMostText);
    row.counterfactual = words.text("counterfactual", kMostText);
    whole.fail_as(words);
    return row;
}

}  // namespace

core::Result<DecisionRows> rows_of_decision(const Json& json, std::int64_t seq) {
    if (at(json, "schema") != "decision/1")
        return core::Error{core::ErrorCode::BadInput, "event: \"schema\" is not decision/1"};
    Taker whole{json, ""};
    DecisionRows rows;
    rows.decision = decision_row(json, whole);
    rows.state = state_row(rows.decision, whole);
    rows.de = words_row(rows.decision, "de", whole);
    rows.en = words_row(rows.decision, "en", whole);
    if (!whole.fault().empty()) return damaged(json, whole.fault());
    rows.decision.is_explained = !rows.decision.reason.empty() && has_words(rows.de) &&
                                 has_words(rows.en) && has_comparison(json, rows.decision.rule);
    rows.decision.seq = rows.state.seq = rows.de.seq = rows.en.seq = seq;
    return rows;
}

core::Result<ValueRow> value_row(const Json& json, std::int64_t seq) {
    if (at(json, "type") != "EnergyPathDecided")
        return core::Error{core::ErrorCode::BadInput, "event: \"type\" is not EnergyPathDecided"};
    Taker whole{json, ""};
    ValueRow row;
    row.seq = seq;
    row.time = whole.time("time");
    row.block_id = whole.block("block_id");
    row.preferred = whole.text("preferred");
    if (!value_of<core::Path>(row.preferred)) whole.fail("preferred");
    row.sats_per_kwh = whole.number_or_null("sats_per_kwh");
    Taker values{whole.object("value_ct_kwh"), "value_ct_kwh/"};
    row.export_ct_kwh = values.number_or_null("export");
    row.store_ct_kwh = values.number_or_null("store");
    row.heat_ct_kwh = values.number_or_null("heat");
    row.hodl_ct_kwh = values.number_or_null("hodl");
    whole.fail_as(values);
    if (!whole.fault().empty()) return damaged(json, whole.fault());
    return row;
}

}  // namespace bitgrid::wire
