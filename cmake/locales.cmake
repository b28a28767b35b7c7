# Compiles locales/*.json into a target, so that no file is needed at run time. A new language is one file.
function(embed_locales target)
    file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/locales/*.json)
    set(output ${CMAKE_BINARY_DIR}/generated/embedded_locales.cpp)
    add_custom_command(OUTPUT ${output}
        COMMAND ${CMAKE_COMMAND} "-DFILES=${files}" -DOUTPUT=${output}
                -P ${CMAKE_SOURCE_DIR}/cmake/embed_locales.cmake
        DEPENDS ${files} ${CMAKE_SOURCE_DIR}/cmake/embed_locales.cmake
        COMMENT "Embedding the texts" VERBATIM)
    target_sources(${target} PRIVATE ${output})
endfunction()
