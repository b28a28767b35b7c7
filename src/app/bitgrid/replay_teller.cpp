#include "app/bitgrid/replay_teller.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>

namespace bitgrid::app {
namespace {

using Json = nlohmann::json;

constexpr int kMostShown = 10;  // of those that differ, to people

struct ReplayWords {
    const char* differs;
    const char* was;
    const char* now;
    const char* more;
    const char* same;
    const char* changed;
    const char* other_same;
    const char* other_changed;
    const char* unknown;
    const char* nothing;
};
constexpr ReplayWords kEnglish{
    "DIFFERENT",
    "recorded",
    "now",
    "… and {} more; --json lists all\n",
    "{0} decisions, with the configuration of their day: each the same to the byte ({1:.2f} s)\n",
    "{0} decisions, with the configuration of their day: {1} DIFFER ({2:.2f} s)\n",
    "{0} decisions with the rules of {2}: every one would have been the same ({1:.2f} s)\n",
    "{0} decisions with the rules of {3}: {1} would have been others ({2:.2f} s)\n",
    "cannot be replayed",
    "no decision fits"};
constexpr ReplayWords kGerman{
    "ANDERS",
    "aufgezeichnet",
    "jetzt",
    "… und {} weitere; --json nennt alle\n",
    "{0} Entscheidungen, mit der Konfiguration ihres Tages: jede auf das Byte gleich ({1:.2f} s)\n",
    "{0} Entscheidungen, mit der Konfiguration ihres Tages: {1} sind ANDERS ({2:.2f} s)\n",
    "{0} Entscheidungen mit den Regeln aus {2}: jede wäre gleich ausgefallen ({1:.2f} s)\n",
    "{0} Entscheidungen mit den Regeln aus {3}: {1} wären anders ausgefallen ({2:.2f} s)\n",
    "kann nicht wiederholt werden",
    "keine Entscheidung passt"};

const ReplayWords& words_of(const Looking& look) { return look.is_german() ? kGerman : kEnglish; }

}  // namespace

ReplayDifference difference_of(const research::Replayed& r) {
    Json changes = Json::array();
    for (const std::string& path : research::differences(r)) {
        const Json::json_pointer at{path};
        changes.push_back({{"path", path},
                           {"recorded", r.recorded.value(at, Json{})},
                           {"now", r.now.value(at, Json{})}});
    }
    return {r.recorded.value("decision_id", ""), r.recorded.value("time", ""),
            r.recorded.value("load_id", ""),     r.recorded.value("decision_code", ""),
            r.now.value("decision_code", ""),    std::move(changes)};
}

ReplayTeller::ReplayTeller(const Looking& look, std::string other_rules)
    : look_{look}, other_rules_{std::move(other_rules)} {}

void ReplayTeller::count(std::int64_t decisions) {
    constexpr std::int64_t kTellEvery = 500;
    const bool is_round = (decisions_ + decisions) / kTellEvery != decisions_ / kTellEvery;
    decisions_ += decisions;
    if (is_round && isatty(STDERR_FILENO) == 1) std::cerr << fmt::format("\r{} ", decisions_);
}

bool ReplayTeller::shows_more() const { return look_.is_json || different_ < kMostShown; }

void ReplayTeller::tell_unknown(std::int64_t sequence, const core::Error& error) {
    ++unknown_;
    if (look_.is_json)
        std::cout << Json{{"sequence", sequence}, {"error", error.what}}.dump(
                         -1, ' ', false, Json::error_handler_t::replace)
                  << '\n';
    else if (unknown_ <= kMostShown)
        std::cout << fmt::format("#{}  {}: {}\n", sequence, words_of(look_).unknown, error.what);
}

void ReplayTeller::tell(const ReplayDifference& d) {
    const bool is_shown = shows_more();
    ++different_;
    if (!is_shown) return;
    if (look_.is_json) {
        std::cout
            << Json{{"decision_id", d.decision_id},     {"time", d.time}, {"load_id", d.load},
                    {"recorded_code", d.recorded_code}, {"code", d.code}, {"changes", d.changes}}
                   .dump(-1, ' ', false, Json::error_handler_t::replace)
            << '\n';
        return;
    }
    std::cout << fmt::format("{}  {}  {}  {}\n", words_of(look_).differs, on_the_clock(d.time),
                             d.load, d.decision_id);
    if (!other_rules_.empty()) return tell_change("decision_code", d.recorded_code, d.code);
    for (const Json& change : d.changes)
        tell_change(change["path"].get<std::string>().substr(1), change["recorded"].dump(),
                    change["now"].dump());
}

void ReplayTeller::tell_change(const std::string& what, const std::string& was,
                               const std::string& now) const {
    const ReplayWords& words = words_of(look_);
    std::cout << fmt::format("  {:<28} {} {}\n  {:<28} {} {}\n", what, words.was, was, "",
                             words.now, now);
}

int ReplayTeller::conclude(double took_s) const {
    if (isatty(STDERR_FILENO) == 1) std::cerr << '\r';
    if (look_.is_json) {
        std::cout << Json{{"decisions", decisions_},
                          {"different", different_},
                          {"not_replayed", unknown_},
                          {"same", decisions_ - different_ - unknown_}}
                         .dump()
                  << '\n';
    } else if (decisions_ == 0) {
        std::cerr << "bitgrid: " << words_of(look_).nothing << '\n';
    } else {
        if (different_ > kMostShown)
            std::cout << fmt::format(fmt::runtime(words_of(look_).more), different_ - kMostShown);
        tell_sum(took_s);
    }
    return different_ == 0 && unknown_ == 0 ? kOk : kNo;
}

void ReplayTeller::tell_sum(double took_s) const {
    const ReplayWords& words = words_of(look_);
    const std::int64_t others = different_ + unknown_;
    const bool is_other = !other_rules_.empty();
    const char* sum = others == 0 ? is_other ? words.other_same : words.same
                      : is_other  ? words.other_changed
                                  : words.changed;
    std::cout << (others == 0
                      ? fmt::format(fmt::runtime(sum), decisions_, took_s, other_rules_)
                      : fmt::format(fmt::runtime(sum), decisions_, others, took_s, other_rules_));
}

}  // namespace bitgrid::app
