#include "store/live_copy.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "store/schema.hpp"

namespace bitgrid::store {
namespace {

constexpr int kPatienceMs = 10'000;

core::Error damaged(const std::string& what) { return {core::ErrorCode::Damaged, what}; }

core::Result<void> sync(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const bool is_safe = file >= 0 && ::fsync(file) == 0;
    const int number = errno;
    if (file >= 0) ::close(file);
    if (is_safe) return {};
    return core::Error{core::ErrorCode::Unavailable, path + ": " + std::strerror(number)};
}

// A file from elsewhere may bring work of its own along: a view that never ends under the name of
// a table.
core::Result<void> check_tables(Database& database) {
    if (auto set = database.execute("PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON"); !set)
        return set.error();
    const auto others = database.number(
        "SELECT count(*) FROM sqlite_schema"
        " WHERE type NOT IN ('table', 'index') OR sql LIKE 'CREATE VIRTUAL%'");
    if (!others) return others.error();
    if (*others > 0) return damaged("it holds more than the tables of a journal");
    return {};
}

core::Result<void> check_references(Database& database) {
    auto check = database.prepare("PRAGMA foreign_key_check");
    if (!check) return check.error();
    const auto row = check->run();
    if (!row) return row.error();
    if (*row) return damaged("a row refers to one that is not there");
    return {};
}

// What the rules remember belongs to the end of the chain, see Restored.
core::Result<void> check_memory(Database& database) {
    auto saved = database.prepare(
        "SELECT checkpoint.body, checkpoint.hash, checkpoint.seq, chain.last_seq, chain.head"
        " FROM chain LEFT JOIN checkpoint");
    if (!saved) return saved.error();
    const auto row = saved->run();
    if (!row) return row.error();
    if (!*row) return damaged("the record of the chain is missing");
    if (saved->integer(3) == 0) return {};
    if (saved->is_null(0)) return damaged("what was remembered is missing");
    if (saved->integer(2) != saved->integer(3) ||
        (!saved->is_null(1) &&
         link(hash_of(saved->bytes(4)), saved->text(0)) != hash_of(saved->bytes(1))))
        return damaged("what was remembered was changed");
    return {};
}

core::Result<std::int64_t> copy_at_once(const std::string& from, const std::string& to) {
    auto database = Database::open(from, Database::Access::Read, kPatienceMs);
    if (!database) return database.error();
    if (auto known = refuse_unknown(*database); !known) return known.error();
    const auto last = database->number("SELECT last_seq FROM chain");
    if (!last) return last.error();
    auto copy = database->prepare("VACUUM INTO ?1");
    if (!copy) return copy.error();
    if (const auto done = copy->run(to); !done) return done.error();
    return *last;
}

}  // namespace

std::int64_t bytes_of_journal(const std::string& path) {
    std::int64_t bytes = 0;
    for (const char* const part : {"", "-wal"}) {
        std::error_code none;
        const auto size = std::filesystem::file_size(path + part, none);
        if (!none) bytes += static_cast<std::int64_t>(size);
    }
    return bytes;
}

core::Result<CopiedJournal> copy_live(const std::string& from, const std::string& to) {
    std::error_code none;
    if (!std::filesystem::is_regular_file(from, none))
        return core::Error{core::ErrorCode::Unavailable, "no journal at " + from};
    if (std::filesystem::exists(std::filesystem::symlink_status(to, none)))
        return core::Error{core::ErrorCode::Unavailable, to + " is there already"};
    const auto copy = [&]() -> core::Result<CopiedJournal> {
        const auto least = copy_at_once(from, to);
        if (!least) return core::Error{least.error().code, from + ": " + least.error().what};
        if (auto safe = sync(to); !safe) return safe.error();
        auto copied = check_copy(to);
        if (copied && copied->chain.last_sequence < *least)
            return damaged(to + ": row " + std::to_string(*least) + " of the journal is missing");
        return copied;
    };
    auto copied = copy();
    if (!copied)
        for (const char* const part : {"", "-journal", "-wal", "-shm"})
            std::remove((to + part).c_str());
    return copied;
}

core::Result<CopiedJournal> check_copy(const std::string& path) {
    auto database = Database::open(path, Database::Access::Read);
    if (!database) return database.error();
    const auto named = [&](const core::Error& error) {
        return core::Error{error.code, path + ": " + error.what};
    };
    if (auto known = refuse_unknown(*database); !known) return named(known.error());
    CopiedJournal copied;
    const auto version = database->number("PRAGMA user_version");
    if (!version) return named(version.error());
    copied.version = *version;
    if (auto plain = check_tables(*database); !plain) return named(plain.error());
    if (auto whole = check_references(*database); !whole) return named(whole.error());
    auto chain = verify(path);
    if (!chain) return named(chain.error());
    copied.chain = std::move(chain).value();
    if (copied.version >= 2)
        if (auto good = check_memory(*database); !good) return named(good.error());
    return copied;
}

}  // namespace bitgrid::store
