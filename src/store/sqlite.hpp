#pragma once
// SQLite as values with owners: a database file, a prepared statement, a transaction.
// One thread at a time per database; a statement must not outlive its database. Failures are
// errors that carry SQLite's own words; nothing throws.
#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace bitgrid::store {

using Bytes = std::span<const unsigned char>;

/// What stands behind a failure, and so what to do about it.
enum class Trouble {
    Busy,  ///< others use the file: wait
    Full,  ///< no room: make some
    File   ///< the disk or the file: trust nothing that is open
};

class Statement {
public:
    /// Starts afresh with these values for ?1, ?2, …: true where there is a row.
    template <class... Args>
    core::Result<bool> run(const Args&... args) {
        reset();
        int index = 0;
        (bind(++index, args), ...);
        return step();
    }
    core::Result<bool> step();  ///< the next row, if any
    void reset();               ///< lets go of locks and bound values

    bool is_null(int column) const;
    std::int64_t integer(int column) const;
    std::string_view text(int column) const;  ///< until the next step, run or reset
    Bytes bytes(int column) const;            ///< as text()

    void bind(int index, std::int64_t);
    void bind(int index, int value) { bind(index, std::int64_t{value}); }
    void bind(int index, std::string_view);  ///< copied
    void bind(int index, const std::string& text) { bind(index, std::string_view{text}); }
    void bind(int index, const char* text) { bind(index, std::string_view{text}); }
    void bind(int index, Bytes);  ///< copied
    void bind(int index, std::nullptr_t);
    template <class T>
    void bind(int index, const std::optional<T>& value) {
        if (value) bind(index, *value);
        else bind(index, nullptr);
    }

private:
    friend class Database;
    struct Finalizer {
        void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
    };
    explicit Statement(sqlite3_stmt* statement) : statement_{statement} {}
    std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
};

class Database {
public:
    enum class Access { Read, Write, WriteExisting };

    /// Opens the file (only Write creates it). Waits up to `busy_ms` for other writers.
    static core::Result<Database> open(const std::string& path, Access, int busy_ms = 250);

    core::Result<Statement> prepare(std::string_view sql);
    core::Result<void> execute(const std::string& sql);  ///< one or more statements without rows
    core::Result<std::int64_t> number(std::string_view sql);  ///< first column of the first row

    /// The file was moved or deleted behind our back: what is written now would be lost.
    bool has_moved() const;
    Trouble trouble() const;                                ///< behind the last failure
    void interrupt() { sqlite3_interrupt(handle_.get()); }  ///< any thread
    sqlite3* handle() const { return handle_.get(); }

private:
    struct Closer {
        void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
    };
    explicit Database(sqlite3* handle) : handle_{handle} {}
    std::unique_ptr<sqlite3, Closer> handle_;
};

/// All or nothing: rolled back when it goes without commit().
class Transaction {
public:
    static core::Result<Transaction> begin(Database&);  ///< takes the write lock at once
    core::Result<void> commit();
    Transaction(Transaction&& other) noexcept
        : database_{std::exchange(other.database_, nullptr)} {}
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction();

private:
    explicit Transaction(Database& database) : database_{&database} {}
    Database* database_;
};

/// The last failure of this connection, with what was tried.
core::Error failure(sqlite3*, std::string_view what);

}  // namespace bitgrid::store
