#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "bench/benchmark.hpp"

namespace {

using namespace bitgrid::bench;

constexpr Benchmark kBenchmarks[] = {
    {"decide_per_s", decide_per_s},
    {"year_replay_ms", year_replay_ms},
    {"simulate_year_ms", simulate_year_ms},
};

bool is_wanted(const std::vector<std::string>& only, const char* name) {
    return only.empty() || std::ranges::count(only, name) > 0;
}

nlohmann::json run_all(const std::vector<std::string>& only) {
    auto json = nlohmann::json::object();
    for (const Benchmark& benchmark : kBenchmarks) {
        if (!is_wanted(only, benchmark.name)) continue;
        const Figure figure = benchmark.run();
        fmt::print("{:<20} {:>14.1f} {:<4} {}\n", benchmark.name, figure.value, figure.unit,
                   figure.note);
        json[benchmark.name] = {
            {"value", figure.value}, {"unit", figure.unit}, {"n", figure.n}, {"note", figure.note}};
    }
    return json;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Measures BitGridAI and writes the figures as JSON."};
    std::string output{"bench.json"};
    std::vector<std::string> only;
    app.add_option("--output", output, "file for the figures")->capture_default_str();
    app.add_option("names", only, "only these");
    CLI11_PARSE(app, argc, argv);

    const nlohmann::json figures = run_all(only);
    std::ofstream file{output};
    file << figures.dump(2) << '\n';
    file.close();
    if (!file) {
        std::cerr << output << ": cannot be written\n";
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
