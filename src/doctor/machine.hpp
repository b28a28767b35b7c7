#pragma once
// A machine that is looked at and never changed: this one, or the one whose root folder is given.
// Links of that root never lead out of it. Reads are bounded, whatever a file claims to be. Any
// thread; blocks on the disk.
#include <sys/stat.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace bitgrid::doctor {

inline constexpr std::size_t kMostBytes = 256 * 1024;  ///< of a file, and of what a program says
inline constexpr std::size_t kMostNames = 4'096;       ///< of a folder

class Machine {
public:
    /// `/` is this machine.
    explicit Machine(std::filesystem::path root) : root_{std::move(root)} {}

    /// Whether it runs, here: else only its files can be asked.
    bool is_this_one() const { return root_ == "/"; }

    /// NotFound, Refused (no permission), TooLarge, or Damaged: cannot be read.
    core::Result<std::string> read(const std::string& path) const;
    /// Of the file itself, not of where a link leads; nothing: there is none, or it is hidden.
    std::optional<struct stat> look_at(const std::string& path) const;
    bool has(const std::string& path) const { return look_at(path).has_value(); }
    /// Names in a folder, in order; NotFound, Refused, TooLarge.
    core::Result<std::vector<std::string>> names_in(const std::string& folder) const;
    /// Files in a folder whose names end so, as whole paths in order; none where there is none.
    std::vector<std::string> files_in(const std::string& folder, const std::string& ending) const;

    /// What a program of this machine says on standard output; it has ten seconds. NotFound,
    /// Refused: it ended with another exit code than 0; Unavailable: not this machine.
    core::Result<std::string> ask(const std::vector<std::string>& command) const;

    const std::filesystem::path& root() const { return root_; }
    /// Where a path of that machine lies on this one.
    std::filesystem::path place_of(const std::string& path) const;

private:
    int open(const std::string& path, int flags) const;

    std::filesystem::path root_;
};

}  // namespace bitgrid::doctor
