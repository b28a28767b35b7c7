#pragma once
// Rows of one dataset in one Parquet file: zstd, times in UTC, names and units as in
// wire/past_columns.hpp, and what was said about them in the file's key-value metadata. One thread
// at a time per Duckdb.
#include <algorithm>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "archive/duckdb.hpp"
#include "wire/past_columns.hpp"

namespace bitgrid::archive {

using Metadata = std::map<std::string, std::string>;

struct Column {
    std::string name;
    const char* type;  ///< of SQL
    bool is_left_out{false};
};

/// The columns of a row, in order.
template <class Row>
std::vector<Column> columns_of();

/// A new file; whatever stood there before is replaced. Not synced. Unavailable where it cannot be
/// written; what is left of it then is of no use.
template <class Row>
core::Result<void> write_parquet(Duckdb&, const std::string& path, std::span<const Row>,
                                 const Metadata&);

/// Every row of the files, in the order of the files and of their rows. A column that a file has
/// not, because an older program wrote it, reads as empty. Damaged names a file that is no Parquet
/// file, or one that a newer program wrote so that it cannot be read.
/// `condition`: SQL over the columns, or empty. `left_out`: columns that are not needed, and read
/// as empty.
template <class Row>
core::Result<void> read_parquet(Duckdb&, std::span<const std::string> paths,
                                const std::function<void(Row&)>& each,
                                const std::string& condition = {},
                                std::initializer_list<std::string_view> left_out = {});

/// Reads back what was just written; Damaged where it is not the same rows, value for value.
template <class Row>
core::Result<void> check_written(Duckdb&, const std::string& path, const std::vector<Row>&);

core::Result<Metadata> read_metadata(Duckdb&, const std::string& path);
core::Result<std::vector<std::string>> column_names(Duckdb&, std::span<const std::string> paths);

// What the templates are made of.
core::Result<void> create_table(Duckdb&, const std::vector<Column>&);
core::Result<void> copy_table(Duckdb&, const std::string& path, const Metadata&);
core::Result<Rows> select(Duckdb&, std::span<const std::string> paths, const std::vector<Column>&,
                          const std::string& condition);

namespace parquet {

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {
    using Value = T;
};

template <class T>
constexpr const char* type_of() {
    if constexpr (IsOptional<T>::value) return type_of<typename IsOptional<T>::Value>();
    else if constexpr (std::is_same_v<T, std::int64_t>) return "BIGINT";
    else if constexpr (std::is_same_v<T, double>) return "DOUBLE";
    else if constexpr (std::is_same_v<T, bool>) return "BOOLEAN";
    else if constexpr (std::is_same_v<T, core::UnixTime>) return "TIMESTAMPTZ";
    else if constexpr (std::is_same_v<T, wire::Packed>) return "BLOB";
    else return "VARCHAR";
}

struct ColumnLister {
    std::vector<Column>& columns;
    template <class T>
    void operator()(const char* name, const T&) {
        columns.push_back({name, type_of<T>(), false});
    }
};

struct RowAdder {
    Appender& appender;
    template <class T>
    void operator()(const char*, const T& value) {
        appender.add(value);
    }
};

struct RowTaker {
    const Rows& rows;
    std::size_t column{0};

    template <class T>
    void operator()(const char*, T& value) {
        const std::size_t at = column++;
        if (rows.is_null(at)) value = T{};
        else if constexpr (IsOptional<T>::value) value = taken<typename IsOptional<T>::Value>(at);
        else value = taken<T>(at);
    }
    template <class T>
    T taken(std::size_t at) const {
        if constexpr (std::is_same_v<T, std::int64_t>) return rows.integer(at);
        else if constexpr (std::is_same_v<T, double>) return rows.number(at);
        else if constexpr (std::is_same_v<T, bool>) return rows.boolean(at);
        else if constexpr (std::is_same_v<T, core::UnixTime>) return rows.time(at);
        else if constexpr (std::is_same_v<T, wire::Packed>)
            return wire::Packed{std::string{rows.text(at)}};
        else return T{rows.text(at)};
    }
};

}  // namespace parquet

template <class Row>
std::vector<Column> columns_of() {
    std::vector<Column> columns;
    Row row;
    parquet::ColumnLister lister{columns};
    describe(lister, row);
    return columns;
}

template <class Row>
core::Result<void> write_parquet(Duckdb& duckdb, const std::string& path, std::span<const Row> rows,
                                 const Metadata& metadata) {
    if (auto made = create_table(duckdb, columns_of<Row>()); !made) return made;
    auto appender = Appender::open(duckdb, "rows");
    if (!appender) return appender.error();
    parquet::RowAdder adder{*appender};
    for (const Row& row : rows) {
        describe(adder, const_cast<Row&>(row));  // the adder only looks
        appender->end_row();
    }
    if (auto closed = appender->close(); !closed) return closed;
    return copy_table(duckdb, path, metadata);
}

template <class Row>
core::Result<void> read_parquet(Duckdb& duckdb, std::span<const std::string> paths,
                                const std::function<void(Row&)>& each, const std::string& condition,
                                std::initializer_list<std::string_view> left_out) {
    if (paths.empty()) return {};
    auto columns = columns_of<Row>();
    for (Column& column : columns)
        column.is_left_out = std::ranges::find(left_out, column.name) != left_out.end();
    auto rows = select(duckdb, paths, columns, condition);
    if (!rows) return rows.error();
    Row row;
    for (;;) {
        const auto has_row = rows->next();
        if (!has_row) return has_row.error();
        if (!*has_row) return {};
        parquet::RowTaker taker{*rows};
        describe(taker, row);
        each(row);
    }
}

template <class Row>
core::Result<void> check_written(Duckdb& duckdb, const std::string& path,
                                 const std::vector<Row>& rows) {
    std::size_t count = 0;
    bool is_same = true;
    const std::string paths[] = {path};
    const std::function<void(Row&)> compare = [&](Row& row) {
        is_same = is_same && count < rows.size() && row == rows[count];
        ++count;
    };
    const auto read = read_parquet<Row>(duckdb, paths, compare);
    if (!read) return read;
    if (!is_same || count != rows.size())
        return core::Error{core::ErrorCode::Damaged,
                           path + ": what was read back is not what was written"};
    return {};
}

}  // namespace bitgrid::archive
