#include "ops/config_texts.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "ops/text_file.hpp"
#include "ops/yaml_tree.hpp"

namespace bitgrid::ops {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFrameBegins = "---";
constexpr std::string_view kFrameEnds = "...";

bool is_framed(std::string_view text) {
    return text == kFrameBegins || text.starts_with("---\n") || text.starts_with("---\r\n");
}

// The last line that is more than blanks.
std::string_view last_line(std::string_view text) {
    while (!text.empty() && std::string_view{" \t\r\n"}.find(text.back()) != text.npos)
        text.remove_suffix(1);
    return text.substr(text.find_last_of('\n') + 1);
}

bool has_lost_its_end(std::string_view now, std::string_view accepted) {
    if (is_framed(now) || now == accepted) return false;
    if (accepted.starts_with(now)) return true;
    return accepted.ends_with('\n') && !now.ends_with('\n');
}

core::Error unavailable(const fs::path& path) {
    return {core::ErrorCode::Unavailable, path.string() + ": " + std::strerror(errno)};
}

core::Result<void> write_whole(const fs::path& path, const std::string& text) {
    const fs::path beside = path.string() + ".new";
    const int file = open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) return unavailable(beside);
    std::size_t done = 0;
    while (done < text.size()) {
        const ssize_t wrote = write(file, text.data() + done, text.size() - done);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote <= 0) break;
        done += static_cast<std::size_t>(wrote);
    }
    const bool is_safe = done == text.size() && fsync(file) == 0;
    const core::Error fault = unavailable(beside);
    close(file);
    if (!is_safe) return fault;
    if (std::rename(beside.c_str(), path.c_str()) != 0) return unavailable(path);
    return {};
}

}  // namespace

ConfigTexts read_texts(const fs::path& folder) {
    ConfigTexts texts;
    std::error_code fault;
    for (fs::directory_iterator entry{folder, fault}, end; !fault && entry != end;
         entry.increment(fault)) {
        if (entry->path().extension() != ".yaml") continue;
        auto text = read_text_file(entry->path(), kMaxYamlBytes);
        if (text) texts.emplace(entry->path().filename().string(), std::move(*text));
    }
    return texts;
}

std::string why_incomplete(std::string_view text) {
    if (text.empty()) return "the file is empty";
    if (text == "-" || text == "--") return "it is the beginning of ---";
    if (is_framed(text) && last_line(text) != kFrameEnds)
        return "it begins with --- but does not end with ...: only a part of it is here";
    return {};
}

void report_cut_files(const ConfigTexts& now, const ConfigTexts& accepted, const fs::path& folder,
                      Problems& problems) {
    for (const auto& [name, text] : now) {
        const auto before = accepted.find(name);
        if (before == accepted.end() || text.empty() || !has_lost_its_end(text, before->second))
            continue;
        problems.push_back({(folder / name).string(),
                            0,
                            {},
                            "only a beginning: " + std::to_string(text.size()) + " bytes, while " +
                                std::to_string(before->second.size()) + " were accepted last",
                            "the whole file; where it is meant so, a first line --- and a last "
                            "line ..."});
    }
}

core::Result<void> keep_texts(const ConfigTexts& texts, const fs::path& folder) {
    std::error_code fault;
    if (fs::create_directories(folder, fault)) fs::permissions(folder, fs::perms::owner_all, fault);
    for (const auto& [name, text] : texts)
        if (const auto kept = write_whole(folder / name, text); !kept) return kept.error();
    for (const auto& [name, text] : read_texts(folder))
        if (!texts.contains(name)) fs::remove(folder / name, fault);
    return {};
}

}  // namespace bitgrid::ops
