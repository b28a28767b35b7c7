#include "update/places.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "files/whole_file.hpp"
#include "update/bundle.hpp"

namespace bitgrid::update {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBelow = "versions/";

}  // namespace

std::optional<Version> Places::linked(const char* name) const {
    std::error_code error;
    const std::string to = fs::read_symlink(fs::path{root_} / name, error).string();
    if (error || !to.starts_with(kBelow)) return std::nullopt;
    const auto version = read_version(std::string_view{to}.substr(kBelow.size()));
    if (!version || !fs::is_directory(folder_of(*version), error)) return std::nullopt;
    return *version;
}

std::vector<Version> Places::installed() const {
    std::vector<Version> all;
    std::error_code error;
    for (fs::directory_iterator at{versions(), error}, end; !error && at != end;
         at.increment(error))
        if (const auto version = read_version(at->path().filename().string()); version)
            all.push_back(*version);
    std::ranges::sort(all, [](const Version& a, const Version& b) { return a < b; });
    return all;
}

core::Result<void> Places::prepare() const { return files::make_folders(versions()); }

core::Result<void> Places::link(const char* name, const Version& version) const {
    std::error_code error;
    if (!fs::is_directory(folder_of(version), error))
        return core::Error{core::ErrorCode::NotFound,
                           folder_of(version) + ": this version is not there"};
    const std::string place = root_ + "/" + name;
    if (fs::exists(fs::symlink_status(place, error)) &&
        !fs::is_symlink(fs::symlink_status(place, error)))
        return core::Error{core::ErrorCode::Refused,
                           place + " is no link: it was not made by bitgrid update"};
    const std::string beside = place + ".new";
    (void)::unlink(beside.c_str());
    const std::string to = std::string{kBelow} + text_of(version);
    if (::symlink(to.c_str(), beside.c_str()) != 0)
        return core::Error{core::ErrorCode::Unavailable, beside + ": " + std::strerror(errno)};
    return files::move_into_place(beside, place);
}

core::Result<void> Places::switch_to(const Version& version) const {
    return link("current", version);
}
core::Result<void> Places::keep_as_previous(const Version& version) const {
    return link("previous", version);
}

core::Result<void> Places::keep_as_proven(const Version& version) const {
    return link("proven", version);
}

void Places::remove_unfinished() const {
    std::error_code error;
    std::vector<fs::path> left;
    for (fs::directory_iterator at{versions(), error}, end; !error && at != end;
         at.increment(error))
        if (at->path().filename().string().starts_with(kUnpacking)) left.push_back(at->path());
    for (const fs::path& path : left) fs::remove_all(path, error);
}

// Its name goes first: half of a version is never taken for one.
void Places::remove(const Version& version) const {
    std::error_code error;
    const std::string dying = versions() + "/" + kUnpacking + text_of(version);
    fs::rename(folder_of(version), dying, error);
    fs::remove_all(dying, error);
}

std::vector<Version> Places::remove_older() const {
    std::vector<Version> gone;
    const auto now = current(), before = previous();
    for (const Version& version : installed()) {
        if (version == now || version == before) continue;
        remove(version);
        gone.push_back(version);
    }
    return gone;
}

}  // namespace bitgrid::update
