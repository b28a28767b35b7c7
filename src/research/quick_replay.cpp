#include "research/quick_replay.hpp"

#include <algorithm>
#include <bit>

#include "wire/votes_text.hpp"
#include "wire/words.hpp"

namespace bitgrid::research {
namespace {

std::optional<std::size_t> index_of(const core::Config& config, const std::string& load) {
    for (std::size_t i = 0; i < config.loads.size(); ++i)
        if (config.loads[i].id == load) return i;
    return std::nullopt;
}

core::Error unknown_load(const std::string& load) {
    return {core::ErrorCode::BadInput, "no load \"" + load + "\" in the configuration"};
}

core::Result<wire::Moment> inputs_of(const wire::DecisionRow& row, const core::Config& recorded) {
    if (row.inputs.bytes.empty())
        return core::Error{core::ErrorCode::NotFound,
                           "it was sealed without its configuration: only its text is kept"};
    auto moment = wire::unpack(row.inputs.bytes);
    if (!moment) return moment;
    if (moment->state.loads.size() != recorded.loads.size() ||
        moment->memory.loads.size() != recorded.loads.size())
        return core::Error{core::ErrorCode::Damaged,
                           "its inputs do not fit the configuration of its day"};
    return moment;
}

// The loads of the recorded day in the order of another configuration.
core::Result<wire::Moment> in_order_of(const core::Config& other, const core::Config& recorded,
                                       const wire::Moment& moment) {
    wire::Moment ordered = moment;
    ordered.state.loads.clear();
    ordered.memory.loads.clear();
    for (const core::LoadConfig& load : other.loads) {
        const auto index = index_of(recorded, load.id);
        if (!index) return unknown_load(load.id);
        ordered.state.loads.push_back(moment.state.loads[*index]);
        ordered.memory.loads.push_back(moment.memory.loads[*index]);
    }
    return ordered;
}

core::Result<core::LoadDecision> decide_again(const wire::DecisionRow& row,
                                              const core::Config& config,
                                              const wire::Moment& moment) {
    const auto index = index_of(config, row.load_id);
    if (!index) return unknown_load(row.load_id);
    const auto trigger = wire::value_of<core::Trigger>(row.trigger);
    if (!trigger) return core::Error{core::ErrorCode::Damaged, "its trigger is none"};
    const core::Occasion occasion = *trigger == core::Trigger::BlockTick
                                        ? core::Occasion::tick()
                                        : core::Occasion::between_blocks(*trigger, *index);
    const core::Outcome outcome = core::decide(config, moment.memory, moment.state, occasion);
    for (const core::LoadDecision& made : outcome.decisions)
        if (made.load == *index) return made;
    return core::Error{core::ErrorCode::Damaged, "the rules say nothing about this load"};
}

bool is_same_number(const std::optional<double>& recorded, double now) {
    if (!(now - now == 0)) return !recorded;
    return recorded && std::bit_cast<std::uint64_t>(*recorded) == std::bit_cast<std::uint64_t>(now);
}

std::string missing_of(core::SignalSet missing) {
    std::string text;
    for (const core::SignalSpec& signal : core::kSignals)
        if (missing.has(signal.signal)) text.append(text.empty() ? "" : ",").append(signal.name);
    return text;
}

bool is_same_choice(const wire::DecisionRow& row, const core::LoadDecision& now) {
    return row.decision_code == core::name_of(now.code) &&
           row.target_level == wire::word(now.target.level);
}

bool is_same(const wire::DecisionRow& row, const core::LoadDecision& now,
             const core::Config& config) {
    const double target_w = core::power_at(config.loads[now.load], now.target).value;
    const std::string_view mode =
        now.mode == core::Mode::None ? std::string_view{} : wire::word(now.mode);
    if (!is_same_choice(row, now) || row.level_before != wire::word(now.before.level) ||
        !is_same_number(row.target_w, target_w) ||
        !is_same_number(row.surplus_kw, now.surplus_kw) || row.mode != mode ||
        row.proposal != (now.proposal ? core::name_of(*now.proposal) : std::string_view{}) ||
        row.missing != missing_of(now.missing))
        return false;
    thread_local std::string votes;
    votes.clear();
    wire::append_votes_text(now.votes, votes);
    return row.votes == votes;
}

}  // namespace

core::Result<QuickReplayed> quick_replay(const wire::DecisionRow& row,
                                         const core::Config& recorded) {
    const auto moment = inputs_of(row, recorded);
    if (!moment) return moment.error();
    const auto now = decide_again(row, recorded, *moment);
    if (!now) return now.error();
    return QuickReplayed{*now, is_same(row, *now, recorded)};
}

core::Result<QuickReplayed> quick_replay(const wire::DecisionRow& row, const core::Config& recorded,
                                         const core::Config& other) {
    const auto moment = inputs_of(row, recorded);
    if (!moment) return moment.error();
    const auto ordered = in_order_of(other, recorded, *moment);
    if (!ordered) return ordered.error();
    const auto now = decide_again(row, other, *ordered);
    if (!now) return now.error();
    return QuickReplayed{*now, is_same_choice(row, *now)};
}

}  // namespace bitgrid::research
