#include "archive/sealer.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>

#include "archive/event_chain.hpp"
#include "files/whole_file.hpp"

namespace bitgrid::archive {
namespace {

namespace fs = std::filesystem;

constexpr const char* kUnfinished = ".unfinished";

}  // namespace

struct Sealer::Lock {
    explicit Lock(int f) : file{f} {}
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;
    ~Lock() { ::close(file); }
    int file;
};

Sealer::Sealer(Places places, crypto::SigningKey key, Heads heads, std::unique_ptr<Lock> lock)
    : places_{std::move(places)},
      key_{std::move(key)},
      heads_{std::move(heads)},
      lock_{std::move(lock)} {}
Sealer::Sealer(Sealer&&) noexcept = default;
Sealer::~Sealer() = default;

core::Result<Sealer> Sealer::open(const std::string& data_folder) {
    const Places places{data_folder};
    if (const auto made = files::make_folders(places.parquet); !made) return made.error();
    const std::string path = places.parquet + "/.lock";
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return core::Error{core::ErrorCode::Unavailable, path + ": cannot be written"};
    auto lock = std::make_unique<Lock>(file);
    if (::flock(file, LOCK_EX | LOCK_NB) != 0)
        return core::Error{core::ErrorCode::Refused, places.parquet + ": another one seals"};
    auto key = crypto::SigningKey::load_or_make(places.keys);
    if (!key) return key.error();
    auto heads = read_heads(places.heads, key->public_key());
    if (!heads) return heads.error();
    Sealer sealer{places, std::move(*key), std::move(*heads), std::move(lock)};
    if (const auto clear = sealer.clear_leftovers(); !clear) return clear.error();
    return sealer;
}

// What a sealing that did not come to its end left: unfinished files, and finished ones that follow
// what is recorded. Anything else that is not recorded is for `verify` to complain about.
core::Result<void> Sealer::clear_leftovers() {
    std::error_code error;
    std::vector<fs::path> leftovers;
    for (fs::recursive_directory_iterator entry{places_.parquet, error}, end;
         !error && entry != end; entry.increment(error)) {
        const std::string name = entry->path().filename().string();
        const bool is_file = entry->is_regular_file(error);
        if (is_file && (name.ends_with(kUnfinished) || first_in(name) > heads_.last_sequence()))
            leftovers.push_back(entry->path());
    }
    for (const fs::path& path : leftovers) fs::remove(path, error);
    if (error)
        return core::Error{core::ErrorCode::Unavailable, places_.parquet + ": " + error.message()};
    return {};
}

core::Result<void> Sealer::check_run(const std::vector<wire::EventRow>& events) const {
    EventChain chain{heads_.last_sequence(), heads_.head()};
    const std::string day = events.empty() ? std::string{} : day_of(events.front().time);
    for (const wire::EventRow& event : events) {
        if (const auto good = chain.follow(event); !good) return good;
        if (day_of(event.time) != day)
            return core::Error{core::ErrorCode::BadInput,
                               "event " + std::to_string(event.seq) + " is not of " + day};
    }
    return {};
}

template <class Row>
core::Result<void> Sealer::add_files(Duckdb& duckdb, std::string_view dataset,
                                     const std::vector<Row>& rows, Seal& seal) {
    if (rows.empty()) return {};
    const std::string name = std::string{dataset} + "/date=" + seal.day + "/part-" +
                             std::to_string(seal.first) + "-" + std::to_string(seal.last) +
                             ".parquet";
    const std::string path = places_.parquet + "/" + name;
    const std::string unfinished = path + kUnfinished;
    const std::string statement = head_statement(seal.day, seal.first, seal.last, seal.head);
    const Metadata metadata{{"bitgrid_dataset", std::string{dataset}},
                            {"bitgrid_schema", std::to_string(kSchemaVersion)},
                            {"bitgrid_day", seal.day},
                            {"bitgrid_first", std::to_string(seal.first)},
                            {"bitgrid_last", std::to_string(seal.last)},
                            {"bitgrid_head", crypto::hex(seal.head)},
                            {"bitgrid_head_signature", crypto::hex(key_.sign(statement))},
                            {"bitgrid_key", crypto::hex(key_.public_key())}};
    if (auto made = files::make_folders(fs::path{path}.parent_path().string()); !made) return made;
    auto written = write_parquet<Row>(duckdb, unfinished, std::span<const Row>{rows}, metadata);
    if (!written) return written;
    if (auto synced = files::sync(unfinished); !synced) return synced;
    if (auto good = check_written<Row>(duckdb, unfinished, rows); !good) return good;
    const auto digest = crypto::sha256_of_file(unfinished);
    if (!digest) return digest.error();
    if (auto moved = files::move_into_place(unfinished, path); !moved) return moved;
    seal.files.push_back({name, static_cast<std::int64_t>(rows.size()), *digest});
    return {};
}

core::Result<std::string> Sealer::seal(std::vector<wire::EventRow> events, const Makers& makers,
                                       core::UnixTime now) {
    if (events.empty()) return std::string{};
    if (const auto good = check_run(events); !good) return good.error();
    auto head = crypto::hash_from_hex(events.back().hash);
    if (!head) return head.error();
    Seal seal{day_of(events.front().time), events.front().seq, events.back().seq, *head, now, {}};
    const DayRows rows = sorted(std::move(events), makers.inputs);
    auto duckdb = Duckdb::open({});
    if (!duckdb) return duckdb.error();
    core::Result<void> done = add_files(*duckdb, "events", rows.events, seal);
    if (done) done = add_files(*duckdb, "decisions", rows.decisions, seal);
    if (done) done = add_files(*duckdb, "states", rows.states, seal);
    if (done) done = add_files(*duckdb, "energy_to_value", rows.values, seal);
    if (done) done = add_files(*duckdb, "explain_sessions", rows.words, seal);
    if (done) done = add_files(*duckdb, "kpi", makers.kpis(rows), seal);
    if (done) done = record(lines_of(seal));
    if (!done) {
        (void)clear_leftovers();  // as room as can be had
        return done.error();
    }
    heads_.seals.push_back(std::move(seal));
    return rows.unreadable;
}

core::Result<void> Sealer::give_up(const std::string& path, const std::string& why,
                                   core::UnixTime now) {
    const Gone gone{path, why, now};
    if (auto recorded = record(lines_of(gone)); !recorded) return recorded;
    heads_.gone.push_back(gone);
    std::error_code error;
    fs::remove(places_.parquet + "/" + path, error);
    if (error) return core::Error{core::ErrorCode::Unavailable, path + ": " + error.message()};
    fs::remove(fs::path{places_.parquet + "/" + path}.parent_path(), error);  // where it is empty
    return {};
}

core::Result<void> Sealer::record(const std::string& lines) {
    std::string text = with_entry(heads_, lines, key_);
    if (auto written = files::write_whole(places_.heads, text, {".unfinished", 0644}); !written)
        return written;
    const std::size_t at = text.rfind("sign ") + 5;
    heads_.last_signature = text.substr(at, text.size() - at - 1);
    heads_.text = std::move(text);
    return {};
}

}  // namespace bitgrid::archive
