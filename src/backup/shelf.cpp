#include "backup/shelf.hpp"

#include <algorithm>
#include <filesystem>

#include "backup/tree.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::backup {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "bitgrid-";
constexpr std::string_view kPattern = "bitgrid-00000000T000000Z";

bool is_backup_name(std::string_view name) {
    return std::ranges::equal(
        name, kPattern, [](char c, char p) { return p == '0' ? c >= '0' && c <= '9' : c == p; });
}

bool is_unfinished_name(std::string_view name) {
    return name.size() > kPattern.size() && is_backup_name(name.substr(0, kPattern.size())) &&
           name.substr(kPattern.size()) == kUnfinished;
}

std::vector<std::string> folders_in(const std::string& shelf, bool (*is_wanted)(std::string_view)) {
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator entry{shelf, error}, end; !error && entry != end;
         entry.increment(error)) {
        std::error_code unknown;
        const std::string name = entry->path().filename().string();
        if (is_wanted(name) && fs::is_directory(entry->symlink_status(unknown)))
            names.push_back(name);
    }
    std::ranges::sort(names);
    return names;
}

core::Error damaged(const std::string& what) { return {core::ErrorCode::Damaged, what}; }

core::Result<void> check_names(const Manifest& manifest, const std::vector<std::string>& there) {
    for (const std::string& path : there)
        if (path != kManifest && manifest.find(path) == nullptr)
            return damaged(path + " is not in the manifest");
    for (const Entry& entry : manifest.files)
        if (!std::ranges::binary_search(there, entry.path))
            return damaged(entry.path + " is missing");
    return {};
}

}  // namespace

std::string backup_name(core::UnixTime time) {
    std::string text = wire::time_text(time);  // 2026-06-15T03:17:42.123Z
    text.resize(text.find('.'));
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return std::string{kPrefix} + text + "Z";
}

std::vector<std::string> backups_in(const std::string& shelf) {
    return folders_in(shelf, is_backup_name);
}

void sweep(const std::string& shelf) {
    for (const std::string& name : folders_in(shelf, is_unfinished_name)) {
        std::error_code stays;
        fs::remove_all(fs::path{shelf} / name, stays);
    }
}

std::vector<std::string> remove_beyond(const std::string& shelf, std::size_t keep) {
    std::vector<std::string> removed;
    const auto all = backups_in(shelf);
    for (std::size_t i = 0; i + keep < all.size(); ++i) {
        const fs::path path = fs::path{shelf} / all[i];
        // Half of one must not pass for a backup, should we be interrupted.
        std::error_code error;
        fs::rename(path, path.string() + kUnfinished, error);
        if (error) continue;
        removed.push_back(all[i]);
        fs::remove_all(path.string() + kUnfinished, error);
    }
    return removed;
}

core::Result<Manifest> check_files(const std::string& folder) {
    const auto text = read_file(folder + "/" + kManifest, kMostManifestBytes);
    if (!text && text.error().code == core::ErrorCode::NotFound)
        return core::Error{core::ErrorCode::NotFound, folder + " is no backup: no manifest.json"};
    if (!text) return text.error();
    auto manifest = read_manifest(*text);
    if (!manifest) return core::Error{manifest.error().code, folder + "/" + manifest.error().what};
    const auto there = files_below(folder);
    if (!there) return there.error();
    if (const auto same = check_names(*manifest, *there); !same)
        return damaged(folder + ": " + same.error().what);
    for (const Entry& entry : manifest->files) {
        const auto found = look_at_file(folder + "/" + entry.path);
        if (!found) return found.error();
        if (found->bytes != entry.bytes || found->sha256 != entry.sha256)
            return damaged(folder + ": " + entry.path + " is not as it was written");
    }
    return manifest;
}

}  // namespace bitgrid::backup
