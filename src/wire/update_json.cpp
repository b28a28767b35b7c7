#include "wire/update_json.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "wire/time_text.hpp"

namespace bitgrid::wire {
namespace {

using Json = nlohmann::json;

constexpr const char* kSchema = "update-state/1";
constexpr std::size_t kMostListed = 200;
constexpr std::array<const char*, kUpdateSteps> kSteps{
    "verifying", "unpacking", "trying",    "backing_up", "replaying", "testing",  "waiting",
    "stopping",  "saving",    "switching", "starting",   "watching",  "returning"};
constexpr std::array<const char*, 4> kOutcomes{"under_way", "done", "given_up", "returned"};

core::Error bad(const std::string& key, const char* allowed) {
    return {core::ErrorCode::BadInput, "\"" + key + "\" must be " + allowed};
}

template <std::size_t Size>
std::optional<std::size_t> place_of(const Json& json, const char* key,
                                    const std::array<const char*, Size>& words) {
    const auto it = json.find(key);
    if (it == json.end() || !it->is_string()) return std::nullopt;
    const auto at = std::ranges::find(words, it->get<std::string>());
    if (at == words.end()) return std::nullopt;
    return static_cast<std::size_t>(at - words.begin());
}

/// Reads fields; the first that is not as it must be is kept.
class Reading {
public:
    explicit Reading(const Json& json) : json_{json} {}

    std::string text(const char* key) {
        const auto it = json_.find(key);
        if (it == json_.end() || !it->is_string()) return fail(key), std::string{};
        return it->get<std::string>();
    }
    core::UnixTime time(const char* key) {
        const auto it = json_.find(key);
        if (it != json_.end() && it->is_null()) return {};
        const auto read = parse_time(text(key));
        if (!read) fail(key);
        return read ? *read : core::UnixTime{};
    }
    std::int64_t number(const char* key) {
        const auto it = json_.find(key);
        if (it == json_.end() || !it->is_number_integer()) return fail(key), 0;
        return it->get<std::int64_t>();
    }
    bool flag(const char* key) {
        const auto it = json_.find(key);
        if (it == json_.end() || !it->is_boolean()) return fail(key), false;
        return it->get<bool>();
    }
    template <class Value>
    std::vector<Value> list(const char* key, bool (Json::*is_it)() const noexcept) {
        std::vector<Value> all;
        const auto it = json_.find(key);
        if (it == json_.end() || !it->is_array() || it->size() > kMostListed) return fail(key), all;
        for (const Json& one : *it) {
            if (!(one.*is_it)()) return fail(key), all;
            all.push_back(one.get<Value>());
        }
        return all;
    }
    void fail(const char* key) {
        if (fault_.empty()) fault_ = key;
    }
    const std::string& fault() const { return fault_; }

private:
    const Json& json_;
    std::string fault_;
};

Json time_or_null(core::UnixTime time) { return time.ms == 0 ? Json{} : Json(time_text(time)); }

}  // namespace

const char* word(UpdateStep step) { return kSteps[static_cast<std::size_t>(step)]; }
const char* word(UpdateOutcome outcome) { return kOutcomes[static_cast<std::size_t>(outcome)]; }

Json update_json(const UpdateState& s) {
    return {{"schema", kSchema},
            {"step", word(s.step)},
            {"outcome", word(s.outcome)},
            {"from", s.from},
            {"to", s.to},
            {"began", time_or_null(s.began)},
            {"ended", time_or_null(s.ended)},
            {"why", s.why},
            {"backup", s.backup},
            {"last_event", s.last_event},
            {"was_ready", s.was_ready},
            {"errors", s.errors},
            {"is_held", s.is_held},
            {"down_ms", s.down_ms},
            {"took_ms", s.took_ms}};
}

core::Result<UpdateState> update_from_json(const Json& json) {
    if (!json.is_object()) return core::Error{core::ErrorCode::BadInput, "it must be an object"};
    Reading read{json};
    if (read.text("schema") != kSchema) return bad("schema", kSchema);
    const auto step = place_of(json, "step", kSteps);
    if (!step) return bad("step", "a step of an update");
    const auto outcome = place_of(json, "outcome", kOutcomes);
    if (!outcome) return bad("outcome", "under_way, done, given_up or returned");
    UpdateState s;
    s.step = static_cast<UpdateStep>(*step);
    s.outcome = static_cast<UpdateOutcome>(*outcome);
    s.from = read.text("from");
    s.to = read.text("to");
    s.began = read.time("began");
    s.ended = read.time("ended");
    s.why = read.text("why");
    s.backup = read.text("backup");
    s.last_event = read.number("last_event");
    s.was_ready = read.flag("was_ready");
    s.errors = read.list<std::string>("errors", &Json::is_string);
    s.is_held = read.flag("is_held");
    s.down_ms = read.number("down_ms");
    s.took_ms = read.list<std::int64_t>("took_ms", &Json::is_number_integer);
    if (!read.fault().empty()) return bad(read.fault(), "as `bitgrid update` writes it");
    return s;
}

}  // namespace bitgrid::wire
