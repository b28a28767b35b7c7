#pragma once
// Tells when files of the configuration have changed, and whether somebody is still writing one:
// by inotify, without a thread of its own. Whoever waits for descriptor() to be readable calls
// read().
#include <filesystem>
#include <set>
#include <string>

#include "core/result.hpp"

namespace bitgrid::ops {

/// One thread. Owns the descriptor. A file behind a link that leads out of the folder is not seen.
class FolderWatch {
public:
    /// Unavailable, with words, where the kernel does not let us or the folder is not there.
    static core::Result<FolderWatch> on(const std::filesystem::path& folder);
    FolderWatch(FolderWatch&&) noexcept;
    FolderWatch& operator=(FolderWatch&&) = delete;
    ~FolderWatch();

    int descriptor() const { return descriptor_; }
    /// Takes what has happened; true where it concerned a YAML file.
    bool read();
    /// A file was changed and is still open: what stands in it is half of something.
    bool is_being_written() const { return !open_.empty(); }
    /// The folder itself has gone: nothing more will be heard.
    bool has_ended() const { return has_ended_; }

private:
    explicit FolderWatch(int descriptor) : descriptor_{descriptor} {}
    bool took(unsigned mask, const std::string& name);

    int descriptor_;
    std::set<std::string> open_;
    bool has_ended_{false};
};

}  // namespace bitgrid::ops
