#pragma once
// Files that are there whole or not at all, also after a power cut: written beside their place,
// synced, then renamed into it. Any thread; blocks on the disk. Failures are Unavailable and name
// the file; what stood there before still stands there then.
#include <sys/types.h>

#include <string>
#include <string_view>
#include <utility>

#include "core/result.hpp"

namespace bitgrid::files {

/// An open file, closed with its owner.
class Descriptor {
public:
    Descriptor(const std::string& path, int flags, mode_t mode = 0600);
    Descriptor(Descriptor&& other) noexcept : file_{std::exchange(other.file_, -1)} {}
    Descriptor& operator=(Descriptor&&) = delete;
    ~Descriptor();

    bool is_open() const { return file_ >= 0; }
    int get() const { return file_; }  ///< -1: errno says why

private:
    int file_;
};

/// False: errno says why. Short writes and signals are no failure.
bool write_all(int file, std::string_view text);

struct Manner {
    const char* ending{".unfinished"};  ///< behind the name until the file is whole
    mode_t mode{0600};                  ///< less the umask
};

/// A new file, in the place of what an earlier attempt left; synced. Removed where it fails.
core::Result<void> write_new(const std::string& path, std::string_view text, mode_t mode = 0600);
/// Gives a finished file its name, for good.
core::Result<void> move_into_place(const std::string& from, const std::string& to);
/// Both: in the place of what stood there, in one step.
core::Result<void> write_whole(const std::string& path, std::string_view text, Manner = {});

/// Makes what is in the file, or the names in the folder, survive a power cut. No failure where
/// the file system knows no such thing.
core::Result<void> sync(const std::string& path);

std::string folder_of(const std::string& path);  ///< "." where it names none

/// Folders that are missing, synced.
core::Result<void> make_folders(const std::string& path, mode_t mode = 0777);

}  // namespace bitgrid::files
