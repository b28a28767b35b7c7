#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/bitgrid/looking.hpp"
#include "app/bitgrid/recorded_past.hpp"

namespace bitgrid::app {
namespace {

using Json = nlohmann::json;

constexpr int kMostRows = 1'000;

struct Options {
    Looking look;
    Period period;
    std::string load;
    std::string code;
    int limit{20};
};

core::Result<ports::HistoryQuery> query_of(const Options& o) {
    ports::HistoryQuery query;
    query.load = o.load;
    query.code = o.code;
    query.limit = o.limit;
    if (const auto read = o.period.read_into(query); !read) return read.error();
    return query;
}

void print_row(const Looking& look, const Json& decision) {
    const std::string level = decision.value("target_level", "");
    std::cout << fmt::format("{}  {:<10} {:<8} {}\n", on_the_clock(decision.value("time", "")),
                             decision.value("load_id", ""), level,
                             decision["explain"][look.key()].value("short", ""));
    std::cout << fmt::format("{:18}{}  {}\n", "", decision.value("decision_code", ""),
                             decision.value("decision_id", ""));
}

int show_timeline(const Options& o) {
    const auto query = query_of(o);
    if (!query) return refuse(kUsage, query.error().what);
    auto past = RecordedPast::open(o.look.data);
    if (!past) return refuse(kUnavailable, past.error().what);
    const auto found = past->find(*query);
    if (!found) return refuse(kUnavailable, found.error().what);
    for (const ports::StoredEvent& event : *found) {
        if (o.look.is_json) std::cout << event.json << '\n';
        else print_row(o.look, Json::parse(event.json));
    }
    if (found->empty()) std::cerr << "bitgrid: no decision fits\n";
    return kOk;
}

}  // namespace

void add_timeline(CLI::App& app, int& exit_code) {
    auto* verb = app.add_subcommand("timeline", "List recorded decisions, newest first");
    const auto o = std::make_shared<Options>();
    o->look.add_to(*verb);
    o->period.add_to(*verb);
    verb->add_option("--load", o->load, "only this load");
    verb->add_option("--code", o->code, "only codes that begin so, e.g. STOP_R3");
    verb->add_option("--limit", o->limit, "how many at most")
        ->check(CLI::Range(1, kMostRows))
        ->capture_default_str();
    verb->callback([o, &exit_code] { exit_code = show_timeline(*o); });
}

}  // namespace bitgrid::app
