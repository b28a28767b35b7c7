# One set of flags for every target. No fused multiply-add: replay must give the same bytes on x86 and ARM.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_RUNTIME_OUTPUT_DIRECTORY)
    set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
endif()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release)
endif()

find_program(CCACHE ccache)
if(CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
    add_link_options(-fuse-ld=mold)
endif()

add_link_options(-Wl,--as-needed)  # a program loads what it uses, not what its rooms could

add_library(house_rules INTERFACE)
target_compile_options(house_rules INTERFACE -ffp-contract=off)
if(NOT BITGRID_FUZZ)  # that compiler is another one, and warnings are not its task
    target_compile_options(house_rules INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Known false alarms of gcc 12 under optimisation and sanitizers.
    target_compile_options(house_rules INTERFACE
        -Wno-maybe-uninitialized -Wno-restrict -Wno-stringop-overflow -Wno-array-bounds)
endif()

# Tests and the wiring of the programs are watched by the address sanitizer only, and not optimised: they build three
# times as fast, and what they call is watched by all.
add_library(light_rules INTERFACE)
if(BITGRID_SANITIZE MATCHES "undefined" AND NOT BITGRID_FUZZ)
    target_compile_options(light_rules INTERFACE -O0 -fno-sanitize=undefined)
endif()

if(BITGRID_SANITIZE)
    add_compile_options(-fsanitize=${BITGRID_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${BITGRID_SANITIZE})
    if(BITGRID_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # Asio's fences are unknown to this sanitizer, and not needed where it runs.
        add_compile_options(-Wno-tsan)
        add_compile_definitions(BOOST_ASIO_DISABLE_FENCED_BLOCK)
    endif()
endif()

# What people get: hardened, and the same bytes wherever it is built. Sanitizers replace the one and need the paths of
# the other, so neither is for them.
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT BITGRID_SANITIZE AND NOT BITGRID_FUZZ)
    add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}=. -ffile-prefix-map=${CMAKE_BINARY_DIR}=build
        -fstack-protector-strong -fstack-clash-protection -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -D_GLIBCXX_ASSERTIONS)
    if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|amd64")
        add_compile_options(-fcf-protection)
    elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
        add_compile_options(-mbranch-protection=standard)
    endif()
    add_link_options(-Wl,-z,relro,-z,now)
endif()
