#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "bench/benchmark.hpp"
#include "bench/house/child_process.hpp"
#include "bench/sample_year.hpp"

namespace bitgrid::bench {
namespace {

namespace fs = std::filesystem;

constexpr int kRepetitions = 9;

}  // namespace

Figures simulate_year(const Effort&) {
    const fs::path folder =
        fs::temp_directory_path() / ("bitgrid-bench-" + std::to_string(::getpid()));
    fs::create_directories(folder);
    write_sample_home(folder / "home.csv.gz");
    const std::string command = programs_folder() + "/bitgrid simulate --json" +
                                " --preset battery-first --home " +
                                (folder / "home.csv.gz").string() + " --out " +
                                (folder / "schedule.csv").string() + " > /dev/null";
    std::vector<double> times_ms;
    for (int i = 0; i < kRepetitions; ++i) {
        const auto start = std::chrono::steady_clock::now();
        if (std::system(command.c_str()) != 0) throw std::runtime_error{"failed: " + command};
        times_ms.push_back(milliseconds_since(start));
    }
    fs::remove_all(folder);
    return {{"simulate_year_ms",
             {median(times_ms), "ms", kRepetitions,
              "the program from start to end: home from gzip, schedule to disk; median"}}};
}

}  // namespace bitgrid::bench
