#pragma once
// A memory limit for programs of one case alone: a control group of its own. Nobody else is in it,
// and it goes with this object. Only where the machine lets us make one.
#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>

namespace bitgrid::faults {

class MemoryGroup {
public:
    /// Null, and why in words, where none can be made.
    static std::unique_ptr<MemoryGroup> make(std::string& why);
    /// Ends whatever is still in it.
    ~MemoryGroup();
    MemoryGroup(const MemoryGroup&) = delete;
    MemoryGroup& operator=(const MemoryGroup&) = delete;

    void add(pid_t) const;
    long used_kib() const;  ///< by programs, without what is only kept of files
    void limit(long kib) const;
    /// To be written to with the process id of who joins by itself.
    std::string members() const { return (folder_ / "cgroup.procs").string(); }

private:
    MemoryGroup(std::filesystem::path folder, bool is_first_version)
        : folder_{std::move(folder)}, is_first_version_{is_first_version} {}
    bool write(const std::string& file, const std::string& text) const;

    std::filesystem::path folder_;
    bool is_first_version_;
};

}  // namespace bitgrid::faults
