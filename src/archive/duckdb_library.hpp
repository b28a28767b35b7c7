#pragma once
// The functions of DuckDB that we call, loaded when the first of them is needed: a program that
// only stops a load never pays for it, and never fails because it is not there.
#include <duckdb.h>

#include "core/result.hpp"

namespace bitgrid::archive {

struct DuckdbLibrary {
    decltype(&duckdb_open_ext) open_ext;
    decltype(&duckdb_close) close;
    decltype(&duckdb_connect) connect;
    decltype(&duckdb_disconnect) disconnect;
    decltype(&duckdb_create_config) create_config;
    decltype(&duckdb_set_config) set_config;
    decltype(&duckdb_destroy_config) destroy_config;
    decltype(&duckdb_query) query;
    decltype(&duckdb_destroy_result) destroy_result;
    decltype(&duckdb_result_error) result_error;
    decltype(&duckdb_column_count) column_count;
    decltype(&duckdb_column_name) column_name;
    decltype(&duckdb_column_type) column_type;
    decltype(&duckdb_fetch_chunk) fetch_chunk;
    decltype(&duckdb_destroy_data_chunk) destroy_data_chunk;
    decltype(&duckdb_data_chunk_get_size) data_chunk_get_size;
    decltype(&duckdb_data_chunk_get_vector) data_chunk_get_vector;
    decltype(&duckdb_vector_get_data) vector_get_data;
    decltype(&duckdb_vector_get_validity) vector_get_validity;
    decltype(&duckdb_appender_create) appender_create;
    decltype(&duckdb_appender_error) appender_error;
    decltype(&duckdb_appender_destroy) appender_destroy;
    decltype(&duckdb_appender_close) appender_close;
    decltype(&duckdb_appender_end_row) appender_end_row;
    decltype(&duckdb_append_null) append_null;
    decltype(&duckdb_append_bool) append_bool;
    decltype(&duckdb_append_int64) append_int64;
    decltype(&duckdb_append_double) append_double;
    decltype(&duckdb_append_timestamp) append_timestamp;
    decltype(&duckdb_append_varchar_length) append_varchar_length;
    decltype(&duckdb_append_blob) append_blob;
    decltype(&duckdb_free) free;
};

/// `../lib/bitgridai/libduckdb.so` from the program's own folder, else where the system finds it.
/// Unavailable, in words, where there is none or it lacks a function. Thread-safe; loaded once.
core::Result<const DuckdbLibrary*> duckdb_library();

}  // namespace bitgrid::archive
