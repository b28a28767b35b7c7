#include "ops/config_file.hpp"

#include "ops/config_texts.hpp"
#include "ops/text_file.hpp"

namespace bitgrid::ops::detail {

YamlNode load_yaml(const std::filesystem::path& path, Problems& problems) {
    std::error_code fault;
    if (!std::filesystem::exists(path, fault)) return {};
    const auto text = read_text_file(path, kMaxYamlBytes);
    if (!text) {
        problems.push_back(
            {path.string(), 0, {}, text.error().what, "a readable file, at most 1 MiB"});
        return {};
    }
    if (const std::string why = why_incomplete(*text); !why.empty()) {
        problems.push_back({path.string(), 0, {}, why, "the whole file, or none"});
        return {};
    }
    return parse_yaml(text.value(), path.string(), problems);
}

std::string variable_prefix(const std::filesystem::path& path) {
    std::string name = variable_name(path.stem().string(), "");
    name.pop_back();
    return name;
}

void report_unknown_variables(const Reading& reading, const std::string& prefix) {
    const std::vector<std::string> known{reading.known_variables.begin(),
                                         reading.known_variables.end()};
    const std::string start = prefix + '_';
    for (auto it = reading.environment.lower_bound(start);
         it != reading.environment.end() && it->first.starts_with(start); ++it) {
        if (reading.known_variables.contains(it->first)) continue;
        const auto meant = nearest(it->first, known);
        reading.problems.push_back(
            {"environment", 0, it->first,
             meant ? "unknown variable; did you mean " + *meant + "?" : "unknown variable",
             meant ? "" : "BITGRID_<FILE>_<KEY>"});
    }
}

std::vector<YamlNode> list_items(YamlNode root, std::size_t most, Reading& reading) {
    if (root.kind != YamlNode::Kind::List) {
        reading.places.mark_faulty("");
        reading.problems.push_back({reading.file, root.line, {}, "no list", "a list (- id: ...)"});
        return {};
    }
    if (root.items.size() > most) {
        reading.places.mark_faulty("");
        reading.problems.push_back({reading.file,
                                    root.items[most].line,
                                    {},
                                    "found " + std::to_string(root.items.size()) + " items",
                                    "at most " + std::to_string(most)});
        return {};
    }
    return std::move(root.items);
}

std::string item_prefix(const std::string& prefix, std::size_t index) {
    return prefix + '_' + std::to_string(index);
}

std::string item_path(const std::filesystem::path& file, std::size_t index) {
    return file.stem().string() + '[' + std::to_string(index) + "].";
}

}  // namespace bitgrid::ops::detail
