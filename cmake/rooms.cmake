# A room is a folder of src/ and one library. Sources and tests are found by name, so that adding a file needs no
# line here: x.cpp is built into the room, x_test.cpp into the room's test program, fuzz targets live in fuzz/.
# Test programs run in the root of the tree and find data/ from there: no path of a machine is compiled in.

# Where files are built in bundles (CMAKE_UNITY_BUILD, as in the preset of the tests), these stand alone: they use a
# name in their unnamed namespace that another one of their target uses, too.
set_source_files_properties(
    src/adapters/modbus/sunspec_test.cpp src/adapters/mqtt/mqtt_sensors.cpp src/app/two_controllers_test.cpp
    src/core/counterfactual_test.cpp src/engine/boot_test.cpp src/engine/decided_blocks_test.cpp
    src/engine/time_trust_test.cpp src/net/manual_clock_test.cpp src/sim/house_test.cpp
    src/sim/simulated_home_test.cpp src/sim/web/web_server.cpp src/store/journal_file_test.cpp
    PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)

function(add_room name)
    cmake_parse_arguments(ROOM "" "" "USES;LIBRARIES;TEST_LIBRARIES" ${ARGN})
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cpp)
    set(tests ${sources})
    list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
    list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
    list(TRANSFORM ROOM_USES PREPEND "room_")

    if(sources)
        add_library(room_${name} STATIC ${sources})
        target_include_directories(room_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
        target_link_libraries(room_${name} PUBLIC ${ROOM_USES} ${ROOM_LIBRARIES} PRIVATE house_rules)
    else()
        add_library(room_${name} INTERFACE)
        target_include_directories(room_${name} INTERFACE ${CMAKE_SOURCE_DIR}/src)
        target_link_libraries(room_${name} INTERFACE ${ROOM_USES} ${ROOM_LIBRARIES})
    endif()

    if(BITGRID_TESTS AND tests)
        add_executable(${name}_test ${tests})
        target_link_libraries(${name}_test PRIVATE room_${name} house_rules light_rules GTest::gmock_main
            ${ROOM_TEST_LIBRARIES})
        gtest_discover_tests(${name}_test TEST_PREFIX ${name}. DISCOVERY_TIMEOUT 60
            WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} PROPERTIES LABELS unit TIMEOUT 300)
    endif()
endfunction()

# The programs: src/app/<program>/main.cpp each, what they share beside them.
function(add_programs folder)
    file(GLOB shared CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${folder}/*.cpp)
    set(tests ${shared})
    list(FILTER shared EXCLUDE REGEX "_test\\.cpp$")
    list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
    set(rooms room_core room_ports room_crypto room_wire room_net room_engine room_guard room_gateway room_explain
        room_research room_store room_archive room_update room_backup room_adapters room_accounts room_api room_ops
        room_sim)
    if(shared)
        add_library(app_shared STATIC ${shared})
        target_link_libraries(app_shared PUBLIC ${rooms} CLI11::CLI11 fmt::fmt PRIVATE house_rules)
        target_compile_definitions(app_shared PUBLIC BITGRID_VERSION="${PROJECT_VERSION}")
    endif()
    file(GLOB mains CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${folder}/*/main.cpp)
    foreach(main ${mains})
        get_filename_component(dir ${main} DIRECTORY)
        get_filename_component(program ${dir} NAME)
        file(GLOB parts CONFIGURE_DEPENDS ${dir}/*.cpp)
        list(FILTER parts EXCLUDE REGEX "_test\\.cpp$")
        add_executable(${program} ${parts})
        target_link_libraries(${program} PRIVATE house_rules light_rules ${rooms} CLI11::CLI11 fmt::fmt)
        target_compile_definitions(${program} PRIVATE BITGRID_VERSION="${PROJECT_VERSION}")
        if(TARGET app_shared)
            target_link_libraries(${program} PRIVATE app_shared)
        endif()
        set_target_properties(${program} PROPERTIES UNITY_BUILD OFF)  # each verb has options of its own
        install(TARGETS ${program})
    endforeach()
    if(BITGRID_TESTS AND tests)
        add_executable(${folder}_test ${tests})
        target_link_libraries(${folder}_test PRIVATE app_shared house_rules light_rules GTest::gmock_main)
        gtest_discover_tests(${folder}_test TEST_PREFIX ${folder}. DISCOVERY_TIMEOUT 60
            WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} PROPERTIES LABELS unit TIMEOUT 300)
    endif()
endfunction()
