#include "ops/config_reference.hpp"

#include <fmt/format.h>

#include "core/rule_config_fields.hpp"
#include "ops/environment.hpp"

namespace bitgrid::ops {
namespace {

constexpr std::string_view kHead =
    R"(<!-- Made from the tables of the program (`describe()`); change it there. -->
# Configuration

One folder, one YAML file per part. Every file and every key may be left out: then the default holds.

- A key that is not in these tables, a wrong type, a value outside its range and an impossible combination are errors. All of them are reported at once, each with file, line, key and what is allowed; nothing is used before all is right.
- An environment variable beats the file: `BITGRID_<FILE>_<KEY>`, for example `BITGRID_RULES_SURPLUS_MIN_KW=1.2`; in a list with the item's place, from 0: `BITGRID_LOADS_0_FULL_W=3000`.
- Numbers are written as in JSON (`0.8`, not `.8`; `10`, not `010`), yes and no as `true` and `false`. Anchors, aliases and tags are not taken. A file has at most 1 MiB.
- A running daemon reads the folder again when a file has changed and is closed, on `kill -HUP`, and on `POST /api/v1/config/reload`: all or nothing. Rules, prices, policy, names and watts of loads hold at once, while loads go on; for anything else every load is stopped and all parts are made anew (`block_minutes` cannot change while the journal goes on). What is refused changes nothing: health part `config` and the event `ConfigRejected` say why. Every version that is accepted has a number, which `/api/v1/config` and the event `ConfigReloaded` name.
- A YAML file that was cut at the end of a line is a valid shorter one. Whoever begins a file with a line `---` and ends it with a line `...` is safe from that: without its end it is refused, always. Without that frame a file is refused while it is empty, where it is only the beginning of what was accepted last, or where its last line has lost its end; a file that was changed and then cut at the end of a later line is taken for what it is. Editors that write beside and rename are safe in any case.
- Secrets never stand in these files: `<key>_file` names a file that holds one, or the environment does.
)";

std::string allowed(const Field& field) {
    std::string text;
    switch (field.kind) {
        case Field::Kind::Text:
            text = "text";
            break;
        case Field::Kind::Flag:
            text = "`true`, `false`";
            break;
        case Field::Kind::Words:
            text = "list of words";
            break;
        case Field::Kind::Secret:
            text = "secret";
            break;
        case Field::Kind::Group:
            text = "group";
            break;
        case Field::Kind::Word:
            for (const std::string& word : field.words) {
                text += (text.empty() ? "`" : ", `") + word + '`';
            }
            break;
        case Field::Kind::Number:
        case Field::Kind::Whole:
            text = fmt::format("{} to {}{}", json_number(field.range->min),
                               json_number(field.range->max),
                               field.kind == Field::Kind::Whole ? ", whole" : "");
    }
    return text + (field.may_be_null ? ", `null`" : "");
}

void add_rows(std::string& page, const std::vector<Field>& fields, const std::string& path) {
    for (const Field& field : fields) {
        const std::string key = path + field.key;
        if (field.kind == Field::Kind::Group) {
            add_rows(page, field.fields, key + '.');
            continue;
        }
        const std::string preset = field.value.empty() ? "" : '`' + field.value + '`';
        page += fmt::format("| `{}{}` | {} | {} | {} |\n", key,
                            field.kind == Field::Kind::Secret ? "_file" : "", preset,
                            allowed(field), field.meaning);
    }
}

}  // namespace

std::vector<ReferenceSection> core_sections() {
    return {
        {"site.yaml", "The house.", fields_of<core::SiteConfig>()},
        {"loads.yaml",
         "The flexible loads, in order of preference: a list, at most " +
             std::to_string(core::kMaxLoads) + " of them.",
         fields_of<core::LoadConfig>(), true},
        {"rules.yaml", "When a load starts, is throttled and stops.",
         fields_of<core::RuleConfig>()},
        {"policy.yaml", "Which way a surplus kilowatt-hour should go, and what the ways are worth.",
         fields_of<core::PolicyConfig>()}};
}

std::string config_reference(const std::vector<ReferenceSection>& sections) {
    std::string page{kHead};
    for (const ReferenceSection& section : sections) {
        page += fmt::format(
            "\n## {}\n{}\n\n| Key{} | Default | Allowed | Meaning |\n| --- | --- | --- | --- |\n",
            section.file, section.purpose, section.is_list ? " of an item" : "");
        add_rows(page, section.fields, "");
    }
    return page;
}

}  // namespace bitgrid::ops
