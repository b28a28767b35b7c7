#include "app/export_place.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>

#include "files/whole_file.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::app {

namespace fs = std::filesystem;

core::Result<std::unique_ptr<ExportPlace>> ExportPlace::take(const std::string& folder) {
    if (const auto made = files::make_folders(folder); !made) return made.error();
    const std::string path = folder + "/.lock";
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return core::Error{core::ErrorCode::Unavailable, path + ": cannot be written"};
    std::unique_ptr<ExportPlace> place{new ExportPlace{folder, file}};
    if (::flock(file, LOCK_EX | LOCK_NB) != 0)
        return core::Error{core::ErrorCode::Refused, folder + ": another export is being made"};
    place->is_held_ = true;
    place->clear();
    return place;
}

ExportPlace::ExportPlace(std::string folder, int file) : folder_{std::move(folder)}, file_{file} {}

ExportPlace::~ExportPlace() {
    if (is_held_) clear();
    ::close(file_);
}

std::string ExportPlace::free_name(core::UnixTime now, const std::string& end) const {
    constexpr std::size_t kToSeconds = 19;
    std::string stem = wire::time_text(now).substr(0, kToSeconds) + "Z";
    std::erase(stem, ':');
    std::string path = folder_ + "/" + stem + end;
    std::error_code error;
    for (int i = 2; fs::exists(path, error); ++i)
        path = folder_ + "/" + stem + "-" + std::to_string(i) + end;
    return path;
}

void ExportPlace::clear() const {
    std::error_code ignored;
    fs::remove_all(content(), ignored);
    fs::remove(zip(), ignored);
    for (fs::directory_iterator entry{folder_, ignored}, end; !ignored && entry != end;
         entry.increment(ignored))
        if (entry->path().filename().string().ends_with(".unfinished"))
            fs::remove(entry->path(), ignored);
}

}  // namespace bitgrid::app
