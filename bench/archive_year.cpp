#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <thread>

#include "bench/benchmark.hpp"
#include "bench/filled_journal.hpp"
#include "bench/house/child_process.hpp"
#include "bench/house/machine.hpp"

namespace bitgrid::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kDecisionsOfYear = 52'560;
constexpr std::size_t kDecisionsOfDay = 144;
constexpr int kRepetitions = 5;

/// The program from start to end, ms.
double took_ms(const std::string& words, const std::string& folder) {
    const std::string command =
        programs_folder() + "/bitgrid " + words + " --data " + folder + " > /dev/null";
    const auto start = std::chrono::steady_clock::now();
    if (std::system(command.c_str()) != 0) throw std::runtime_error{"failed: " + command};
    return milliseconds_since(start);
}

double median_ms(const std::string& words, const std::string& folder) {
    std::vector<double> times_ms;
    for (int i = 0; i < kRepetitions; ++i) times_ms.push_back(took_ms(words, folder));
    return median(times_ms);
}

double largest_child_mib() {
    rusage usage{};
    getrusage(RUSAGE_CHILDREN, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

}  // namespace

Figures archive_year(const Effort& effort) {
    const std::size_t decisions =
        effort.seconds < Effort{}.seconds ? 10 * kDecisionsOfDay : kDecisionsOfYear;
    const fs::path folder =
        fs::temp_directory_path() / ("bitgrid-bench-" + std::to_string(::getpid()));
    fs::create_directories(folder);
    const std::string data = folder.string();
    const double size_mib = fill_journal(data, decisions, 1);
    const double seal_ms = took_ms("seal --until 9999-12-31", data);
    const double rss_mib = largest_child_mib();
    const double replay_ms = median_ms("replay", data);
    const double verify_ms = median_ms("verify", data);
    const double kpi_ms = median_ms("kpi --range 366d", data);
    const std::string disk = disk_words(data);
    fs::remove_all(folder);
    const double days = static_cast<double>(decisions) / kDecisionsOfDay;
    const auto cores = std::thread::hardware_concurrency();
    return {
        {"seal_day_ms",
         {seal_ms / days, "ms", static_cast<std::size_t>(days),
          fmt::format("a day of one load, mean over {:.0f} days sealed one after the other by "
                      "`bitgrid seal`, each file synced and read back; journal {:.0f} MiB on {}",
                      days, size_mib, disk)}},
        {"seal_rss_mb", {rss_mib, "MiB", 1, "largest resident size of that process"}},
        {"replay_year_ms",
         {replay_ms, "ms", kRepetitions,
          fmt::format("`bitgrid replay` of {} sealed decisions, the program from start to end; "
                      "median",
                      decisions)}},
        {"verify_per_s",
         {static_cast<double>(decisions) * 2 / verify_ms * 1000, "1/s", kRepetitions,
          fmt::format("events whose text was hashed by `bitgrid verify`, {} in the journal and {} "
                      "in the files, some 4 kB each, with every digest and signature; {} cores; "
                      "median",
                      decisions, decisions, cores)}},
        {"kpi_year_ms",
         {kpi_ms, "ms", kRepetitions,
          "`bitgrid kpi` of a year with what other hands would have done, the program from start "
          "to end; median"}}};
}

}  // namespace bitgrid::bench
