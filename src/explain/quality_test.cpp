// The gates that every text must pass, over texts of all codes in random houses.
#include <gtest/gtest.h>

#include <bit>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "explain/corpus.hpp"
#include "explain/embedded_locales.hpp"
#include "explain/narrator.hpp"
#include "explain/numbers.hpp"

using namespace bitgrid;
using explain::Told;

namespace {

constexpr std::size_t kPerCode = 200;

const std::map<core::Code, std::vector<Told>>& reached() {
    static const auto events =
        explain::Corpus{615}.by_code(kPerCode, core::code_count() - 1, 200'000);
    return events;
}

/// Some rule always has something to say, as long as nothing is missing: kept for what may come.
constexpr std::string_view kUnreached = "NOOP_NO_CHANGE";

struct Language {
    std::string_view name;
    core::ExplanationText core::Explanation::*text;
};
const Language kLanguages[] = {{"de", &core::Explanation::de}, {"en", &core::Explanation::en}};

template <class Check>
void each_text(Check&& check) {
    const explain::Narrator narrator;
    for (const auto& [code, events] : reached()) {
        for (const Told& told : events) {
            const core::Explanation text = narrator.decision(told.config, told.event);
            for (const Language& language : kLanguages) {
                const core::ExplanationText& t = text.*language.text;
                SCOPED_TRACE(std::string{core::name_of(code)} + " " + t.brief + " | " + t.details +
                             " | " + t.counterfactual);
                check(language.name, told, t);
                if (testing::Test::HasFailure()) return;
            }
        }
    }
}

nlohmann::json locale(std::string_view language) {
    return nlohmann::json::parse(explain::embedded_locale(language));
}

std::set<std::string> slots_of(const std::string& text) {
    static const std::regex kSlot{R"(\{(\w+)\})"};
    return {std::sregex_token_iterator{text.begin(), text.end(), kSlot, 1}, {}};
}

std::vector<std::string> pieces_of(const std::string& text, auto&& is_end) {
    std::vector<std::string> pieces{""};
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!is_end(i)) pieces.back() += text[i];
        else if (!pieces.back().empty()) pieces.emplace_back();
    }
    if (pieces.back().empty()) pieces.pop_back();
    return pieces;
}

bool is_within_number(const std::string& text, std::size_t i) {
    return i > 0 && i + 1 < text.size() && std::isdigit(text[i - 1]) && std::isdigit(text[i + 1]);
}

std::vector<std::string> words_of(const std::string& text) {
    return pieces_of(text, [&](std::size_t i) {
        return std::string_view{" (),.:;"}.find(text[i]) != std::string_view::npos &&
               !is_within_number(text, i);
    });
}

std::vector<std::string> sentences_of(const std::string& text) {
    return pieces_of(text, [&](std::size_t i) {
        return std::string_view{".?!"}.find(text[i]) != std::string_view::npos &&
               !is_within_number(text, i);
    });
}

/// Groups of vowels; a silent e at the end of an English word does not count.
int syllables_of(std::string word, bool is_english) {
    for (const std::string_view umlaut : {"ä", "ö", "ü", "Ü", "Ä", "Ö"})
        for (auto at = word.find(umlaut); at != std::string::npos; at = word.find(umlaut))
            word.replace(at, umlaut.size(), "a");
    int groups = 0;
    bool was_vowel = false;
    for (const char c : word) {
        const bool is_vowel = std::string_view{"aeiouyAEIOUY"}.find(c) != std::string_view::npos;
        groups += is_vowel && !was_vowel ? 1 : 0;
        was_vowel = is_vowel;
    }
    if (is_english && word.size() > 3 && word.ends_with('e') && !word.ends_with("le")) --groups;
    return std::max(groups, 1);
}

double ease_of(const std::string& text, bool is_english) {
    const auto words = words_of(text);
    const auto count = static_cast<double>(words.size());
    double syllables = 0;
    for (const std::string& word : words) syllables += syllables_of(word, is_english);
    const double per_sentence = count / static_cast<double>(sentences_of(text).size());
    return is_english ? 206.835 - 1.015 * per_sentence - 84.6 * syllables / count
                      : 180 - per_sentence - 58.5 * syllables / count;
}

/// The names of missing signals are what they are: a list of them is read as one short word.
std::string without_list(const std::string& text) {
    for (const std::string_view opening : {"Werte: ", "values: "})
        if (const auto list = text.find(opening); list != std::string::npos) {
            const auto end = text.find('.', list);
            return text.substr(0, list + opening.size()) + "x" + text.substr(end);
        }
    return text;
}

struct Number {
    double value;
    int digits;
};

bool is_digit(const std::string& text, std::size_t at) {
    return at < text.size() && text[at] >= '0' && text[at] <= '9';
}

std::size_t digits_from(const std::string& text, std::size_t at) {
    std::size_t end = at;
    while (is_digit(text, end)) ++end;
    return end - at;
}

/// Every number of a text but clock times and dates, without its sign, with the digits that it
/// shows.
std::vector<Number> numbers_of(const std::string& text) {
    std::vector<Number> numbers;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const std::size_t whole = digits_from(text, at);
        if (whole == 0) continue;
        const std::size_t mark = at + whole;
        const char between = mark < text.size() ? text[mark] : ' ';
        const std::size_t rest = digits_from(text, mark + 1);
        if (rest > 0 && between == '-') {
            at += std::string_view{"2026-06-15 11:00"}.size();
        } else if (rest > 0 && between == ':') {
            at = mark + rest;
        } else if (rest > 0 && (between == ',' || between == '.')) {
            const std::string number = text.substr(at, whole) + "." + text.substr(mark + 1, rest);
            numbers.push_back({std::stod(number), static_cast<int>(rest)});
            at = mark + rest;
        } else {
            numbers.push_back({std::stod(text.substr(at, whole)), 0});
            at = mark;
        }
    }
    return numbers;
}

/// Everything that was measured, set, compared or proved, without its sign.
std::vector<double> sources_of(const Told& told) {
    const core::RuleConfig& rules = told.config.rules;
    const core::DecisionEvent& event = told.event;
    std::vector<double> values;
    const auto blocks = [&](int count) {
        values.push_back(count * told.config.site.block_minutes);
    };
    for (const core::Vote& vote : event.decision.votes)
        for (const core::Fact& fact : vote.facts) {
            values.push_back(fact.value);
            values.push_back(fact.bound);
        }
    if (event.foil)
        for (const core::Change& change : event.foil->changes) {
            values.push_back(change.to);
            values.push_back(change.gap);
        }
    if (event.margin) {
        values.push_back(event.margin->bound);
        values.push_back(event.margin->gap);
    }
    blocks(rules.min_runtime_blocks);
    blocks(rules.min_pause_blocks);
    blocks(rules.deadband_hold_blocks);
    for (const double setting :
         {rules.forecast_lookahead.value, rules.t_resume.value, rules.soc_standard.value,
          rules.soc_soft_min.value, rules.soc_hard_min.value, rules.soc_eco_start.value,
          event.decision.target.limit.value, event.decision.surplus_kw})
        values.push_back(setting);
    const core::SiteReadings& site = event.state.site;
    values.push_back(site.pv_power.value.value);
    values.push_back(site.battery_soc.value.value);
    values.push_back(site.grid_import.value.value - site.grid_export.value.value);
    for (const int named : {1, 2})
        values.push_back(std::popcount(event.decision.missing.bits()) - named);
    return values;
}

/// Half a digit where numbers are rounded to the nearest, a whole one where they are rounded to the
/// safe side.
bool is_grounded(const Number& number, const std::vector<double>& sources, double slack = 0.5) {
    const double scale = std::pow(10, number.digits);
    return std::ranges::any_of(sources, [&](double source) {
        for (const double unit : {1.0, 60.0, 3'600.0}) {
            const double steps = std::abs(source) / unit * scale;
            if (std::abs(number.value * scale - steps) <= slack + 1e-6) return true;
        }
        return false;
    });
}

TEST(Locales, HaveTheSameKeysAndSlots) {
    const auto de = locale("de").flatten();
    const auto en = locale("en").flatten();
    for (const auto& [key, text] : de.items()) {
        ASSERT_TRUE(en.contains(key)) << key;
        EXPECT_EQ(slots_of(text), slots_of(en[key])) << key;
    }
    EXPECT_EQ(de.size(), en.size());
}

TEST(Locales, NameEverySignalMeasureAndBound) {
    for (const Language& language : kLanguages) {
        const explain::Locale words{explain::embedded_locale(language.name)};
        for (const core::SignalSpec& spec : core::kSignals)
            EXPECT_TRUE(words.has_word("signals", spec.name)) << spec.name;
        for (int m = 0; m <= static_cast<int>(core::Measure::PathValue); ++m)
            EXPECT_TRUE(words.has_word("measures", core::name_of(static_cast<core::Measure>(m))));
        for (int b = 0; b <= static_cast<int>(core::Bound::PreferredPath); ++b)
            EXPECT_TRUE(words.has_word("bounds", core::name_of(static_cast<core::Bound>(b))));
    }
}

TEST(Locales, HaveATextForEveryCodeAtEveryLevelAndNoOther) {
    for (const Language& language : kLanguages) {
        const explain::Locale texts{explain::embedded_locale(language.name)};
        for (std::size_t i = 0; i < core::code_count(); ++i)
            for (const std::string_view level : {"off", "eco", "full"})
                EXPECT_TRUE(texts.find(core::code_at(i).name, level, ""))
                    << core::code_at(i).name << " " << level;
        const nlohmann::json all = locale(language.name)["texts"];
        for (const auto& [code, variants] : all.items())
            EXPECT_TRUE(core::code_named(code) || code.starts_with("REJECTED")) << code;
    }
}

// A limit must never be told as a measurement, nor the reverse: each stands with its own words.
TEST(Locales, TellMeasurementsAndLimitsApart) {
    const std::set<std::string> limits{"eco",  "full",    "pmax",    "reserve", "std",   "ecosoc",
                                       "hard", "pvstart", "soft",    "nmax",    "amax",  "fastmax",
                                       "tmax", "tresume", "standby", "fmin",    "spike", "band"};
    const std::set<std::string> measurements{"surplus", "soc",  "pv",  "net",   "price", "peak",
                                             "fc",      "temp", "age", "power", "fast"};
    const std::map<std::string_view, std::vector<const char*>> limit_words{
        {"de", {"nötig", "erlaubt", "Grenze", "Reserve", "braucht", "ist Schluss"}},
        {"en", {"need", "limit", "allowed", "reserve", "it stops"}}};
    for (const Language& language : kLanguages) {
        const nlohmann::json texts = locale(language.name)["texts"];
        for (const auto& [code, variants] : texts.items())
            for (const auto& [variant, text] : variants.items()) {
                const std::string brief = text["brief"];
                const auto clauses = pieces_of(brief, [&](std::size_t i) {
                    return brief[i] == '.' || brief[i] == ',' || brief[i] == '(';
                });
                for (const std::string& clause : clauses) {
                    SCOPED_TRACE(code + " " + clause);
                    const bool has_limit_word = std::ranges::any_of(
                        limit_words.at(language.name),
                        [&](const char* word) { return clause.find(word) != std::string::npos; });
                    for (const std::string& slot : slots_of(clause)) {
                        EXPECT_TRUE(!limits.contains(slot) || has_limit_word);
                        EXPECT_FALSE(measurements.contains(slot) && has_limit_word);
                    }
                }
            }
    }
}

TEST(Quality, TheCorpusHoldsEveryCodeThatTheRulesReach) {
    for (std::size_t i = 0; i < core::code_count(); ++i) {
        const core::CodeSpec& spec = core::code_at(i);
        if (spec.name == kUnreached) continue;
        const auto events = reached().find(spec.code);
        const std::size_t count = events == reached().end() ? 0 : events->second.size();
        EXPECT_GE(count, kPerCode) << spec.name;
    }
}

TEST(Quality, NoTextIsEmptyLeaksASlotOrShouts) {
    each_text([](std::string_view, const Told&, const core::ExplanationText& t) {
        EXPECT_FALSE(t.brief.empty());
        EXPECT_FALSE(t.details.empty());
        for (const std::string& text : {t.brief, t.details, t.counterfactual})
            for (const char* leak : {"{", "}", "?", "!", "nan", "inf", "_", "  "})
                EXPECT_EQ(text.find(leak), std::string::npos) << leak;
        for (const char* gap : {"keine Daten", "no data"})
            EXPECT_EQ(t.brief.find(gap), std::string::npos);
    });
}

TEST(Quality, EveryTextIsShort) {
    each_text([](std::string_view, const Told&, const core::ExplanationText& t) {
        EXPECT_LE(explain::length_of(t.brief), explain::kMostBrief);
        EXPECT_LE(words_of(t.brief).size(), 18u);
        EXPECT_LE(explain::length_of(t.details), explain::kMostDetails);
        for (const std::string& sentence : sentences_of(t.details))
            EXPECT_LE(words_of(sentence).size(), 18u) << sentence;
    });
}

TEST(Quality, NoTextSaysThatALoadRunsWhichIsOffNorTheReverse) {
    const std::map<std::string_view, std::vector<const char*>> running{
        {"de", {"läuft", "Sparflamme"}}, {"en", {"running", "runs", "low power"}}};
    const std::map<std::string_view, std::vector<const char*>> resting{
        {"de", {"wartet", "steht", "bleibt aus", "ruht", "ist aus", "wieder aus"}},
        {"en", {"waiting", "has stopped", "is stopped", "stays off", "rests", "is off"}}};
    each_text([&](std::string_view language, const Told& told, const core::ExplanationText& t) {
        const core::LoadDecision& decision = told.event.decision;
        if (decision.code == core::Code::Noop_Autonomy_ASSIST_PROPOSAL) return;
        const bool is_on = decision.target.is_on();
        for (const char* wrong : is_on ? resting.at(language) : running.at(language))
            EXPECT_EQ(t.brief.find(wrong), std::string::npos) << wrong;
    });
}

TEST(Quality, EveryTextIsEasyToRead) {
    double least_brief = 200;
    double least_details = 200;
    each_text([&](std::string_view language, const Told&, const core::ExplanationText& t) {
        const double brief = ease_of(without_list(t.brief), language == "en");
        const double details = ease_of(without_list(t.details), language == "en");
        EXPECT_GE(brief, 60);
        EXPECT_GE(details, 55);
        least_brief = std::min(least_brief, brief);
        least_details = std::min(least_details, details);
    });
    testing::Test::RecordProperty("least_brief", std::to_string(least_brief));
    testing::Test::RecordProperty("least_details", std::to_string(least_details));
}

TEST(Quality, EveryNumberEqualsASourceAsItIsShown) {
    int checked = 0;
    each_text([&](std::string_view, const Told& told, const core::ExplanationText& t) {
        const auto sources = sources_of(told);
        const auto check = [&](const std::string& text, double slack) {
            for (const Number& number : numbers_of(text)) {
                EXPECT_TRUE(is_grounded(number, sources, slack)) << number.value;
                ++checked;
            }
        };
        check(t.brief + " " + t.details, 0.5);
        check(t.counterfactual, 1);
    });
    EXPECT_GT(checked, 50'000);
}

TEST(Quality, BothLanguagesTellTheSameNumbers) {
    const explain::Narrator narrator;
    for (const auto& [code, events] : reached())
        for (const Told& told : events) {
            const core::Explanation text = narrator.decision(told.config, told.event);
            const auto sorted = [](const core::ExplanationText& t) {
                std::multiset<double> values;
                for (const std::string& part : {t.brief, t.counterfactual})
                    for (const Number& n : numbers_of(part)) values.insert(n.value);
                return values;
            };
            ASSERT_EQ(sorted(text.de), sorted(text.en)) << text.de.brief << " " << text.en.brief;
        }
}

TEST(Quality, TheSameDecisionHasTheSameWords) {
    const explain::Narrator one;
    const explain::Narrator other;
    for (const auto& [code, events] : reached())
        for (const Told& told : events)
            ASSERT_EQ(one.decision(told.config, told.event),
                      other.decision(told.config, told.event));
}

TEST(Quality, ACounterfactualIsToldOnlyWhereItIsProvedAndNeverAsAPromise) {
    each_text([](std::string_view, const Told& told, const core::ExplanationText& t) {
        const bool is_proved =
            (told.event.foil && told.event.foil->is_verified) || told.event.margin.has_value();
        EXPECT_EQ(t.counterfactual.empty(), !is_proved);
        for (const char* promise : {"startet um", "starts at 0", "starts at 1", "garantiert"})
            EXPECT_EQ(t.counterfactual.find(promise), std::string::npos);
        if (told.event.foil && told.event.foil->not_before) {
            EXPECT_TRUE(t.counterfactual.find("nicht vor") != std::string::npos ||
                        t.counterfactual.find("before") != std::string::npos);
        }
    });
}

TEST(Quality, RefusalsPassTheSameGates) {
    const explain::Narrator narrator;
    const auto texts = locale("de")["texts"];
    for (const auto& [code, variants] : texts.items()) {
        if (!code.starts_with("REJECTED_")) continue;
        const std::string stop = "STOP" + code.substr(code.find('_'));
        const auto events = reached().find(*core::code_named(stop));
        ASSERT_NE(events, reached().end()) << stop;
        for (const Told& told : events->second) {
            const core::Explanation text = narrator.refusal(told.config, code, told.event);
            for (const Language& language : kLanguages) {
                const core::ExplanationText& t = text.*language.text;
                SCOPED_TRACE(t.brief + " | " + t.details);
                ASSERT_LE(explain::length_of(t.brief), explain::kMostBrief);
                ASSERT_LE(words_of(t.brief).size(), 18u);
                ASSERT_LE(explain::length_of(t.details), explain::kMostDetails);
                ASSERT_GE(ease_of(without_list(t.brief), language.name == "en"), 60);
                ASSERT_EQ((t.brief + t.details).find_first_of("{}?!_"), std::string::npos);
                for (const Number& number : numbers_of(t.brief + " " + t.details))
                    ASSERT_TRUE(is_grounded(number, sources_of(told))) << number.value;
            }
        }
    }
}

}  // namespace
