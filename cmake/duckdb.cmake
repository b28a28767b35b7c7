# DuckDB writes and reads the Parquet files of the cold store. No distribution has it, so a pinned build of its makers
# comes through npm, which the web face needs anyway; both archives are checked against their digests. To use another
# one: -DDUCKDB_ROOT=<folder with libduckdb.so and duckdb.h>. Nothing links it: `bitgrid` loads it when a verb needs it.
set(DUCKDB_ROOT "" CACHE PATH "Folder with libduckdb.so and duckdb.h; empty: fetched")

set(duckdb_header_package duckdb@1.4.4)
set(duckdb_header_sha512 844249e61c9517454b8f776638ba6c5ab411d1bddde1892ab72826ea25178c72430e74aa83f5122b171be6abcdace84560f824b5ac94e9d5c2b603ea7269a9a2)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
    set(duckdb_library_package @duckdb/node-bindings-linux-arm64@1.4.4-r.3)
    set(duckdb_library_sha512 a85dbf5a107e8bef22b3ad11ae94d8ff9667cb02146b2b818955d2b90e2bad19f59b582f7caa8fbe3c926e20e3620428ffa397bbf7dac74282d605e7356a0b10)
else()
    set(duckdb_library_package @duckdb/node-bindings-linux-x64@1.4.4-r.3)
    set(duckdb_library_sha512 679f73a5421c662947066719a66c1f1708bafce0272a5550084f7f3468190854aa61e6fede28f91d0cb6ea1a75d06222bf71f151018877c1d5b3ddb1da3bdc91)
endif()

# Fetches a package, checks it, and puts one file of it into the folder.
function(fetch_from_npm package sha512 wanted folder)
    get_filename_component(name ${wanted} NAME)
    if(EXISTS ${folder}/${name})
        return()
    endif()
    set(work ${folder}/fetching)
    file(REMOVE_RECURSE ${work})
    file(MAKE_DIRECTORY ${work})
    message(STATUS "Fetching ${package}")
    execute_process(COMMAND npm pack --silent ${package} WORKING_DIRECTORY ${work} OUTPUT_VARIABLE archive
        OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_VARIABLE trouble RESULT_VARIABLE result)
    if(result)
        message(FATAL_ERROR "npm could not fetch ${package}: ${trouble}\n"
            "Offline: -DDUCKDB_ROOT=<folder with libduckdb.so and duckdb.h>")
    endif()
    file(SHA512 ${work}/${archive} found)
    if(NOT found STREQUAL sha512)
        file(REMOVE_RECURSE ${work})
        message(FATAL_ERROR "${package} is not what it was: SHA-512 ${found}, expected ${sha512}")
    endif()
    file(ARCHIVE_EXTRACT INPUT ${work}/${archive} DESTINATION ${work} PATTERNS "${wanted}")
    file(RENAME ${work}/${wanted} ${folder}/${name})
    file(REMOVE_RECURSE ${work})
endfunction()

if(NOT DUCKDB_ROOT)
    # Beside the build folders of all presets, so that it is fetched once.
    set(duckdb_folder ${CMAKE_SOURCE_DIR}/build/duckdb-1.4.4-${CMAKE_SYSTEM_PROCESSOR})
    fetch_from_npm(${duckdb_header_package} ${duckdb_header_sha512} package/src/duckdb/src/include/duckdb.h
        ${duckdb_folder})
    fetch_from_npm(${duckdb_library_package} ${duckdb_library_sha512} package/libduckdb.so ${duckdb_folder})
    fetch_from_npm(${duckdb_library_package} ${duckdb_library_sha512} package/LICENSE ${duckdb_folder})
else()
    set(duckdb_folder ${DUCKDB_ROOT})
endif()
add_library(duckdb_header INTERFACE)
target_include_directories(duckdb_header SYSTEM INTERFACE ${duckdb_folder})
target_link_libraries(duckdb_header INTERFACE ${CMAKE_DL_LIBS})

# Where a program finds it: ../lib/bitgridai from its own folder, built or installed.
get_filename_component(duckdb_beside ${CMAKE_RUNTIME_OUTPUT_DIRECTORY} DIRECTORY)
file(MAKE_DIRECTORY ${duckdb_beside}/lib/bitgridai)
file(CREATE_LINK ${duckdb_folder}/libduckdb.so ${duckdb_beside}/lib/bitgridai/libduckdb.so SYMBOLIC)
install(FILES ${duckdb_folder}/libduckdb.so DESTINATION lib/bitgridai)
