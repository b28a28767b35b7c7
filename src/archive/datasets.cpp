#include "archive/datasets.hpp"

#include "wire/bounded_json.hpp"
#include "wire/minutes_json.hpp"
#include "wire/past_from_event.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::archive {
namespace {

constexpr std::size_t kDayLength = 10;

core::Result<void> sort_decision(const nlohmann::json& json, std::int64_t seq,
                                 const InputsOf& inputs_of, DayRows& rows) {
    auto made = wire::rows_of_decision(json, seq);
    if (!made) return made.error();
    made->decision.inputs = inputs_of(json);
    rows.decisions.push_back(std::move(made->decision));
    rows.states.push_back(std::move(made->state));
    rows.words.push_back(std::move(made->de));
    rows.words.push_back(std::move(made->en));
    return {};
}

core::Result<void> sort_event(const wire::EventRow& event, const InputsOf& inputs_of,
                              DayRows& rows) {
    const bool is_decision = event.type == "DecisionEvent";
    const bool is_minutes = event.type == "MinutesMeasured";
    if (!is_decision && !is_minutes && event.type != "EnergyPathDecided") return {};
    const auto json = wire::parse_json(event.canonical);
    if (!json) return json.error();
    if (is_decision) return sort_decision(*json, event.seq, inputs_of, rows);
    if (is_minutes) {
        auto minutes = wire::rows_of_minutes(*json, event.seq);
        if (!minutes) return minutes.error();
        rows.states.insert(rows.states.end(), std::make_move_iterator(minutes->begin()),
                           std::make_move_iterator(minutes->end()));
        return {};
    }
    auto value = wire::value_row(*json, event.seq);
    if (!value) return value.error();
    rows.values.push_back(std::move(*value));
    return {};
}

}  // namespace

DayRows sorted(std::vector<wire::EventRow> events, const InputsOf& inputs_of) {
    DayRows rows;
    for (const wire::EventRow& event : events)
        if (const auto done = sort_event(event, inputs_of, rows); !done && rows.unreadable.empty())
            rows.unreadable = "event " + std::to_string(event.seq) + ": " + done.error().what;
    rows.events = std::move(events);
    return rows;
}

std::string day_of(core::UnixTime time) { return wire::time_text(time).substr(0, kDayLength); }

}  // namespace bitgrid::archive
