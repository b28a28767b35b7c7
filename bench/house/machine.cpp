#include "bench/house/machine.hpp"

#include <fmt/format.h>
#include <sys/statfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <fstream>
#include <thread>

namespace bitgrid::bench {
namespace {

std::string value_in(const char* file, const std::string& key) {
    std::ifstream in{file};
    for (std::string line; std::getline(in, line);) {
        if (!line.starts_with(key)) continue;
        const std::size_t start = line.find_first_not_of(" \t:", key.size());
        return start == std::string::npos ? "" : line.substr(start);
    }
    return "";
}

}  // namespace

std::string machine_words() {
    utsname system{};
    uname(&system);
    std::string processor = value_in("/proc/cpuinfo", "model name");
    if (processor.empty()) processor = system.machine;
    const auto bytes =
        static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
    return fmt::format("{}, {} cores, {:.0f} GiB, {} {}", processor,
                       std::thread::hardware_concurrency(), bytes / (1 << 30), system.sysname,
                       system.release);
}

std::string load_words() {
    double load = 0;
    return getloadavg(&load, 1) == 1 ? fmt::format("load {:.2f}", load) : "load unknown";
}

std::string disk_words(const std::string& folder) {
    struct statfs about {};
    if (statfs(folder.c_str(), &about) != 0) return "unknown";
    switch (static_cast<unsigned>(about.f_type)) {
        case 0xEF53:
            return "ext4";
        case 0x01021994:
            return "tmpfs";
        case 0x9123683E:
            return "btrfs";
        case 0x58465342:
            return "xfs";
        case 0x794C7630:
            return "overlayfs";
        default:
            return fmt::format("file system {:#x}", static_cast<unsigned>(about.f_type));
    }
}

}  // namespace bitgrid::bench
