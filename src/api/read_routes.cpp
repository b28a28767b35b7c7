// What the API shows.
#include <algorithm>

#include "api/api_server.hpp"
#include "api/metrics.hpp"
#include "wire/bounded_json.hpp"
#include "wire/decision_json.hpp"
#include "wire/live_json.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::api {
namespace {

using Json = nlohmann::json;

constexpr wire::JsonBounds kStored{4 << 20, 64};

// A decision as the journal has it, with its place in the chain.
std::optional<Json> stored_json(const ports::StoredEvent& stored, bool with_state) {
    auto json = wire::parse_json(stored.json, kStored);
    if (!json) return std::nullopt;
    (*json)["sequence"] = stored.sequence;
    (*json)["prev_hash"] = stored.prev_hash;
    (*json)["hash"] = stored.hash;
    if (!with_state) {
        json->erase("state");
        json->erase("memory");
    }
    return std::move(*json);
}

Problem not_found(const std::string& what, const std::string& which) {
    return {404, "NOT_FOUND", "there is no " + what + " \"" + which.substr(0, 60) + "\""};
}

Problem journal_problem(const core::Error& error) {
    if (error.code == core::ErrorCode::NotFound) return {404, "NOT_FOUND", error.what};
    return {503, "JOURNAL_UNAVAILABLE", "the journal cannot be read: " + error.what};
}

// A time of the query as the text that `time_text` would write, or milliseconds.
std::optional<core::UnixTime> time_of(const Call& call, const char* key, Problem& problem) {
    const std::string text = call.query_or(key, "");
    if (text.empty()) return core::UnixTime{};
    const auto time = wire::parse_time(text);
    if (time) return *time;
    problem = {400, "BAD_QUERY", std::string{key} + ": " + time.error().what};
    return std::nullopt;
}

}  // namespace

void ApiServer::get_state(const Call& call) { call.responder->answer(json_response(state_text())); }
void ApiServer::get_loads(const Call& call) { call.answer({{"items", live()["loads"]}}); }

void ApiServer::get_load(const Call& call) {
    const Json now = live();
    for (const Json& load : now["loads"])
        if (load["id"] == call.param) return call.answer(load);
    call.refuse(not_found("load", call.param));
}

void ApiServer::get_timeline(const Call& call) {
    Problem problem;
    const auto since = time_of(call, "since", problem);
    const auto until = time_of(call, "until", problem);
    const auto limit = whole_number(call, "limit", 50, {1, 1000}, problem);
    const auto cursor = whole_number(call, "cursor", 0, {0, INT64_MAX}, problem);
    if (!since || !until || !limit || !cursor) return call.refuse(problem);
    ports::HistoryQuery query;
    query.since = *since;
    query.until = *until;
    if (query.until.ms != 0 && query.until < query.since)
        return call.refuse({400, "BAD_QUERY", "\"until\" must not be before \"since\""});
    query.load = call.query_or("load", "");
    query.code = call.query_or("code", "");
    query.limit = static_cast<int>(*limit);
    query.before = *cursor;
    parts_.history.find(query, [call, limit = query.limit](
                                   const core::Result<std::vector<ports::StoredEvent>>& found) {
        if (!found) return call.refuse(journal_problem(found.error()));
        Json items = Json::array();
        for (const ports::StoredEvent& stored : *found)
            if (auto json = stored_json(stored, false)) items.push_back(std::move(*json));
        const bool has_more = static_cast<int>(found->size()) == limit;
        call.answer({{"items", std::move(items)},
                     {"next_cursor", has_more ? Json(found->back().sequence) : Json{}}});
    });
}

void ApiServer::get_decision(const Call& call) {
    parts_.history.find_decision(
        call.param, [call](const core::Result<ports::StoredEvent>& stored) {
            if (!stored) return call.refuse(journal_problem(stored.error()));
            const auto json = stored_json(*stored, true);
            if (!json)
                return call.refuse({503, "JOURNAL_UNAVAILABLE", "the stored decision is damaged"});
            call.answer(*json);
        });
}

void ApiServer::get_explanation(const Call& call) {
    const std::string lang = call.query_or("lang", "en");
    if (lang != "de" && lang != "en")
        return call.refuse({400, "BAD_QUERY", "\"lang\" must be de or en"});
    parts_.history.find_decision(
        call.param, [call, lang](const core::Result<ports::StoredEvent>& stored) {
            if (!stored) return call.refuse(journal_problem(stored.error()));
            const auto json = stored_json(*stored, false);
            if (!json || !json->contains("explain"))
                return call.refuse({503, "JOURNAL_UNAVAILABLE", "the stored decision is damaged"});
            Json text = (*json)["explain"][lang];
            text["decision_id"] = (*json)["decision_id"];
            text["code"] = (*json)["decision_code"];
            text["lang"] = lang;
            call.answer(text);
        });
}

void ApiServer::get_energy_paths(const Call& call) { call.answer(live()["energy_path"]); }

void ApiServer::get_devices(const Call& call) {
    const Json health = live()["health"];
    Json devices = Json::array();
    for (const Json& part : health["parts"])
        if (part["part"].get_ref<const std::string&>().starts_with("device/"))
            devices.push_back(part);
    call.answer({{"items", std::move(devices)}});
}

void ApiServer::get_health(const Call& call) { call.answer(live()["health"]); }

void ApiServer::get_ready(const Call& call) {
    const ports::LiveView view = parts_.house.look();
    if (view.is_ready) return call.answer({{"ready", true}});
    const auto text = view.waits_for.value_or(core::Explanation{});
    call.refuse({503, "NOT_READY", text.en.brief, {{"explain", wire::explanation_json(text)}}, 10});
}

void ApiServer::get_live(const Call& call) { call.answer({{"live", true}}); }

void ApiServer::get_config(const Call& call) {
    const ports::LiveView view = parts_.house.look();
    call.answer({{"number", view.config_number},
                 {"version", view.config_version},
                 {"files", parts_.config}});
}

void ApiServer::get_metrics(const Call& call) {
    net::ServerResponse response = net::ServerResponse::of(
        200, "text/plain; version=0.0.4; charset=utf-8",
        metrics_text(parts_.house.look(), parts_.house.config(), {feed_.readers()}));
    response.headers.emplace_back("Cache-Control", "no-store");
    call.responder->answer(std::move(response));
}

void ApiServer::get_version(const Call& call) {
    const ports::LiveView view = parts_.house.look();
    call.answer({{"program", view.program_version}, {"api", "1"}, {"config", view.config_version}});
}

}  // namespace bitgrid::api
