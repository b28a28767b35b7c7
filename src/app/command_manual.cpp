#include "app/command_manual.hpp"

#include <fmt/format.h>

namespace bitgrid::app {
namespace {

// A dash is a minus, a dot at the beginning of a line no order.
std::string escaped(const std::string& text) {
    std::string out;
    bool begins = true;
    for (const char c : text) {
        if (begins && (c == '.' || c == '\'')) out += "\\&";
        if (c == '\\') out += "\\e";
        else if (c == '-') out += "\\-";
        else out += c;
        begins = c == '\n';
    }
    return out;
}

std::vector<const CLI::App*> verbs_of(const CLI::App& app) {
    return app.get_subcommands([](const CLI::App* verb) {
        return !verb->get_group().empty() && !verb->get_name().empty();
    });
}

std::vector<const CLI::Option*> options_of(const CLI::App& app) {
    return app.get_options([](const CLI::Option* option) { return !option->get_group().empty(); });
}

bool takes_value(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

/// The words that the option allows, with blanks between them; empty: any.
std::string allowed_words(const CLI::Option& option) {
    const std::string type = option.get_type_name();
    const std::size_t open = type.find('{');
    const std::size_t close = type.find('}');
    if (open == std::string::npos || close == std::string::npos || close < open) return {};
    std::string words = type.substr(open + 1, close - open - 1);
    std::replace(words.begin(), words.end(), ',', ' ');
    return words;
}

std::vector<std::string> spellings(const CLI::Option& option) {
    std::vector<std::string> all;
    for (const std::string& name : option.get_snames()) all.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) all.push_back("--" + name);
    return all;
}

void add_option(std::string& page, const CLI::Option& option) {
    std::string names = fmt::format("{}", fmt::join(spellings(option), ", "));
    if (names.empty()) names = option.get_name(true);
    page += ".TP\n\\fB" + escaped(names) + "\\fR";
    if (takes_value(option) && option.nonpositional()) {
        const std::string words = allowed_words(option);
        page += " \\fI" + (words.empty() ? "VALUE" : escaped(words)) + "\\fR";
    }
    page += '\n' + escaped(option.get_description());
    if (!option.get_default_str().empty())
        page += " (default: " + escaped(option.get_default_str()) + ")";
    page += '\n';
}

void add_options(std::string& page, const CLI::App& app, const std::string& but) {
    for (const CLI::Option* option : options_of(app))
        if (option->get_lnames().empty() || but.find(option->get_lnames().front()) == but.npos)
            add_option(page, *option);
}

void add_verbs(std::string& page, const CLI::App& app, const std::string& path) {
    for (const CLI::App* verb : verbs_of(app)) {
        const std::string name = path + " " + verb->get_name();
        page += ".SS " + escaped(name) + "\n" + escaped(verb->get_description()) + "\n";
        add_options(page, *verb, "help help-all");
        add_verbs(page, *verb, name);
    }
}

using Lines = std::vector<std::string>;

struct Completion {
    Lines paths;    ///< patterns of the verbs that there are
    Lines words;    ///< one case for each path: what may stand next
    Lines choices;  ///< one case for each option that takes one of some words
    Lines values;   ///< patterns of the options that take any value
};

void add_completion(Completion& all, const CLI::App& app, const std::string& path) {
    Lines next;
    for (const CLI::App* verb : verbs_of(app)) {
        next.push_back(verb->get_name());
        all.paths.push_back("'" + path + " " + verb->get_name() + "'");
        add_completion(all, *verb, path + " " + verb->get_name());
    }
    for (const CLI::Option* option : options_of(app)) {
        for (const std::string& name : spellings(*option)) {
            next.push_back(name);
            if (!takes_value(*option)) continue;
            const std::string pattern = "'" + path + " " + name + "'";
            const std::string words = allowed_words(*option);
            if (words.empty()) all.values.push_back(pattern);
            else all.choices.push_back(fmt::format("        {}) words='{}' ;;", pattern, words));
        }
    }
    all.words.push_back(fmt::format("        '{}') words='{}' ;;", path, fmt::join(next, " ")));
}

}  // namespace

std::string manual_page(const CLI::App& app, const ManualPage& about) {
    std::string capitals = about.name;
    for (char& c : capitals) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    const std::string words = app.get_description();
    const std::size_t colon = words.find(": ");
    const std::string rest = colon == std::string::npos ? words : words.substr(colon + 2);
    const bool has_verbs = !verbs_of(app).empty();
    std::string page = fmt::format(".TH {} {} \"\" \"BitGridAI {}\" \"BitGridAI\"\n", capitals,
                                   about.section, about.version);
    page += ".SH NAME\n" + about.name + " \\- " + escaped(rest) + "\n";
    page += ".SH SYNOPSIS\n.B " + about.name + (has_verbs ? "\n\\fIVERB\\fR" : "\n") +
            " [\\fIOPTION\\fR...]\n";
    page += ".SH OPTIONS\n";
    add_options(page, app, "");
    if (has_verbs) page += ".SH VERBS\n";
    add_verbs(page, app, about.name);
    page +=
        ".SH EXIT STATUS\n"
        "0: well. 1: no, or something is wrong. 2: bad input. 64: a wrong command line. 69: not to "
        "be had now. 78: a wrong configuration.\n";
    page +=
        ".SH FILES\n.TP\n/etc/bitgrid\nconfiguration, one YAML file for each part\n.TP\n"
        "/var/lib/bitgrid\njournal, sealed days and keys\n";
    page += ".SH SEE ALSO\n" + escaped(about.see_also) + "\n";
    return page;
}

std::string bash_completion(const CLI::App& app, const std::string& program) {
    Completion all;
    add_completion(all, app, "");
    const std::string function = "_" + program;
    return fmt::format(
        R"(# Completion for bash, made by `{0} completion bash`.
{1}() {{
    local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD - 1]}} path='' words='' i
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        case "$path ${{COMP_WORDS[i]}}" in
        {2})
            path="$path ${{COMP_WORDS[i]}}" ;;
        esac
    done
    case "$path $previous" in
{3}
        {4}) compopt -o default; return ;;
    esac
    [[ -n $words ]] || case "$path" in
{5}
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
    ((${{#COMPREPLY[@]}} > 0)) || compopt -o default
}}
complete -F {1} {0}
)",
        program, function, fmt::join(all.paths, " | "), fmt::join(all.choices, "\n"),
        fmt::join(all.values, " | "), fmt::join(all.words, "\n"));
}

}  // namespace bitgrid::app
