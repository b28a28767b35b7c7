#include "wire/votes_text.hpp"

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

namespace bitgrid::wire {
namespace {

// The shortest form that reads back the same, as the JSON library itself writes it.
void append_number(double value, std::string& text) {
    if (!std::isfinite(value)) {
        text += "null";
        return;
    }
    std::array<char, 64> room;
    text.append(room.data(),
                nlohmann::detail::to_chars(room.data(), room.data() + room.size(), value));
}

void append_word(std::string_view word, std::string& text) {
    text += '"';
    text += word;
    text += '"';
}

// Keys in their sorted order; no word of ours needs an escape.
void append_fact(const core::Fact& fact, std::string& text) {
    text += "{\"bound\":";
    append_number(fact.bound, text);
    text += ",\"bound_name\":";
    append_word(core::name_of(fact.bound_id), text);
    text += fact.holds ? ",\"holds\":true" : ",\"holds\":false";
    text += ",\"name\":";
    append_word(core::name_of(fact.measure), text);
    text += ",\"op\":";
    append_word(core::name_of(fact.op), text);
    text += ",\"unit\":";
    append_word(core::unit_of(fact.measure), text);
    text += ",\"value\":";
    append_number(fact.value, text);
    text += '}';
}

void append_vote(const core::Vote& vote, std::string& text) {
    const core::CodeSpec* spec = vote.is_binding ? &core::spec_of(vote.code) : nullptr;
    const auto word_or_null = [&](std::string_view word) {
        if (spec != nullptr) append_word(word, text);
        else text += "null";
    };
    text += "{\"action\":";
    word_or_null(spec != nullptr ? core::name_of(spec->action) : "");
    text += ",\"code\":";
    word_or_null(spec != nullptr ? spec->name : "");
    text += ",\"facts\":[";
    bool is_first = true;
    for (const core::Fact& fact : vote.facts) {
        if (!std::exchange(is_first, false)) text += ',';
        append_fact(fact, text);
    }
    text += "],\"reason\":";
    word_or_null(spec != nullptr ? spec->reason : "");
    text += ",\"rule\":";
    append_word(core::name_of(vote.rule), text);
    text += '}';
}

}  // namespace

void append_votes_text(const core::Votes& votes, std::string& text) {
    text += '[';
    bool is_first = true;
    for (const core::Vote& vote : votes) {
        if (!std::exchange(is_first, false)) text += ',';
        append_vote(vote, text);
    }
    text += ']';
}

}  // namespace bitgrid::wire
