# Compiles into a program what it is made of, as the packages on this machine say of themselves. Made anew where they
# have changed; the program only where the bill has.
function(add_bill_of_materials target)
    set(output ${CMAKE_BINARY_DIR}/generated/bill_of_materials.cpp)
    set(status "")
    if(EXISTS /var/lib/dpkg/status)
        set(status /var/lib/dpkg/status)
    endif()
    find_program(NODE NAMES node nodejs REQUIRED)
    add_custom_command(OUTPUT ${output}
        COMMAND ${NODE} ${CMAKE_SOURCE_DIR}/scripts/write_sbom.mjs --version ${PROJECT_VERSION}
                --duckdb ${duckdb_folder} --cpp ${output}
        DEPENDS ${CMAKE_SOURCE_DIR}/scripts/write_sbom.mjs ${CMAKE_SOURCE_DIR}/scripts/dependencies.json
                ${CMAKE_SOURCE_DIR}/ui/package-lock.json ${status}
        COMMENT "Listing what the program is made of" VERBATIM)
    target_sources(${target} PRIVATE ${output})
endfunction()
