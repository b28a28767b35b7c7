// Writes docs/reference/faults.md from the catalogue and the newest result of every case, or, with
// --check, says whether the page is what the kept results say. Run by scripts/write_faults.
//   write_faults ROOT [RESULTS...] [--check]
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>

#include "faults/table/catalogue.hpp"

namespace {

using namespace bitgrid::faults;
using Json = nlohmann::ordered_json;
using Results = std::map<int, Json>;

constexpr const char* kKept = "docs/reference/faults.jsonl";
constexpr const char* kPage = "docs/reference/faults.md";

constexpr const char* kHead =
    R"(<!-- Made from the results of the cases by scripts/write_faults; change them there. -->
# Faults

What can go wrong in a home, what must happen then, and what did happen when it was tried: against the real daemon, a real Mosquitto and the simulated house, each a process of its own, with bad lines between them where the fault is one of the line. Times are seconds of the house unless they say otherwise; the figures are from the run whose results are kept in `faults.jsonl` beside this page, on a machine with two cores and sanitizers on.

- `./run test` tries all but those that take minutes; `./run soak faults` tries these.
- One alone, here number 45: `ctest --preset asan -R '\.No45[A-Z]'`.
- Faults are made in processes, sockets and mount namespaces of the cases' own. After them one test compares rules, routes, mounts and clock of the machine with those from before.

*figure missed* holds what must be, but not in the time or number that is asked; *not reached* is what the program does not do yet; *not injectable* is what the machine of this run cannot do to it; *not tried* has no case yet.
)";

Results read_results(const std::filesystem::path& path, Results results = {}) {
    std::ifstream file{path};
    for (std::string line; std::getline(file, line);) {
        Json result = Json::parse(line, nullptr, false);
        if (!result.is_object()) continue;
        const int number = result.value("number", 0);
        if (number > 0) results[number] = std::move(result);
    }
    return results;
}

std::string cell(std::string text) {
    for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2)
        text.replace(at, 1, "\\|");
    for (char& c : text)
        if (c == '\n') c = ' ';
    return text;
}

std::string row(const Fault& fault, const Json& result) {
    const std::string outcome = result.value("outcome", "not tried");
    std::string seen = result.value("behaviour", "");
    if (const std::string why = result.value("why", ""); !why.empty())
        seen += (seen.empty() ? "" : "; ") + why;
    return fmt::format("| {} | {}: {} | {}: {} | {} | {} | {} |\n", fault.number,
                       cell(std::string{fault.name}), cell(std::string{fault.injection}),
                       cell(std::string{fault.behaviour}), cell(std::string{fault.figure}),
                       cell(seen), cell(result.value("figure", "")), outcome);
}

std::string page(const Results& results) {
    std::map<std::string, int> outcomes;
    std::string rows;
    std::size_t chapter = 0;
    for (const Fault& fault : kCatalogue) {
        if (chapter < kChapters.size() && kChapters[chapter].first == fault.number)
            rows += fmt::format(
                "\n## {}\n\n| No. | Fault | Must | Seen | Figure | Outcome |\n| --- | --- | --- | "
                "--- | --- | --- |\n",
                kChapters[chapter++].title);
        const auto found = results.find(fault.number);
        const Json result = found == results.end() ? Json::object() : found->second;
        ++outcomes[result.value("outcome", "not tried")];
        rows += row(fault, result);
    }
    std::string counts;
    for (const char* outcome :
         {"reached", "figure missed", "not reached", "not injectable", "not tried"})
        counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", outcomes[outcome], outcome);
    return kHead + ("\nOf 64: " + counts + ".\n") + rows;
}

std::string content(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::cerr << "usage: write_faults ROOT [RESULTS...] [--check]\n";
        return 64;
    }
    const std::filesystem::path root{argv[1]};
    const bool only_checks = std::string_view{argv[argc - 1]} == "--check";
    Results results = read_results(root / kKept);
    if (only_checks) {
        if (content(root / kPage) == page(results)) return 0;
        std::cerr << kPage << " is not what the kept results say: scripts/write_faults\n";
        return 1;
    }
    for (int i = 2; i < argc; ++i) results = read_results(argv[i], std::move(results));
    std::ofstream kept{root / kKept, std::ios::binary};
    for (const auto& [number, result] : results) kept << result.dump() << '\n';
    std::ofstream{root / kPage, std::ios::binary} << page(results);
    return 0;
}
