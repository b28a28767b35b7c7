#pragma once
// Where a backup is made: one at a time, with room for it, and no trace of those that fail. Any
// thread; blocks.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/result.hpp"

namespace bitgrid::app {

/// Held while a data folder is backed up, or a backup of it tried out; the kernel frees it when its
/// process ends.
class OneAtATime {
public:
    /// Refused while another process has it. `what`: `backup`, `restore_test`.
    static core::Result<OneAtATime> take(const std::string& data, const std::string& what);

    OneAtATime(OneAtATime&& other) noexcept : file_{std::exchange(other.file_, -1)} {}
    OneAtATime& operator=(OneAtATime&&) = delete;
    ~OneAtATime();

private:
    explicit OneAtATime(int file) : file_{file} {}
    int file_;
};

/// The same folder, or one below it, whatever links lead there.
bool is_within(const std::string& inner, const std::string& outer);

/// Without a word where it cannot be, or is not there.
void remove_tree(const std::string& path);

/// Where root makes a backup, the daemon's user must be able to go on with what it left.
void give_to_owner_of(const std::string& folder, const std::string& path);

/// A folder that goes with its owner, with all that is in it, unless it was kept.
class Scaffold {
public:
    explicit Scaffold(std::string path) : path_{std::move(path)} {}
    Scaffold(const Scaffold&) = delete;
    Scaffold& operator=(const Scaffold&) = delete;
    ~Scaffold();
    void keep() { path_.clear(); }

private:
    std::string path_;
};

/// BadInput: no folder, or inside one of those that are backed up. Empty: none is wanted.
core::Result<void> check_shelf(const std::string& shelf, const std::vector<std::string>& sources);

inline constexpr std::int64_t kSpareBytes = 16'000'000;  ///< on top of what is needed

/// Unavailable where less is free on the folder's disk.
core::Result<void> check_room(const std::string& folder, std::int64_t bytes);

}  // namespace bitgrid::app
