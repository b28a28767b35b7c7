#include "app/open_config.hpp"

#include <algorithm>
#include <array>

#include "ops/yaml_tree.hpp"

namespace bitgrid::app {
namespace {

constexpr std::array<std::string_view, 6> kSecretWords{"password", "passphrase", "secret",
                                                       "token",    "api_key",    "private_key"};

// `password`, `mqtt_password`; but neither `password_file` nor `tokens`, which holds digests.
bool is_secret_key(std::string_view key) {
    return std::ranges::any_of(kSecretWords,
                               [&](std::string_view word) { return key.ends_with(word); });
}

// `https://user:password@host/`
bool has_login(std::string_view text) {
    const std::size_t begin = text.find("://");
    if (begin == std::string_view::npos) return false;
    const std::string_view host = text.substr(begin + 3, text.find('/', begin + 3) - begin - 3);
    const std::size_t at = host.rfind('@');
    return at != std::string_view::npos && host.substr(0, at).find(':') != std::string_view::npos;
}

bool has_secret(const ops::YamlNode& node) {
    if (has_login(node.text)) return true;
    for (const ops::YamlEntry& entry : node.entries) {
        const bool is_set =
            entry.value.kind != ops::YamlNode::Kind::Null &&
            !(entry.value.kind == ops::YamlNode::Kind::Scalar && entry.value.text.empty());
        if ((is_set && is_secret_key(entry.key)) || has_secret(entry.value)) return true;
    }
    return std::ranges::any_of(node.items, has_secret);
}

}  // namespace

bool may_lie_open(const std::string& path, const std::string& text) {
    if (!path.ends_with(".yaml")) return false;
    ops::Problems problems;
    const ops::YamlNode root = ops::parse_yaml(text, path, problems);
    return problems.empty() && !has_secret(root);
}

}  // namespace bitgrid::app
