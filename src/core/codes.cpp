#include "core/codes.hpp"

#include <array>
#include <string>

namespace bitgrid::core {
namespace {

constexpr std::array kActionNames{std::string_view{"START"}, std::string_view{"THROTTLE"},
                                  std::string_view{"STOP"}, std::string_view{"NOOP"}};
constexpr std::array kRuleNames{std::string_view{"R1"},      std::string_view{"R2"},
                                std::string_view{"R3"},      std::string_view{"R4"},
                                std::string_view{"R5"},      std::string_view{"OVERRIDE"},
                                std::string_view{"AUTONOMY"}};

#define BITGRID_CODE(action, rule, reason) +1
constexpr std::size_t kCount = 0 BITGRID_CODES(BITGRID_CODE);
#undef BITGRID_CODE

struct Table {
    std::array<std::string, kCount> names;
    std::array<CodeSpec, kCount> specs;

    Table() {
        std::size_t i = 0;
        const auto add = [&](Code code, Action action, Rule rule, std::string_view reason) {
            std::string& name = names[i];
            name = kActionNames[static_cast<std::size_t>(action)];
            if (static_cast<std::size_t>(rule) < kRuleCount) name.append("_").append(name_of(rule));
            name.append("_").append(reason);
            specs[i++] = {code, action, rule, name, reason};
        };
#define BITGRID_CODE(action, rule, reason) \
    add(Code::action##_##rule##_##reason, Action::action, Rule::rule, #reason);
        BITGRID_CODES(BITGRID_CODE)
#undef BITGRID_CODE
    }
};

const Table& table() {
    static const Table instance;
    return instance;
}

}  // namespace

std::size_t code_count() { return kCount; }
const CodeSpec& code_at(std::size_t index) { return table().specs[index]; }
const CodeSpec& spec_of(Code code) { return table().specs[static_cast<std::size_t>(code)]; }

std::optional<Code> code_named(std::string_view name) {
    for (const CodeSpec& spec : table().specs)
        if (spec.name == name) return spec.code;
    return std::nullopt;
}

std::string_view name_of(Action action) { return kActionNames[static_cast<std::size_t>(action)]; }
std::string_view name_of(Rule rule) { return kRuleNames[static_cast<std::size_t>(rule)]; }

}  // namespace bitgrid::core
