#include "research/what_if.hpp"

#include <algorithm>

#include "research/what_if_fields.hpp"
#include "wire/decision_json.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::research {
namespace {

using Json = nlohmann::json;

core::Result<std::optional<std::size_t>> only_load(const WhatIfBasis& basis,
                                                   const std::string& wanted) {
    if (wanted.empty()) return std::optional<std::size_t>{};
    std::string known;
    const core::Case& moment = basis.moment;
    for (std::size_t i = 0; i < moment.config.loads.size(); ++i) {
        if (!moment.occasion.concerns(i)) continue;
        if (moment.config.loads[i].id == wanted) return std::optional{i};
        known += (known.empty() ? "" : ", ") + moment.config.loads[i].id;
    }
    return core::Error{core::ErrorCode::BadInput,
                       "\"load\": \"" + wanted.substr(0, 60) +
                           "\" was not judged in this moment; allowed: " + known};
}

Json told(core::DecisionEvent event, const core::Config& config, const ports::Narrator& narrator) {
    event.text = narrator.decision(config, event);
    return wire::decision_json(event, config, false);
}

// Rules differ in every bound; what counts is what they do.
bool is_same_choice(const Json& one, const Json& other) {
    return one["decision_code"] == other["decision_code"] &&
           one["target_level"] == other["target_level"];
}

const Json* recorded_of(const WhatIfBasis& basis, const std::string& load_id) {
    for (const Json& decision : basis.recorded)
        if (decision.value("load_id", "") == load_id) return &decision;
    return nullptr;
}

Json without_state(Json decision) {
    decision.erase("state");
    decision.erase("memory");
    return decision;
}

}  // namespace

core::Result<Json> what_if(const WhatIfBasis& basis, const WhatIfRequest& request,
                           const ports::Narrator& narrator) {
    const auto only = only_load(basis, request.load);
    if (!only) return only.error();
    core::Case changed = basis.moment;
    auto changes = suppose(request, changed);
    if (!changes) return changes.error();
    const auto before = core::judge(basis.moment, *only);
    const auto after = core::judge(changed, *only);

    Json loads = Json::array();
    for (std::size_t i = 0; i < before.size(); ++i) {
        Json now = told(before[i], basis.moment.config, narrator);
        Json then = told(after[i], changed.config, narrator);
        const Json* recorded = recorded_of(basis, before[i].load_id);
        const bool repeats = recorded == nullptr || is_same_choice(*recorded, now);
        if (recorded != nullptr) now = without_state(*recorded);
        const bool is_same = is_same_choice(now, then);
        loads.push_back({{"load_id", before[i].load_id},
                         {"same", is_same},
                         {"repeats", repeats},
                         {"before", std::move(now)},
                         {"after", std::move(then)},
                         {"fields", what_if_fields(basis.moment, before[i], after[i])}});
    }
    const bool is_recorded = !basis.decision_id.empty();
    return Json{{"preview", true},
                {"basis", is_recorded ? "decision" : "now"},
                {"decision_id", is_recorded ? Json(basis.decision_id) : Json{}},
                {"time", wire::time_text(basis.moment.state.time)},
                {"changes", std::move(*changes)},
                {"loads", std::move(loads)}};
}

}  // namespace bitgrid::research
