#include "store/chain.hpp"

#include <algorithm>

#include "store/schema.hpp"
#include "wire/time_text.hpp"
#include "wire/top_level.hpp"

namespace bitgrid::store {
namespace {

core::Error damaged(std::int64_t row, std::string_view how) {
    return {core::ErrorCode::Damaged,
            "journal row " + std::to_string(row) + ": " + std::string{how}};
}

struct Ends {
    std::int64_t last_sequence{};
    Hash head{};
    std::int64_t anchor_sequence{};
    Hash anchor{};
};

core::Result<Ends> read_ends(Database& database) {
    auto statement = database.prepare("SELECT last_seq, head, anchor_seq, anchor FROM chain");
    if (!statement) return statement.error();
    const auto row = statement->run();
    if (!row) return row.error();
    if (!*row) return core::Error{core::ErrorCode::Damaged, "the record of the chain is missing"};
    return Ends{statement->integer(0), hash_of(statement->bytes(1)), statement->integer(2),
                hash_of(statement->bytes(3))};
}

constexpr const char* kRows =
    "SELECT seq, prev_hash, hash, body, type, load_id, block_id, decision_id, code,"
    " time_ms FROM journal WHERE seq > ?1 ORDER BY seq LIMIT ?2";
constexpr int kCode = 8;

// The columns that only repeat the text must not say something else than the text.
bool repeats_text(const Statement& row) {
    const auto text = wire::TopLevel::of(row.text(3));
    if (!text) return false;
    const auto same = [&](int column, const char* key) {
        const auto said = text->text(key);
        if (row.is_null(column)) return column != kCode || !said || said->empty();
        return said == row.text(column);
    };
    const bool same_block = row.is_null(6) || text->integer("block_id") == row.integer(6);
    const bool same_time = text->text("time") == wire::time_text({row.integer(9)});
    return same_block && same_time && same(4, "type") && same(5, "load_id") &&
           same(7, "decision_id") && same(kCode, text->has("code") ? "code" : "decision_code");
}

core::Result<void> check_row(const Statement& row, std::int64_t expected, const Hash& previous) {
    const std::int64_t sequence = row.integer(0);
    if (sequence != expected) return damaged(expected, "is missing");
    if (hash_of(row.bytes(1)) != previous)
        return damaged(sequence, "does not follow the row before it");
    if (link(previous, row.text(3)) != hash_of(row.bytes(2)))
        return damaged(sequence, "its text does not match its hash");
    if (!repeats_text(row)) return damaged(sequence, "its columns do not match its text");
    return {};
}

/// Where a walk stands: at the last good row.
struct Place {
    std::int64_t sequence{};
    Hash hash{};
};

constexpr std::int64_t kRowsAtOnce = 5'000;

// True: there may be more rows behind.
core::Result<bool> walk(Database& database, Place& place, Chain& chain) {
    auto row = database.prepare(kRows);
    if (!row) return row.error();
    std::int64_t left = kRowsAtOnce;
    for (auto found = row->run(place.sequence, left);; found = row->step()) {
        if (!found)
            return core::Error{found.error().code,
                               damaged(place.sequence + 1, found.error().what).what};
        if (!*found) return left == 0;
        if (auto good = check_row(*row, place.sequence + 1, place.hash); !good) return good.error();
        place = {place.sequence + 1, hash_of(row->bytes(2))};
        if (chain.rows++ == 0) chain.first_sequence = place.sequence;
        --left;
    }
}

core::Result<void> check_end(const Place& place, const Ends& ends) {
    if (place.sequence < ends.last_sequence)
        return damaged(place.sequence + 1, "is missing at the end");
    if (place.sequence > ends.last_sequence || place.hash != ends.head)
        return damaged(place.sequence, "is not the recorded end of the chain");
    return {};
}

// In short readings, each in one transaction: a daemon that writes meanwhile does not move the end,
// and no long one keeps it from emptying its write-ahead log.
core::Result<Chain> walk_all(Database& database) {
    Chain chain;
    Place place;
    for (bool is_begun = false;; is_begun = true) {
        if (auto begun = database.execute("BEGIN"); !begun) return begun.error();
        auto ends = read_ends(database);
        if (!ends) return ends.error();
        if (!is_begun || ends->anchor_sequence > place.sequence)
            place = {ends->anchor_sequence, ends->anchor};
        const auto has_more = walk(database, place, chain);
        if (!has_more) return has_more.error();
        if (!*has_more) {
            if (auto good = check_end(place, *ends); !good) return good.error();
        }
        if (auto ended = database.execute("COMMIT"); !ended) return ended.error();
        if (!*has_more) break;
    }
    chain.last_sequence = place.sequence;
    chain.head = hex(place.hash);
    return chain;
}

// The row before the newest ones; what it says is believed, what comes after it is checked.
core::Result<Place> place_before_end(Database& database, const Ends& ends, std::int64_t rows) {
    const std::int64_t sequence = ends.last_sequence - rows;
    if (sequence <= ends.anchor_sequence) return Place{ends.anchor_sequence, ends.anchor};
    auto row = database.prepare("SELECT hash FROM journal WHERE seq = ?1");
    if (!row) return row.error();
    const auto found = row->run(sequence);
    if (!found) return found.error();
    if (!*found) return damaged(sequence, "is missing");
    return Place{sequence, hash_of(row->bytes(0))};
}

core::Result<void> check_pages(Database& database) {
    auto statement = database.prepare("PRAGMA integrity_check(1)");
    if (!statement) return statement.error();
    const auto row = statement->run();
    if (!row) return core::Error{core::ErrorCode::Damaged, row.error().what};
    if (*row && statement->text(0) != "ok")
        return core::Error{core::ErrorCode::Damaged,
                           "the database file: " + std::string{statement->text(0)}};
    return {};
}

}  // namespace

core::Result<Chain> verify(const std::string& path) {
    auto database = Database::open(path, Database::Access::Read);
    if (!database) return database.error();
    const auto id = database->number("PRAGMA application_id");
    if (!id) return id.error();
    if (*id != kApplicationId)
        return core::Error{core::ErrorCode::BadInput, path + " is not a journal of this program"};
    auto chain = walk_all(*database);
    if (!chain) return chain;
    if (auto pages = check_pages(*database); !pages) return pages.error();
    return chain;
}

core::Result<std::string> hash_at(const std::string& path, std::int64_t sequence) {
    auto database = Database::open(path, Database::Access::Read);
    if (!database) return database.error();
    auto find = database->prepare(
        "SELECT hash FROM journal WHERE seq = ?1"
        " UNION ALL SELECT anchor FROM chain WHERE anchor_seq = ?1 LIMIT 1");
    if (!find) return find.error();
    const auto found = find->run(sequence);
    if (!found) return found.error();
    if (!*found)
        return core::Error{core::ErrorCode::NotFound,
                           "the journal has no event " + std::to_string(sequence)};
    return hex(find->bytes(0));
}

bool has_hash(const std::string& path, const std::string& hash) {
    auto database = Database::open(path, Database::Access::Read);
    if (!database) return false;
    auto find = database->prepare("SELECT 1 FROM journal WHERE lower(hex(hash)) = ?1");
    const auto found = find ? find->run(hash) : core::Result<bool>{false};
    return found && *found;
}

core::Result<Chain> verify_end(Database& database, std::int64_t rows) {
    auto ends = read_ends(database);
    if (!ends) return ends.error();
    auto place = place_before_end(database, *ends, rows);
    if (!place) return place.error();
    Chain chain;
    for (bool has_more = true; has_more;) {
        const auto walked = walk(database, *place, chain);
        if (!walked) return walked.error();
        has_more = *walked;
    }
    if (auto good = check_end(*place, *ends); !good) return good.error();
    chain.last_sequence = place->sequence;
    chain.head = hex(place->hash);
    return chain;
}

core::Result<void> prune(Database& database, std::int64_t last) {
    auto transaction = Transaction::begin(database);
    if (!transaction) return transaction.error();
    auto find = database.prepare("SELECT hash FROM journal WHERE seq = ?1");
    if (!find) return find.error();
    const auto found = find->run(last);
    if (!found) return found.error();
    if (!*found)
        return core::Error{core::ErrorCode::Refused, "no journal row " + std::to_string(last)};
    const Hash anchor = hash_of(find->bytes(0));
    find->reset();
    auto mark = database.prepare("UPDATE chain SET anchor_seq = ?1, anchor = ?2");
    if (!mark) return mark.error();
    if (const auto done = mark->run(last, Bytes{anchor}); !done) return done.error();
    auto remove = database.prepare("DELETE FROM journal WHERE seq <= ?1");
    if (!remove) return remove.error();
    if (const auto done = remove->run(last); !done) return done.error();
    return transaction->commit();
}

core::Result<bool> prune_some(Database& database, std::int64_t through, core::UnixTime older_than,
                              std::int64_t at_most) {
    // Up to the first row that is to stay: the clock may have been set back between two rows.
    auto find = database.prepare(
        "SELECT max(seq), count(*) FROM (SELECT seq, time_ms FROM journal WHERE seq <= ?1 AND"
        " seq < coalesce((SELECT min(seq) FROM journal WHERE time_ms >= ?2), ?1 + 1)"
        " ORDER BY seq LIMIT ?3)");
    if (!find) return find.error();
    const auto found = find->run(through, older_than.ms, at_most);
    if (!found) return found.error();
    if (!*found || find->integer(1) == 0) return false;
    const std::int64_t last = find->integer(0);
    const bool has_more = find->integer(1) == at_most;
    find->reset();
    if (const auto pruned = prune(database, last); !pruned) return pruned.error();
    return has_more;
}

}  // namespace bitgrid::store
