#include "archive/duckdb_library.hpp"

#include <dlfcn.h>

#include <filesystem>

namespace bitgrid::archive {
namespace {

constexpr const char* kName = "libduckdb.so";

core::Error unavailable(const std::string& what) {
    return {core::ErrorCode::Unavailable, "the Parquet library: " + what};
}

void* open_library() {
    std::error_code error;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
    if (!error) {
        const auto beside = program.parent_path().parent_path() / "lib/bitgridai" / kName;
        if (void* library = ::dlopen(beside.c_str(), RTLD_NOW | RTLD_LOCAL)) return library;
    }
    return ::dlopen(kName, RTLD_NOW | RTLD_LOCAL);
}

template <class Function>
bool find(void* library, const char* name, Function& function) {
    function = reinterpret_cast<Function>(::dlsym(library, name));
    return function != nullptr;
}

core::Result<DuckdbLibrary> load() {
    void* library = open_library();
    if (library == nullptr) return unavailable(::dlerror());
    DuckdbLibrary all{};
    const char* missing = nullptr;
#define BITGRID_FIND(name) \
    if (!find(library, "duckdb_" #name, all.name)) missing = "duckdb_" #name
    BITGRID_FIND(open_ext);
    BITGRID_FIND(close);
    BITGRID_FIND(connect);
    BITGRID_FIND(disconnect);
    BITGRID_FIND(create_config);
    BITGRID_FIND(set_config);
    BITGRID_FIND(destroy_config);
    BITGRID_FIND(query);
    BITGRID_FIND(destroy_result);
    BITGRID_FIND(result_error);
    BITGRID_FIND(column_count);
    BITGRID_FIND(column_name);
    BITGRID_FIND(column_type);
    BITGRID_FIND(fetch_chunk);
    BITGRID_FIND(destroy_data_chunk);
    BITGRID_FIND(data_chunk_get_size);
    BITGRID_FIND(data_chunk_get_vector);
    BITGRID_FIND(vector_get_data);
    BITGRID_FIND(vector_get_validity);
    BITGRID_FIND(appender_create);
    BITGRID_FIND(appender_error);
    BITGRID_FIND(appender_destroy);
    BITGRID_FIND(appender_close);
    BITGRID_FIND(appender_end_row);
    BITGRID_FIND(append_null);
    BITGRID_FIND(append_bool);
    BITGRID_FIND(append_int64);
    BITGRID_FIND(append_double);
    BITGRID_FIND(append_timestamp);
    BITGRID_FIND(append_varchar_length);
    BITGRID_FIND(append_blob);
    BITGRID_FIND(free);
#undef BITGRID_FIND
    if (missing != nullptr) return unavailable(std::string{"it has no "} + missing);
    return all;
}

}  // namespace

core::Result<const DuckdbLibrary*> duckdb_library() {
    static const core::Result<DuckdbLibrary> library = load();
    if (!library) return library.error();
    return &*library;
}

}  // namespace bitgrid::archive
