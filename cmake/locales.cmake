# Compiles <folder>/*.json, one file a language, into a target, so that no file is needed at run time. A new language
# is one file. HEADER declares FUNCTION in NAMESPACE: the text of a language, empty where there is none.
function(embed_texts target folder)
    cmake_parse_arguments(TEXTS "" "HEADER;NAMESPACE;FUNCTION" "" ${ARGN})
    file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.json)
    set(output ${CMAKE_BINARY_DIR}/generated/${TEXTS_FUNCTION}.cpp)
    add_custom_command(OUTPUT ${output}
        COMMAND ${CMAKE_COMMAND} "-DFILES=${files}" -DOUTPUT=${output} -DHEADER=${TEXTS_HEADER}
                -DNAMESPACE=${TEXTS_NAMESPACE} -DFUNCTION=${TEXTS_FUNCTION}
                -P ${CMAKE_SOURCE_DIR}/cmake/embed_locales.cmake
        DEPENDS ${files} ${CMAKE_SOURCE_DIR}/cmake/embed_locales.cmake
        COMMENT "Embedding the texts of ${folder}" VERBATIM)
    target_sources(${target} PRIVATE ${output})
endfunction()

function(embed_locales target)
    embed_texts(${target} locales
        HEADER explain/embedded_locales.hpp NAMESPACE bitgrid::explain FUNCTION embedded_locale)
endfunction()
