# cmake -DFILES=a.json;b.json -DOUTPUT=x.cpp -P embed_locales.cmake
set(cases "")
foreach(file IN LISTS FILES)
    get_filename_component(language ${file} NAME_WE)
    file(READ ${file} text)
    string(APPEND cases "    if (language == \"${language}\") return R\"locale(${text})locale\";\n")
endforeach()
file(WRITE ${OUTPUT} "#include \"explain/embedded_locales.hpp\"

namespace bitgrid::explain {

std::string_view embedded_locale(std::string_view language) {
${cases}    return {};
}

}  // namespace bitgrid::explain
")
