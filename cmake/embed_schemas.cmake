# cmake -DFILES=a.schema.json;b.schema.json -DOUTPUT=x.cpp -P embed_schemas.cmake
set(entries "")
foreach(file IN LISTS FILES)
    get_filename_component(name ${file} NAME_WE)
    file(READ ${file} text)
    string(APPEND entries "        {\"${name}\", R\"schema(${text})schema\"},\n")
endforeach()
file(WRITE ${OUTPUT} "#include \"api/embedded_schemas.hpp\"

namespace bitgrid::api {

const std::vector<EmbeddedSchema>& embedded_schemas() {
    static const std::vector<EmbeddedSchema> all{
${entries}    };
    return all;
}

}  // namespace bitgrid::api
")
