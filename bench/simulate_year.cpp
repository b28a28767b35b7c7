#include <unistd.h>
#include <zlib.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "bench/benchmark.hpp"
#include "bench/house/child_process.hpp"
#include "bench/sample_year.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::bench {
namespace {

namespace fs = std::filesystem;

constexpr int kRepetitions = 9;

void write_home(const fs::path& path) {
    const research::RecordedHome year = sample_year();
    std::string text{"timestamp,pv_power_w,house_load_w\n"};
    for (std::size_t i = 0; i < year.times.size(); ++i)
        text.append(wire::time_text(year.times[i]))
            .append(",")
            .append(std::to_string(year.pv_w[i]))
            .append(",")
            .append(std::to_string(year.house_w[i]))
            .append("\n");
    const gzFile file = gzopen(path.c_str(), "wb");
    gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
    gzclose(file);
}

}  // namespace

Figures simulate_year(const Effort&) {
    const fs::path folder =
        fs::temp_directory_path() / ("bitgrid-bench-" + std::to_string(::getpid()));
    fs::create_directories(folder);
    write_home(folder / "home.csv.gz");
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
