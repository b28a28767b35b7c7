#include "research/kpi/past_rows.hpp"

#include <algorithm>
#include <map>

#include "wire/bounded_json.hpp"

namespace bitgrid::research {
namespace {

constexpr std::string_view kTick = "BLOCK_TICK";
constexpr std::string_view kOff = "off";

std::optional<std::size_t> index_of(const KpiFacts& facts, const std::string& load_id) {
    const auto found = std::ranges::find(facts.loads, load_id, &KpiFacts::Load::id);
    if (found == facts.loads.end()) return std::nullopt;
    return static_cast<std::size_t>(found - facts.loads.begin());
}

// Every load of the configuration is judged on every tick: one without a row was not there.
HouseRecord empty_record(const wire::StateRow& row, std::size_t loads) {
    HouseRecord record;
    record.block = row.block_id - 1;
    record.pv_w = or_unknown(row.pv_power_w);
    record.house_w = or_unknown(row.house_load_w);
    record.import_w = or_unknown(row.grid_import_w);
    record.export_w = or_unknown(row.grid_export_w);
    record.battery_w = or_unknown(row.battery_power_w);
    for (std::size_t i = 0; i < loads; ++i) record.loads.push_back({0, kUnknown});
    return record;
}

LoadRecord load_record(const wire::StateRow& row) {
    const bool is_silent_and_off = !row.load_power_w && !row.is_expected_on;
    return {is_silent_and_off ? 0 : or_unknown(row.load_power_w), or_unknown(row.load_temp_c)};
}

// What a kWh is worth is recorded while there is surplus and moves slowly: it holds on that day.
class Worth {
public:
    explicit Worth(const std::vector<wire::ValueRow>& rows) : rows_{rows} {}

    void enter(HouseRecord& record) {
        while (next_ < rows_.size() && rows_[next_].block_id <= record.block) ++next_;
        if (next_ == 0) return;
        const wire::ValueRow& row = rows_[next_ - 1];
        record.sats_per_kwh = or_unknown(row.sats_per_kwh);
        record.value_ct_kwh = {or_unknown(row.export_ct_kwh), or_unknown(row.store_ct_kwh),
                               or_unknown(row.heat_ct_kwh), or_unknown(row.hodl_ct_kwh)};
    }

private:
    const std::vector<wire::ValueRow>& rows_;
    std::size_t next_{0};
};

DecisionRecord decision_record(const wire::DecisionRow& row, std::size_t load) {
    const auto code = core::code_named(row.decision_code);
    return {load,
            row.block_id,
            row.time,
            code.value_or(core::Code::Noop_Autonomy_NO_CHANGE),
            row.level_before != kOff,
            row.target_level != kOff,
            row.trigger == kTick,
            row.seq > 0,
            row.is_explained};
}

/// The blocks of a stretch that were decided, and those that were for every load.
class Trace {
public:
    explicit Trace(std::int64_t block_ms, Stretch stretch) : block_ms_{block_ms} {
        first_ = (stretch.from.ms + block_ms - 1) / block_ms;
        end_ = std::max((stretch.to.ms + block_ms - 1) / block_ms, first_);
    }
    void see(const wire::DecisionRow& row) {
        if (row.block_id < first_ || row.block_id >= end_) return;
        Block& block = blocks_[row.block_id];
        block.version = &row.config_version;
        int& most = most_loads_[row.config_version];
        most = std::max(most, ++block.loads);
    }
    void enter(Tally& tally) const {
        std::int64_t whole = 0;
        for (const auto& [id, block] : blocks_)
            whole += block.loads >= most_loads_.at(*block.version) ? 1 : 0;
        tally.traced((end_ - first_) * block_ms_, std::ssize(blocks_) * block_ms_,
                     whole * block_ms_);
    }
    std::int64_t decided_ms() const { return std::ssize(blocks_) * block_ms_; }

private:
    struct Block {
        int loads{0};
        const std::string* version{nullptr};
    };
    std::int64_t block_ms_;
    core::BlockId first_{}, end_{};
    std::map<core::BlockId, Block> blocks_;
    std::map<std::string, int> most_loads_;  ///< by version of the configuration
};

void enter_safety(const PastRows& rows, std::int64_t watched_ms, Tally& tally) {
    if (!rows.has_events) return;
    std::map<std::string, core::UnixTime> stops;
    for (const wire::DecisionRow& row : rows.decisions)
        if (row.rule == "R3" && !row.command_id.empty()) stops[row.command_id] = row.time;
    int too_hot = 0;
    for (const wire::EventRow& event : rows.events) {
        too_hot += event.type == "SafetyTripped" && event.code == "STOP_R3_OVERTEMP" ? 1 : 0;
        if (event.type != "CommandConfirmed" || stops.empty()) continue;
        const auto json = wire::parse_json(event.canonical);
        if (!json || !json->is_object() || !json->contains("command_id")) continue;
        const auto& id = (*json)["command_id"];
        const auto stop = id.is_string() ? stops.find(id.get<std::string>()) : stops.end();
        if (stop != stops.end())
            tally.safety_reacted(static_cast<double>(event.time - stop->second));
    }
    tally.watched(watched_ms, too_hot);
}

}  // namespace

KpiFacts with_loads_of(KpiFacts facts, const PastRows& rows) {
    for (const wire::StateRow& row : rows.states)
        if (!index_of(facts, row.load_id) && facts.loads.size() < core::kMaxLoads)
            facts.loads.push_back({row.load_id});
    return facts;
}

std::vector<HouseRecord> records_of(const PastRows& rows, const KpiFacts& facts) {
    std::vector<HouseRecord> records;
    Worth worth{rows.values};
    for (const wire::StateRow& row : rows.states) {
        if (row.trigger != kTick) continue;
        if (records.empty() || records.back().block != row.block_id - 1) {
            records.push_back(empty_record(row, facts.loads.size()));
            worth.enter(records.back());
        }
        if (const auto load = index_of(facts, row.load_id))
            records.back().loads[*load] = load_record(row);
    }
    return records;
}

KpiParts parts_of(const PastRows& rows, KpiFacts given, Stretch stretch) {
    Tally tally{with_loads_of(std::move(given), rows)};
    for (const HouseRecord& record : records_of(rows, tally.facts())) tally.measured(record);
    Trace trace{tally.facts().block_ms, stretch};
    for (const wire::DecisionRow& row : rows.decisions) {
        const auto load = index_of(tally.facts(), row.load_id);
        if (!load) continue;
        tally.decided(decision_record(row, *load));
        if (row.trigger == kTick) trace.see(row);
    }
    trace.enter(tally);
    enter_safety(rows, trace.decided_ms(), tally);
    return tally.parts();
}

}  // namespace bitgrid::research
