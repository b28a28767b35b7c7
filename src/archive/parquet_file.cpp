#include "archive/parquet_file.hpp"

#include <algorithm>

namespace bitgrid::archive {
namespace {

std::string list_of(std::span<const std::string> paths) {
    std::string list{"["};
    for (const std::string& path : paths)
        list.append(list.size() > 1 ? ", " : "").append(sql_text(path));
    return list += ']';
}

// Whatever is wrong with a file that somebody else may have made.
core::Error unreadable(const core::Error& error) { return {core::ErrorCode::Damaged, error.what}; }

}  // namespace

core::Result<void> create_table(Duckdb& duckdb, const std::vector<Column>& columns) {
    std::string sql{"CREATE OR REPLACE TABLE rows ("};
    for (const Column& column : columns)
        sql.append(&column != &columns.front() ? ", " : "")
            .append("\"" + column.name + "\" ")
            .append(column.type);
    return duckdb.execute(sql + ")");
}

core::Result<void> copy_table(Duckdb& duckdb, const std::string& path, const Metadata& metadata) {
    std::string pairs;
    for (const auto& [key, value] : metadata)
        pairs.append(pairs.empty() ? "" : ", ").append(key + ": ").append(sql_text(value));
    auto done = duckdb.execute("COPY rows TO " + sql_text(path) +
                               " (FORMAT parquet, COMPRESSION zstd, KV_METADATA {" + pairs + "})");
    if (!done) return done;
    return duckdb.execute("DROP TABLE rows");
}

core::Result<std::vector<std::string>> column_names(Duckdb& duckdb,
                                                    std::span<const std::string> paths) {
    auto rows = duckdb.query("SELECT column_name FROM (DESCRIBE SELECT * FROM read_parquet(" +
                             list_of(paths) + ", union_by_name = true))");
    if (!rows) return unreadable(rows.error());
    std::vector<std::string> names;
    for (;;) {
        const auto has_row = rows->next();
        if (!has_row) return has_row.error();
        if (!*has_row) return names;
        names.emplace_back(rows->text(0));
    }
}

core::Result<Rows> select(Duckdb& duckdb, std::span<const std::string> paths,
                          const std::vector<Column>& columns, const std::string& condition) {
    const auto names = column_names(duckdb, paths);
    if (!names) return names.error();
    std::string sql{"SELECT "};
    for (const Column& column : columns) {
        const bool is_there =
            !column.is_left_out && std::ranges::find(*names, column.name) != names->end();
        sql.append(&column != &columns.front() ? ", " : "")
            .append("CAST(" + (is_there ? "\"" + column.name + "\"" : "NULL") + " AS ")
            .append(std::string{column.type} + ")");
    }
    sql += " FROM read_parquet(" + list_of(paths) + ", union_by_name = true)";
    if (!condition.empty()) sql += " WHERE " + condition;
    auto rows = duckdb.query(sql);
    if (!rows) return unreadable(rows.error());
    return rows;
}

core::Result<Metadata> read_metadata(Duckdb& duckdb, const std::string& path) {
    auto rows = duckdb.query("SELECT key, value FROM parquet_kv_metadata(" + sql_text(path) + ")");
    if (!rows) return unreadable(rows.error());
    Metadata metadata;
    for (;;) {
        const auto has_row = rows->next();
        if (!has_row) return has_row.error();
        if (!*has_row) return metadata;
        metadata[std::string{rows->text(0)}] = std::string{rows->text(1)};
    }
}

}  // namespace bitgrid::archive
