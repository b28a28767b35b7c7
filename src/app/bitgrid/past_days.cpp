#include "app/bitgrid/past_days.hpp"

#include <chrono>

#include "app/bitgrid/looking.hpp"
#include "research/kpi/kpi_parts_json.hpp"
#include "research/kpi/kpis.hpp"
#include "wire/bounded_json.hpp"
#include "wire/past_from_event.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::app {
namespace {

using Json = nlohmann::json;
using archive::read_parquet;

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kDaysAtOnce = 32;                       // in memory
constexpr std::int64_t kSumsAtOnce = 400;                      // these are small
constexpr int kRows = 500;                                     // read at once
constexpr wire::JsonBounds kBounds{std::size_t{2} << 20, 32};  // a configuration is an event, too
constexpr const char* kParts = "parts";

std::string text_of(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

core::Result<core::UnixTime> time_of(const ports::StoredEvent& event) {
    const auto json = wire::parse_json(event.json, kBounds);
    if (!json) return json.error();
    return wire::parse_time(text_of(*json, "time"));
}

core::Error at(const ports::StoredEvent& event, const core::Error& error) {
    return {error.code, "event " + std::to_string(event.sequence) + ": " + error.what};
}

core::Result<wire::EventRow> event_row(const ports::StoredEvent& event, const Json& json) {
    const auto time = wire::parse_time(text_of(json, "time"));
    if (!time) return at(event, time.error());
    return wire::EventRow{event.sequence,
                          *time,
                          event.type,
                          text_of(json, "load_id"),
                          text_of(json, "decision_id"),
                          text_of(json, "decision_code"),
                          event.json,
                          event.prev_hash,
                          event.hash};
}

core::UnixTime midnight_of(core::UnixTime time) { return {time.ms / kDayMs * kDayMs}; }

archive::Stretch sql_stretch(research::Stretch stretch) {
    return {stretch.from, stretch.to + -1, {}};
}

}  // namespace

void PastOptions::add_to(CLI::App& verb) {
    auto* last = verb.add_option("--range", range, "the last time on record: 7d, 30d, 365d")
                     ->capture_default_str();
    verb.add_option("--since", since, "from then on: 2026-06-15, 2026-06-15T10:00Z, 36h, 7d")
        ->excludes(last);
    verb.add_option("--until", until, "up to then, not included");
}

PastReader::PastReader(std::optional<store::JournalReader> journal, archive::ColdStore cold,
                       const std::string& data_folder)
    : journal_{std::move(journal)},
      cold_{std::move(cold)},
      configs_{archive::Places{data_folder}.configs} {}

core::Result<PastReader> PastReader::open(const std::string& data_folder,
                                          const PastOptions& options) {
    auto cold = archive::ColdStore::open(data_folder);
    if (!cold) return cold.error();
    auto journal = store::JournalReader::open(data_folder + "/bitgrid.sqlite");
    if (!journal && cold->sealed_through() == 0) return journal.error();
    PastReader reader{journal ? std::optional{std::move(*journal)} : std::nullopt, std::move(*cold),
                      data_folder};
    if (const auto found = reader.find_ends(options); !found) return found.error();
    if (const auto read = reader.read_configurations(); !read) return read.error();
    return reader;
}

core::Result<archive::Duckdb*> PastReader::duckdb() {
    if (!duckdb_) {
        auto opened = archive::Duckdb::open({2, 256});
        if (!opened) return opened.error();
        duckdb_.emplace(std::move(*opened));
    }
    return &*duckdb_;
}

core::Result<std::optional<core::UnixTime>> PastReader::newest_before(core::UnixTime until) {
    std::optional<core::UnixTime> newest;
    if (journal_) {
        ports::HistoryQuery query;
        query.only_decisions = false;
        query.limit = 1;
        query.until = until;
        const auto events = journal_->find(query);
        if (!events) return events.error();
        if (!events->empty()) {
            const auto time = time_of(events->front());
            if (!time) return time.error();
            newest = *time;
        }
    }
    const auto files = cold_.files("events", {{}, until, {}});
    if (newest || files.empty()) return newest;
    const auto database = duckdb();
    if (!database) return database.error();
    const auto read =
        read_parquet<wire::EventRow>(**database, std::span{&files.back(), 1},
                                     [&](wire::EventRow& row) {
                                         if (until.ms > 0 && row.time > until) return;
                                         newest = std::max(newest.value_or(row.time), row.time);
                                     },
                                     {}, {"canonical"});
    if (!read) return read.error();
    return newest;
}

core::Result<std::optional<core::UnixTime>> PastReader::oldest_since(core::UnixTime since) {
    // A block that begins with the program itself cannot be decided any more.
    const auto begin = [](core::UnixTime time, const std::string& type) {
        return time + (type == "Started" ? 1 : 0);
    };
    const auto files = cold_.files("events", {since, {}, {}});
    if (!files.empty()) {
        std::optional<core::UnixTime> oldest;
        const auto database = duckdb();
        if (!database) return database.error();
        const auto read = read_parquet<wire::EventRow>(**database, std::span{files.data(), 1},
                                                       [&](wire::EventRow& row) {
                                                           if (row.time >= since && !oldest)
                                                               oldest = begin(row.time, row.type);
                                                       },
                                                       {}, {"canonical"});
        if (!read) return read.error();
        if (oldest) return oldest;
    }
    if (!journal_) return std::optional<core::UnixTime>{};
    ports::HistoryQuery query;
    query.since = since;
    query.limit = 1;
    const auto events = journal_->events_after(0, query);
    if (!events) return events.error();
    if (events->empty()) return std::optional<core::UnixTime>{};
    const auto time = time_of(events->front());
    if (!time) return time.error();
    return std::optional{begin(*time, events->front().type)};
}

core::Result<void> PastReader::find_ends(const PastOptions& options) {
    using namespace std::chrono;
    const core::UnixTime now{
        duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()};
    core::UnixTime until{};
    if (!options.until.empty()) {
        const auto read = read_moment(options.until, now);
        if (!read) return read.error();
        until = *read + -1;
    }
    const auto newest = newest_before(until);
    if (!newest) return newest.error();
    const core::Error nothing{core::ErrorCode::NotFound, "nothing is recorded in that time"};
    if (!*newest) return nothing;
    stretch_.to = **newest + 1;
    const auto since = options.since.empty() ? read_moment(options.range, stretch_.to)
                                             : read_moment(options.since, now);
    if (!since) return since.error();
    const auto oldest = oldest_since(*since);
    if (!oldest) return oldest.error();
    if (!*oldest || !(**oldest < stretch_.to)) return nothing;
    stretch_.from = **oldest;
    return {};
}

// One that cannot be made usable any more only leaves its days without the names of what they had.
core::Result<void> PastReader::read_configurations() {
    std::string version;
    if (journal_) {
        const auto events = journal_->configurations();
        if (!events) return events.error();
        for (const ports::StoredEvent& event : *events) {
            if (!configs_.learn(event.json, false)) continue;
            if (const auto json = wire::parse_json(event.json, kBounds))
                version = text_of(*json, "version");
        }
    }
    const auto files = cold_.files("decisions", {});
    if (version.empty() && !files.empty()) {
        const auto database = duckdb();
        if (!database) return database.error();
        const auto read = read_parquet<wire::DecisionRow>(
            **database, std::span{&files.back(), 1},
            [&](wire::DecisionRow& row) { version = row.config_version; }, {}, {"votes", "inputs"});
        if (!read) return read;
    }
    if (const auto config = configs_.find(version)) newest_ = **config;
    return {};
}

research::KpiFacts PastReader::facts_for(const research::PastRows& rows) {
    if (rows.decisions.empty()) {
        const research::KpiFacts facts = research::facts_of(newest_);
        return {facts.block_ms, facts.min_runtime_blocks, {}};
    }
    const auto config = configs_.find(rows.decisions.back().config_version);
    return research::facts_of(config ? **config : newest_);
}

// --- what is sealed ---

core::Result<void> PastReader::fetch_sealed(research::Stretch stretch, Detail detail) {
    sealed_.clear();
    if (cold_.files("events", sql_stretch(stretch)).empty() &&
        cold_.files("decisions", sql_stretch(stretch)).empty())
        return {};
    return detail == Detail::Sums ? fetch_sums(stretch)
                                  : fetch_rows(stretch, detail == Detail::Texts);
}

core::Result<void> PastReader::fetch_sums(research::Stretch stretch) {
    const auto database = duckdb();
    if (!database) return database.error();
    core::Result<void> good;
    const auto read = read_parquet<wire::KpiRow>(
        **database, cold_.files("kpi", sql_stretch(stretch)),
        [&](wire::KpiRow& row) {
            const auto json = wire::parse_json(row.parts, kBounds);
            auto parts = json ? research::kpi_parts_from_json(*json)
                              : core::Result<research::KpiParts>{json.error()};
            if (!parts) {
                good = parts.error();
                return;
            }
            auto& sums = sealed_[midnight_of(row.from).ms].sums;
            sums = research::combine(std::move(sums).value_or(research::KpiParts{}), *parts);
        },
        std::string{"key = '"} + kParts + "'");
    return read ? good : read;
}

core::Result<void> PastReader::fetch_rows(research::Stretch stretch, bool with_texts) {
    const auto database = duckdb();
    if (!database) return database.error();
    const archive::Stretch part = sql_stretch(stretch);
    const std::string in_time = archive::ColdStore::condition(part);
    const auto of = [this](core::UnixTime time) -> SealedDay& {
        SealedDay& day = sealed_[midnight_of(time).ms];
        day.rows.has_events = true;
        return day;
    };
    auto read = read_parquet<wire::DecisionRow>(
        **database, cold_.files("decisions", part),
        [&](wire::DecisionRow& row) { of(row.time).rows.decisions.push_back(row); }, in_time,
        {"votes", "inputs"});
    if (read)
        read = read_parquet<wire::StateRow>(
            **database, cold_.files("states", part),
            [&](wire::StateRow& row) { of(row.time).rows.states.push_back(row); },
            in_time + " AND \"trigger\" <> 'MINUTE'");
    if (read)
        read = read_parquet<wire::ValueRow>(
            **database, cold_.files("energy_to_value", part),
            [&](wire::ValueRow& row) { of(row.time).rows.values.push_back(row); }, in_time);
    if (read)
        read = read_parquet<wire::EventRow>(
            **database, cold_.files("events", part),
            [&](wire::EventRow& row) { of(row.time).rows.events.push_back(row); },
            in_time + " AND type NOT IN ('DecisionEvent', 'EnergyPathDecided', 'MinutesMeasured')");
    if (read && with_texts)
        read = read_parquet<wire::EventRow>(
            **database, cold_.files("events", part),
            [&](wire::EventRow& row) { of(row.time).decisions.push_back(row.canonical); },
            in_time + " AND type = 'DecisionEvent'");
    return read;
}

// --- what the journal has ---

core::Result<void> PastReader::take(PastDay& day, const ports::StoredEvent& event,
                                    bool with_texts) {
    if (event.type == "MinutesMeasured") return {};  // the figures are made of blocks
    const auto json = wire::parse_json(event.json, kBounds);
    if (!json) return at(event, json.error());
    if (event.type == "DecisionEvent") {
        auto rows = wire::rows_of_decision(*json, event.sequence);
        if (!rows) return at(event, rows.error());
        day.rows.decisions.push_back(std::move(rows->decision));
        day.rows.states.push_back(std::move(rows->state));
        if (with_texts) day.decisions.push_back(event.json);
        return {};
    }
    if (event.type == "EnergyPathDecided") {
        auto row = wire::value_row(*json, event.sequence);
        if (!row) return at(event, row.error());
        day.rows.values.push_back(std::move(*row));
        return {};
    }
    auto row = event_row(event, *json);
    if (!row) return row.error();
    day.rows.events.push_back(std::move(*row));
    return {};
}

core::Result<void> PastReader::add_hot(PastDay& day, bool with_texts) {
    ports::HistoryQuery query;
    query.since = day.stretch.from;
    query.until = day.stretch.to + -1;
    query.limit = kRows;
    // A clock that was put back left moments of one day behind those of the next.
    for (std::int64_t after = cold_.sealed_through();;) {
        const auto events = journal_->events_after(after, query);
        if (!events) return events.error();
        if (events->empty()) return {};
        for (const ports::StoredEvent& event : *events)
            if (const auto taken = take(day, event, with_texts); !taken) return taken;
        after = events->back().sequence;
    }
}

core::Result<PastDay> PastReader::day_of(research::Stretch stretch, Detail detail) {
    const core::UnixTime midnight = midnight_of(stretch.from);
    PastDay day{midnight, {}, {}, stretch, {}, {}};
    day.rows.has_events = true;
    if (const auto sealed = sealed_.find(midnight.ms); sealed != sealed_.end()) {
        day.rows = std::move(sealed->second.rows);
        day.decisions = std::move(sealed->second.decisions);
        day.sums = std::move(sealed->second.sums);
    }
    if (journal_)
        if (const auto added = add_hot(day, detail == Detail::Texts); !added) return added.error();
    day.facts = facts_for(day.rows);
    return day;
}

core::Result<void> PastReader::read(const Take& take, Detail detail) {
    const std::int64_t at_once = detail == Detail::Sums ? kSumsAtOnce : kDaysAtOnce;
    for (core::UnixTime first = stretch_.from; first < stretch_.to;) {
        const core::UnixTime end = std::min(midnight_of(first) + at_once * kDayMs, stretch_.to);
        if (const auto fetched = fetch_sealed({first, end}, detail); !fetched) return fetched;
        for (core::UnixTime from = first; from < end;) {
            const core::UnixTime to = std::min(midnight_of(from) + kDayMs, end);
            const auto day = day_of({from, to}, detail);
            if (!day) return day.error();
            if (const auto taken = take(*day); !taken) return taken;
            from = to;
        }
        first = end;
    }
    return {};
}

std::vector<wire::KpiRow> kpi_rows_of(const research::PastRows& rows,
                                      const research::KpiFacts& facts, research::Stretch stretch) {
    const research::KpiParts parts = research::parts_of(rows, facts, stretch);
    std::vector<wire::KpiRow> all;
    for (const research::KpiValue& kpi : research::kpis_of(parts)) {
        const research::KpiSpec& spec = research::spec_of(kpi.kpi);
        all.push_back({stretch.from,
                       stretch.to,
                       std::string{spec.key},
                       kpi.load_id,
                       kpi.value,
                       std::string{spec.unit},
                       spec.version,
                       {}});
    }
    all.push_back(
        {stretch.from, stretch.to, kParts, {}, {}, {}, 1, research::kpi_parts_json(parts).dump()});
    return all;
}

}  // namespace bitgrid::app
