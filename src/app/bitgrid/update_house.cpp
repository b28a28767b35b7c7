#include "app/bitgrid/update_house.hpp"

#include "store/journal_reader.hpp"
#include "wire/bounded_json.hpp"

namespace bitgrid::app {
namespace {

using Json = nlohmann::json;

constexpr int kStopMinutes = 15;
constexpr int kRows = 1'000;

core::Result<void> post(const Daemon& daemon, const std::string& path, const Json& body) {
    const auto answer = daemon.ask("POST", path, body);
    if (!answer) return answer.error();
    if (answer->is_good()) return {};
    return core::Error{core::ErrorCode::Refused,
                       daemon.url() + " refuses: " + answer->body.value("code", "no code")};
}

void read_state(const Json& state, HouseSeen& seen) {
    seen.is_ready = state.value("ready", false);
    for (const Json& part : state.at("health").at("parts"))
        if (part.value("status", "") == "error") seen.errors.insert(part.value("part", ""));
    for (const Json& load : state.at("loads"))
        if (load.value("running", false))
            seen.running.push_back(load.value("name", load.value("id", "")));
}

std::string database_of(const std::string& data) { return data + "/bitgrid.sqlite"; }

bool is_stop(const ports::StoredEvent& event) {
    if (event.type == "SafetyTripped") return true;
    if (event.type != "EmergencyChanged" && event.type != "OverrideSet") return false;
    const auto json = wire::parse_json(event.json, {std::size_t{1} << 20, 32});
    if (!json) return true;
    const bool is_emergency = event.type == "EmergencyChanged";
    const auto told = json->find(is_emergency ? "on" : "action");
    return told == json->end() || (is_emergency ? *told != false : *told == "STOP");
}

}  // namespace

HouseSeen look_at_house(const Daemon& daemon) {
    HouseSeen seen;
    const auto state = daemon.ask("GET", "/state");
    if (!state) return seen.trouble = state.error().what, seen;
    if (!state->is_good()) {
        seen.trouble = daemon.url() + " refuses (" + state->body.value("code", "no code") +
                       "); --token-file names the file with a token";
        return seen;
    }
    const auto version = daemon.ask("GET", "/version");
    if (!version || !version->is_good()) {
        seen.trouble = daemon.url() + " does not tell its version";
        return seen;
    }
    try {
        seen.version = version->body.value("program", "");
        read_state(state->body, seen);
        seen.answers = true;
    } catch (const Json::exception&) {  // of a version that speaks otherwise
        seen.trouble = daemon.url() + " answers, but not as this program understands it";
    }
    return seen;
}

core::Result<void> order_all_off(const Daemon& daemon) {
    return post(daemon, "/override", {{"action", "STOP"}, {"duration_min", kStopMinutes}});
}
core::Result<void> hold_all_off(const Daemon& daemon) {
    return post(daemon, "/emergency-stop", Json::object());
}

std::int64_t newest_event(const std::string& data) {
    auto journal = store::JournalReader::open(database_of(data));
    if (!journal) return 0;
    const auto ends = journal->ends();
    return ends ? ends->second : 0;
}

core::Result<std::int64_t> tables_of(const std::string& data) {
    auto database = store::Database::open(database_of(data), store::Database::Access::Read);
    if (!database) return std::int64_t{0};
    return database->number("PRAGMA user_version");
}

bool has_stop_since(const std::string& data, std::int64_t last_event) {
    auto journal = store::JournalReader::open(database_of(data));
    if (!journal) return true;
    bool is_emergency = false, is_stopped = false;
    for (;;) {
        const auto events = journal->events_after(last_event, kRows);
        if (!events) return true;
        if (events->empty()) return is_emergency || is_stopped;
        for (const ports::StoredEvent& event : *events) {
            if (event.type == "EmergencyChanged") is_emergency = is_stop(event);
            else is_stopped = is_stopped || is_stop(event);
        }
        last_event = events->back().sequence;
    }
}

}  // namespace bitgrid::app
