#include "mirror/progress.hpp"

#include <algorithm>
#include <limits>

#include "wire/bounded_json.hpp"

namespace bitgrid::mirror {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostGaps = 16;

core::Error unreadable(const char* what) {
    return {core::ErrorCode::Damaged, std::string{"how far the mirror is cannot be read: "} + what};
}

Json json_of(const Gap& gap) {
    return {{"reason", word(gap.reason)},
            {"first_segment", gap.first_segment},
            {"last_segment", gap.last_segment},
            {"first_row", gap.first_row},
            {"last_row", gap.last_row},
            {"at_ms", gap.at.ms},
            {"told_in", gap.told_in}};
}

Gap gap_from(const Json& json) {
    const auto reason = gap_reason(json.at("reason").get<std::string>());
    Gap gap;
    gap.reason = reason.value_or(GapReason::SpoolFull);
    json.at("first_segment").get_to(gap.first_segment);
    json.at("last_segment").get_to(gap.last_segment);
    json.at("first_row").get_to(gap.first_row);
    json.at("last_row").get_to(gap.last_row);
    json.at("at_ms").get_to(gap.at.ms);
    json.at("told_in").get_to(gap.told_in);
    return gap;
}

// Throws where a key is missing or of another type.
Progress progress_from(const Json& json) {
    Progress p;
    json.at("consent").get_to(p.consent);
    const std::string stream = json.at("stream").get<std::string>();
    const auto padded = crypto::hash_from_hex(stream + std::string(32, '0'));
    if (!padded) throw std::out_of_range{"stream"};
    std::copy_n(padded->begin(), p.stream.size(), p.stream.begin());
    json.at("salt").get_to(p.salt);
    json.at("next").get_to(p.next);
    const auto previous = crypto::hash_from_hex(json.at("previous").get<std::string>());
    if (!previous || p.next == 0) throw std::out_of_range{"previous"};
    p.previous = *previous;
    json.at("cursor").get_to(p.cursor);
    json.at("cursor_hash").get_to(p.cursor_hash);
    json.at("closed_ms").get_to(p.closed_at.ms);
    for (const Json& gap : json.at("gaps")) p.gaps.push_back(gap_from(gap));
    return p;
}

}  // namespace

std::string text_of(const Progress& p) {
    Json gaps = Json::array();
    for (const Gap& gap : p.gaps) gaps.push_back(json_of(gap));
    return Json{{"consent", p.consent},
                {"stream", hex_of(p.stream)},
                {"salt", p.salt},
                {"next", p.next},
                {"previous", crypto::hex(p.previous)},
                {"cursor", p.cursor},
                {"cursor_hash", p.cursor_hash},
                {"closed_ms", p.closed_at.ms},
                {"gaps", std::move(gaps)}}
               .dump() +
           "\n";
}

core::Result<Progress> progress_from_text(std::string_view text) try {
    const auto json = wire::parse_json(text);
    if (!json) return unreadable(json.error().what.c_str());
    return progress_from(*json);
} catch (const std::exception& error) {
    return unreadable(error.what());
}

void note(Progress& p, const Gap& gap) {
    Gap* const last = p.gaps.empty() ? nullptr : &p.gaps.back();
    const bool goes_on = last != nullptr && last->reason == gap.reason &&
                         last->last_segment + 1 >= gap.first_segment;
    if (!goes_on && p.gaps.size() < kMostGaps) {
        p.gaps.push_back(gap);
        return;
    }
    // Too many of them become one that tells too much, never too little.
    last->last_segment = std::max(last->last_segment, gap.last_segment);
    last->last_row = std::max(last->last_row, gap.last_row);
    last->at = gap.at;
    last->told_in = 0;
}

}  // namespace bitgrid::mirror
