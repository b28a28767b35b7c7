#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "app/bitgrid/verbs.hpp"
#include "research/decide_line.hpp"

namespace bitgrid::app {
namespace {

int decide_all(std::istream& in, std::ostream& out) {
    std::ios::sync_with_stdio(false);
    int exit_code = kOk;
    std::string line;
    while (std::getline(in, line)) {
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        if (const auto answer = research::decide_line(line)) {
            out << *answer << '\n';
        } else {
            const nlohmann::json error{{"error", answer.error().what}};
            out << error.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
            exit_code = kBadInput;
        }
    }
    out.flush();
    return exit_code;
}

}  // namespace

void add_decide(CLI::App& app, int& exit_code) {
    app.add_subcommand(
           "decide",
           "Answer situations with decisions: a JSON object per line in, an answer per line out")
        ->callback([&exit_code] { exit_code = decide_all(std::cin, std::cout); });
}

}  // namespace bitgrid::app
