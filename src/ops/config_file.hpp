#pragma once
// One file of the configuration folder into one struct, or a list of structs, that describe()
// names. A file that is missing or empty leaves the defaults. Problems are added, never thrown; the
// values are only to be used without any.
#include <filesystem>

#include "ops/yaml_reader.hpp"

namespace bitgrid::ops {

namespace detail {
YamlNode load_yaml(const std::filesystem::path& path, Problems& problems);
std::string variable_prefix(const std::filesystem::path& path);
/// Variables that start like the file's but name no key of it.
void report_unknown_variables(const Reading& reading, const std::string& prefix);
/// The items of a list file; empty, and a problem, where it is no list or has too many.
std::vector<YamlNode> list_items(YamlNode root, std::size_t most, Reading& reading);
std::string item_prefix(const std::string& prefix, std::size_t index);
std::string item_path(const std::filesystem::path& file, std::size_t index);
}  // namespace detail

template <class Struct>
Places read_file(const std::filesystem::path& path, const Environment& environment, Struct& value,
                 Problems& problems) {
    Places places{path.string()};
    Reading reading{path.string(), environment, problems, places};
    const YamlNode root = detail::load_yaml(path, problems);
    const std::string prefix = detail::variable_prefix(path);
    YamlReader reader{root, reading, prefix, ""};
    describe(reader, value);
    reader.finish();
    detail::report_unknown_variables(reading, prefix);
    return places;
}

/// Keys in problems and places are `loads[0].id`; variables are BITGRID_LOADS_0_ID. A list in the
/// file replaces `values`.
template <class Struct>
Places read_list(const std::filesystem::path& path, const Environment& environment,
                 std::vector<Struct>& values, std::size_t most, Problems& problems) {
    Places places{path.string()};
    Reading reading{path.string(), environment, problems, places};
    YamlNode root = detail::load_yaml(path, problems);
    const std::string prefix = detail::variable_prefix(path);
    std::vector<YamlNode> items{values.size()};
    if (root.kind != YamlNode::Kind::Null) {
        items = detail::list_items(std::move(root), most, reading);
        values.assign(items.size(), Struct{});
    }
    for (std::size_t i = 0; i < items.size(); ++i) {
        YamlReader reader{items[i], reading, detail::item_prefix(prefix, i),
                          detail::item_path(path, i)};
        describe(reader, values[i]);
        reader.finish();
    }
    detail::report_unknown_variables(reading, prefix);
    return places;
}

}  // namespace bitgrid::ops
