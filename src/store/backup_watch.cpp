#include "store/backup_watch.hpp"

#include <unistd.h>

#include <array>
#include <fstream>

#include "wire/backup_json.hpp"
#include "wire/bounded_json.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::store {

std::string BackupWatch::look(core::UnixTime now) const {
    std::ifstream file{path_, std::ios::binary};
    if (!file) return access(path_.c_str(), F_OK) == 0 ? path_ + " cannot be read" : std::string{};
    std::array<char, 16'384> text{};
    file.read(text.data(), text.size());
    const auto json = wire::parse_json({text.data(), static_cast<std::size_t>(file.gcount())});
    const auto note = json ? wire::backup_from_json(*json) : json.error();
    if (!note) return path_ + " cannot be read: " + note.error().what;
    const bool is_there = note->last_good.ms != 0;
    if (now - (is_there ? note->last_good : note->since) <= kOldMs) return {};
    std::string words = is_there
                            ? "the newest verified backup is of " + wire::time_text(note->last_good)
                            : "no backup has succeeded since " + wire::time_text(note->since);
    if (!note->trouble.empty()) words += "; the newest try: " + note->trouble;
    return words;
}

}  // namespace bitgrid::store
