#include "ops/folder_watch.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace bitgrid::ops {
namespace {

constexpr unsigned kChanged = IN_MODIFY | IN_CREATE;
constexpr unsigned kSettled = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE;
constexpr unsigned kFolder = IN_DELETE_SELF | IN_MOVE_SELF;
constexpr std::size_t kMostOpen = 100;

// Kubernetes swaps the whole set by renaming a link of this name.
bool is_ours(const std::string& name) {
    return name == "..data" || name.ends_with(".yaml") || name.ends_with(".yml");
}

}  // namespace

core::Result<FolderWatch> FolderWatch::on(const std::filesystem::path& folder) {
    FolderWatch watch{inotify_init1(IN_NONBLOCK | IN_CLOEXEC)};
    const bool is_watched =
        watch.descriptor_ >= 0 &&
        inotify_add_watch(watch.descriptor_, folder.c_str(), kChanged | kSettled | kFolder) >= 0;
    if (!is_watched)
        return core::Error{core::ErrorCode::Unavailable,
                           folder.string() + " cannot be watched: " + std::strerror(errno)};
    return watch;
}

FolderWatch::FolderWatch(FolderWatch&& other) noexcept
    : descriptor_{std::exchange(other.descriptor_, -1)},
      open_{std::move(other.open_)},
      has_ended_{other.has_ended_} {}

FolderWatch::~FolderWatch() {
    if (descriptor_ >= 0) close(descriptor_);
}

bool FolderWatch::took(unsigned mask, const std::string& name) {
    if ((mask & IN_Q_OVERFLOW) != 0) {
        open_.clear();  // what was missed may have closed them
        return true;
    }
    if ((mask & (kFolder | IN_IGNORED)) != 0) has_ended_ = true;
    if (!is_ours(name)) return false;
    if ((mask & IN_MODIFY) != 0 && open_.size() < kMostOpen) open_.insert(name);
    if ((mask & kSettled) != 0) open_.erase(name);
    return true;
}

bool FolderWatch::read() {
    bool has_news = false;
    alignas(inotify_event) std::array<char, 16'384> bytes{};
    ssize_t size = 0;
    while ((size = ::read(descriptor_, bytes.data(), bytes.size())) > 0) {
        for (ssize_t at = 0; at < size;) {
            inotify_event event{};
            std::memcpy(&event, bytes.data() + at, sizeof event);
            const std::string name{event.len > 0 ? bytes.data() + at + sizeof event : ""};
            has_news = took(event.mask, name) || has_news;
            at += static_cast<ssize_t>(sizeof event + event.len);
        }
    }
    return has_news;
}

}  // namespace bitgrid::ops
