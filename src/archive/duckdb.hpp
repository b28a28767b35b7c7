#pragma once
// DuckDB as values with owners: a database in memory, rows of a query, rows to be stored. Opened
// for one piece of work and closed after it. One thread at a time per database. Failures are
// errors with DuckDB's own words; nothing throws. Nothing is ever fetched from a network.
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/duckdb_library.hpp"
#include "core/time.hpp"
#include "wire/packed.hpp"

namespace bitgrid::archive {

/// `'text'` with its quotes doubled.
std::string sql_text(std::string_view text);

/// The rows of a query, one after the other.
class Rows {
public:
    /// Goes to the next row; false: there is none. Damaged where a file turned out to be broken.
    core::Result<bool> next();

    std::size_t columns() const;
    std::string name(std::size_t column) const;
    bool is_null(std::size_t column) const;
    std::int64_t integer(std::size_t column) const;  ///< BIGINT
    double number(std::size_t column) const;         ///< DOUBLE
    bool boolean(std::size_t column) const;
    core::UnixTime time(std::size_t column) const;    ///< TIMESTAMP or TIMESTAMPTZ
    std::string_view text(std::size_t column) const;  ///< VARCHAR or BLOB; until next()

    Rows(Rows&&) noexcept;
    Rows& operator=(Rows&&) = delete;
    ~Rows();

private:
    friend class Duckdb;
    struct State;
    explicit Rows(std::unique_ptr<State>);
    std::unique_ptr<State> state_;
};

class Duckdb {
public:
    struct Bounds {
        int threads{1};
        int memory_mb{64};  ///< DuckDB's own limit; the process needs some 60 MB more
    };
    static core::Result<Duckdb> open(Bounds);

    core::Result<Rows> query(const std::string& sql);
    core::Result<void> execute(const std::string& sql);

    Duckdb(Duckdb&&) noexcept;
    Duckdb& operator=(Duckdb&&) = delete;
    ~Duckdb();

private:
    friend class Appender;
    explicit Duckdb(const DuckdbLibrary& library) : library_{&library} {}
    const DuckdbLibrary* library_;
    duckdb_database database_{};
    duckdb_connection connection_{};
};

/// Puts rows into a table that exists, column by column. What it says last is said by close().
class Appender {
public:
    static core::Result<Appender> open(Duckdb&, const std::string& table);

    void add(std::int64_t);
    void add(double);  ///< not finite: null
    void add(bool);
    void add(core::UnixTime);
    void add(const std::string&);
    void add(const wire::Packed&);
    template <class T>
    void add(const std::optional<T>& value) {
        if (value) add(*value);
        else add_null();
    }
    void add_null();
    void end_row();
    /// Unavailable where any of it could not be stored.
    core::Result<void> close();

    Appender(Appender&&) noexcept;
    Appender& operator=(Appender&&) = delete;
    ~Appender();

private:
    explicit Appender(const DuckdbLibrary& library) : library_{&library} {}
    void note(duckdb_state);
    const DuckdbLibrary* library_;
    duckdb_appender appender_{};
    bool has_failed_{false};
};

}  // namespace bitgrid::archive
