#pragma once
// The manual page and the shell completion of a program, from the same description that its command
// line is read with: what it takes and what they say cannot differ.
#include <CLI/CLI.hpp>
#include <string>

namespace bitgrid::app {

struct ManualPage {
    std::string name;     ///< of the program
    std::string section;  ///< of the manual: 1 for everybody, 8 for the administrator
    std::string version;
    std::string see_also;  ///< other pages, as they are to stand there
};

/// The page in the language of man(7). Options and verbs without a group are left out, as in the
/// help.
std::string manual_page(const CLI::App&, const ManualPage&);

/// A script for bash that completes verbs, options, the words that an option allows, and else
/// files.
std::string bash_completion(const CLI::App&, const std::string& program);

}  // namespace bitgrid::app
