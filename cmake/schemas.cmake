# Compiles the schemas of what is sent into a target: the OpenAPI document holds them.
function(embed_schemas target)
    set(files "")
    foreach(name ${ARGN})
        list(APPEND files ${CMAKE_SOURCE_DIR}/schemas/${name}.schema.json)
    endforeach()
    set(output ${CMAKE_BINARY_DIR}/generated/embedded_schemas.cpp)
    add_custom_command(OUTPUT ${output}
        COMMAND ${CMAKE_COMMAND} "-DFILES=${files}" -DOUTPUT=${output}
                -P ${CMAKE_SOURCE_DIR}/cmake/embed_schemas.cmake
        DEPENDS ${files} ${CMAKE_SOURCE_DIR}/cmake/embed_schemas.cmake
        COMMENT "Embedding the schemas" VERBATIM)
    target_sources(${target} PRIVATE ${output})
endfunction()
