#include "mirror/record.hpp"

#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "wire/bounded_json.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::mirror {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr std::array<std::string_view, 3> kReasons{"spool_full", "journal_pruned",
                                                   "journal_replaced"};
// Numbers, codes and times. Everything else of a decision may hold a name.
constexpr std::array kKept{"type",          "schema",      "time",          "block_id",
                           "trigger",       "rule",        "action",        "rule_version",
                           "decision_code", "reason",      "level_before",  "target_level",
                           "target_w",      "valid_until", "config_version"};
constexpr wire::JsonBounds kBounds{std::size_t{4} << 20, 32};

std::string pseudonym(const std::string& load, std::string_view salt) {
    constexpr std::size_t kDigits = 8;
    return "load-" + crypto::sha256_hex(std::string{salt} + load).substr(0, kDigits);
}

nlohmann::json without_text(const nlohmann::json& votes) {
    nlohmann::json kept = nlohmann::json::array();
    for (const nlohmann::json& vote : votes) {
        nlohmann::json one = nlohmann::json::object();
        for (const char* key : {"rule", "action", "code", "reason", "facts"})
            if (vote.is_object() && vote.contains(key)) one[key] = vote[key];
        kept.push_back(std::move(one));
    }
    return kept;
}

nlohmann::json with_pseudonyms(nlohmann::json state, std::string_view salt) {
    const auto loads = state.find("loads");
    if (loads == state.end() || !loads->is_object()) return state;
    nlohmann::json renamed = nlohmann::json::object();
    for (const auto& [id, load] : loads->items()) renamed[pseudonym(id, salt)] = load;
    *loads = std::move(renamed);
    return state;
}

}  // namespace

std::string_view word(GapReason reason) { return kReasons[static_cast<std::size_t>(reason)]; }

std::optional<GapReason> gap_reason(std::string_view word) {
    for (std::size_t i = 0; i < kReasons.size(); ++i)
        if (kReasons[i] == word) return static_cast<GapReason>(i);
    return std::nullopt;
}

std::string line_of(const Contents& c) {
    return OrderedJson{{"segment",
                        {{"stream", hex_of(c.stream)},
                         {"number", c.number},
                         {"closed_at", wire::time_text(c.closed_at)},
                         {"datasets", c.datasets},
                         {"anonymised", c.is_anonymous},
                         {"rows", c.rows},
                         {"first", c.first},
                         {"last", c.last}}}}
               .dump() +
           "\n";
}

std::string line_of(const Gap& gap) {
    OrderedJson one{{"reason", word(gap.reason)}};
    if (gap.first_segment > 0) one["segments"] = {gap.first_segment, gap.last_segment};
    if (gap.first_row > 0) one["rows"] = {gap.first_row, gap.last_row};
    one["at"] = wire::time_text(gap.at);
    return OrderedJson{{"gap", std::move(one)}}.dump() + "\n";
}

std::string line_of(const Row& row) {
    return R"({"seq":)" + std::to_string(row.sequence) + R"(,"prev":")" + row.previous +
           R"(","hash":")" + row.hash + R"(","event":)" + row.json + "}\n";
}

core::Result<std::string> anonymous_line_of(const Row& row, std::string_view salt) {
    const auto event = wire::parse_json(row.json, kBounds);
    if (!event || !event->is_object() || event->value("type", "") != "DecisionEvent")
        return core::Error{core::ErrorCode::Damaged,
                           "row " + std::to_string(row.sequence) + " is no decision"};
    nlohmann::json kept = nlohmann::json::object();
    for (const char* key : kKept)
        if (event->contains(key)) kept[key] = (*event)[key];
    if (const auto load = event->find("load_id"); load != event->end() && load->is_string())
        kept["load_id"] = pseudonym(load->get<std::string>(), salt);
    if (const auto votes = event->find("votes"); votes != event->end() && votes->is_array())
        kept["votes"] = without_text(*votes);
    if (const auto state = event->find("state"); state != event->end() && state->is_object())
        kept["state"] = with_pseudonyms(*state, salt);
    return nlohmann::json{{"seq", row.sequence}, {"event", std::move(kept)}}.dump() + "\n";
}

std::string name_of(std::uint64_t number) {
    std::array<char, 32> text{};
    const int size = std::snprintf(text.data(), text.size(), "%010llu.bgm1",
                                   static_cast<unsigned long long>(number));
    return {text.data(), static_cast<std::size_t>(size)};
}

std::string hex_of(const StreamId& stream) { return crypto::hex(stream); }

}  // namespace bitgrid::mirror
