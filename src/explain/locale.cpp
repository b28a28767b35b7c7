#include "explain/locale.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <vector>

namespace bitgrid::explain {
namespace {

std::vector<std::string> variants(std::string_view level, std::string_view theme) {
    std::vector<std::string> names;
    const auto add = [&](std::string_view suffix) {
        for (const std::string_view base : {level, std::string_view{"on"}, std::string_view{"any"}})
            if (base != "on" || level != "off") names.push_back(std::string{base}.append(suffix));
    };
    if (!theme.empty()) add("/" + std::string{theme});
    add("");
    return names;
}

}  // namespace

Locale::Locale(std::string_view json) {
    try {
        const auto root = nlohmann::json::parse(json);
        for (const auto& [section, content] : root.items()) {
            if (!content.is_object()) {
                words_["general"][section] = content.get<std::string>();
            } else if (section != "texts") {
                words_[section] = content.get<Named<std::string>>();
            }
        }
        for (const auto& [code, by_variant] : root.at("texts").items())
            for (const auto& [variant, text] : by_variant.items())
                texts_[code][variant] = {text.at("brief"), text.at("details")};
    } catch (const nlohmann::json::exception& defect) {
        throw std::runtime_error{std::string{"a file of locales/ is damaged: "} + defect.what()};
    }
}

const Template* Locale::find(std::string_view code, std::string_view level,
                             std::string_view theme) const {
    const auto texts = texts_.find(code);
    if (texts == texts_.end()) return nullptr;
    for (const std::string& variant : variants(level, theme))
        if (const auto text = texts->second.find(variant); text != texts->second.end())
            return &text->second;
    return nullptr;
}

bool Locale::has_word(std::string_view section, std::string_view key) const {
    const auto words = words_.find(section);
    return words != words_.end() && words->second.contains(key);
}

std::string_view Locale::word(std::string_view section, std::string_view key) const {
    const auto words = words_.find(section);
    if (words == words_.end()) return key;
    const auto word = words->second.find(key);
    return word == words->second.end() ? key : std::string_view{word->second};
}

}  // namespace bitgrid::explain
