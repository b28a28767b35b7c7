#include "app/recall.hpp"

#include "wire/bounded_json.hpp"
#include "wire/case_json.hpp"

namespace bitgrid::app {
namespace {

using Json = nlohmann::json;

constexpr wire::JsonBounds kRow{1 << 20, 64};
constexpr int kMostTogether = 100;  // loads decide together, and there are eight of them at most

// What the journal holds is no input of whoever asks.
core::Error not_repeatable(const core::Error& why) {
    return {core::ErrorCode::Damaged, "this decision cannot be computed again: " + why.what};
}

}  // namespace

core::Result<core::Config> Recall::config_of(store::JournalReader& journal,
                                             const std::string& version) {
    if (newest_ && newest_->version == version) return newest_->config;
    const auto events = journal.configurations();
    if (!events) return events.error();
    const std::string named = "\"version\":\"" + version + "\"";
    for (auto event = events->rbegin(); event != events->rend(); ++event) {
        if (event->json.find(named) == std::string::npos) continue;
        auto recorded = recorded_config(event->json);
        if (!recorded) return recorded.error();
        newest_ = std::move(*recorded);
        if (newest_->version == version) return newest_->config;
    }
    return core::Error{core::ErrorCode::NotFound,
                       "its configuration " + version.substr(0, 12) + " is not in the journal"};
}

core::Result<research::WhatIfBasis> Recall::basis_of(store::JournalReader& journal,
                                                     const std::string& row) {
    auto decision = wire::parse_json(row, kRow);
    if (!decision) return not_repeatable(decision.error());
    const auto config = config_of(journal, decision->value("config_version", ""));
    if (!config) return not_repeatable(config.error());
    auto found = wire::case_from_json(*decision, *config);
    if (!found) return not_repeatable(found.error());
    std::string id = decision->value("decision_id", "");
    return research::WhatIfBasis{std::move(found->made_of), std::move(id), {std::move(*decision)}};
}

core::Result<research::WhatIfBasis> Recall::decision(store::JournalReader& journal,
                                                     const std::string& id) {
    const auto row = journal.find_decision(id);
    if (!row) return row.error();
    return basis_of(journal, row->json);
}

core::Result<research::WhatIfBasis> Recall::newest(store::JournalReader& journal,
                                                   core::UnixTime until, const std::string& load) {
    ports::HistoryQuery query;
    query.until = until + 1;
    query.load = load;
    query.limit = 1;
    const auto rows = journal.find(query);
    if (!rows) return rows.error();
    if (rows->empty())
        return core::Error{core::ErrorCode::NotFound,
                           load.empty() ? "no decision up to then"
                                        : "no decision for load \"" + load + "\" up to then"};
    auto basis = basis_of(journal, rows->front().json);
    if (!basis) return basis;
    const core::UnixTime made = basis->moment.state.time;
    query.since = made;
    query.until = made + 1;
    query.load.clear();
    query.limit = kMostTogether;
    const auto together = journal.find(query);
    if (!together) return together.error();
    const Json trigger = basis->recorded.front()["trigger"];
    for (const ports::StoredEvent& row : *together) {
        auto other = wire::parse_json(row.json, kRow);
        if (other && other->value("trigger", Json{}) == trigger &&
            (*other)["decision_id"] != basis->decision_id)
            basis->recorded.push_back(std::move(*other));
    }
    return basis;
}

}  // namespace bitgrid::app
