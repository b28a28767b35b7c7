#include "faults/harness/memory_group.hpp"

#include <signal.h>
#include <unistd.h>

#include <fstream>

#include "faults/harness/child.hpp"

namespace bitgrid::faults {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRoot = "/sys/fs/cgroup";

// Our own group in a hierarchy: "4:memory:/a/b" of the first version, "0::/a/b" of the second.
std::string own_group(bool is_first_version) {
    std::ifstream file{"/proc/self/cgroup"};
    for (std::string line; std::getline(file, line);) {
        const std::size_t first = line.find(':'), second = line.find(':', first + 1);
        if (second == std::string::npos) continue;
        const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
        if (is_first_version ? controllers.find(",memory,") != std::string::npos
                             : controllers == ",,")
            return line.substr(second + 1);
    }
    return {};
}

}  // namespace

std::unique_ptr<MemoryGroup> MemoryGroup::make(std::string& why) {
    const bool is_first_version = fs::exists(fs::path{kRoot} / "memory");
    const fs::path root = is_first_version ? fs::path{kRoot} / "memory" : fs::path{kRoot};
    const std::string name = "bitgrid-faults-" + std::to_string(getpid());
    // Where our own group is not shown, as in a container, that of the container is the root.
    for (const fs::path& parent :
         {fs::path{root.string() + own_group(is_first_version)}, fs::path{root}}) {
        std::error_code error;
        if (!fs::create_directory(parent / name, error)) {
            why = "cannot make " + (parent / name).string() + ": " + error.message();
            continue;
        }
        auto made = std::unique_ptr<MemoryGroup>{new MemoryGroup{parent / name, is_first_version}};
        if (fs::exists(parent / name / (is_first_version ? "memory.limit_in_bytes" : "memory.max"),
                       error))
            return made;
        why = parent.string() + " hands down no limit of memory";
    }
    return nullptr;
}

MemoryGroup::~MemoryGroup() {
    std::error_code error;
    for (int i = 0; i < 500 && !fs::remove(folder_, error); ++i) {
        std::ifstream members{folder_ / "cgroup.procs"};
        for (pid_t pid = 0; members >> pid;) ::kill(pid, SIGKILL);
        rest(10);
    }
}

bool MemoryGroup::write(const std::string& file, const std::string& text) const {
    std::ofstream out{folder_ / file};
    out << text << std::flush;
    return static_cast<bool>(out);
}

void MemoryGroup::add(pid_t pid) const { write("cgroup.procs", std::to_string(pid)); }

long MemoryGroup::used_kib() const {
    std::ifstream file{folder_ / "memory.stat"};
    std::string name;
    for (long bytes = 0; file >> name >> bytes;)
        if (name == (is_first_version_ ? "total_rss" : "anon")) return bytes / 1024;
    return 0;
}

void MemoryGroup::limit(long kib) const {
    const std::string bytes = std::to_string(kib * 1024);
    write(is_first_version_ ? "memory.limit_in_bytes" : "memory.max", bytes);
    // Where memory can be swapped out, the limit is of both together.
    write(is_first_version_ ? "memory.memsw.limit_in_bytes" : "memory.swap.max",
          is_first_version_ ? bytes : "0");
}

}  // namespace bitgrid::faults
