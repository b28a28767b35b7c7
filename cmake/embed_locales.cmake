# cmake -DFILES=a.json;b.json -DOUTPUT=x.cpp -DHEADER=h.hpp -DNAMESPACE=n -DFUNCTION=f -P embed_locales.cmake
set(cases "")
foreach(file IN LISTS FILES)
    get_filename_component(language ${file} NAME_WE)
    file(READ ${file} text)
    string(APPEND cases "    if (language == \"${language}\") return R\"locale(${text})locale\";\n")
endforeach()
file(WRITE ${OUTPUT} "#include \"${HEADER}\"

namespace ${NAMESPACE} {

std::string_view ${FUNCTION}(std::string_view language) {
${cases}    return {};
}

}  // namespace ${NAMESPACE}
")
