#include "app/bitgrid/update_record.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "app/backup_place.hpp"
#include "backup/tree.hpp"
#include "files/whole_file.hpp"
#include "wire/bounded_json.hpp"

namespace bitgrid::app {
namespace {

constexpr std::size_t kMostState = 32'768;

std::string path_in(const std::string& data) { return data + "/update.json"; }

}  // namespace

core::Result<UpdateLock> UpdateLock::take(const std::string& data) {
    const std::string path = data + "/update.lock";
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0 && errno == ENOENT)
        return core::Error{core::ErrorCode::Unavailable,
                           "no data at " + data + "; --data names the folder of the daemon"};
    if (file < 0)
        return core::Error{core::ErrorCode::Unavailable, path + ": " + std::strerror(errno)};
    UpdateLock lock{file};
    if (::flock(file, LOCK_EX | LOCK_NB) != 0)
        return core::Error{core::ErrorCode::Refused, "another update is under way (" + path + ")"};
    return lock;
}

UpdateLock::~UpdateLock() {
    if (file_ >= 0) ::close(file_);
}

core::Result<wire::UpdateState> read_update(const std::string& data) {
    const auto text = backup::read_file(path_in(data), kMostState);
    if (!text && ::access(path_in(data).c_str(), F_OK) != 0)
        return core::Error{core::ErrorCode::NotFound, "there was no update yet"};
    const auto json = text ? wire::parse_json(*text) : core::Result<nlohmann::json>{text.error()};
    auto state =
        json ? wire::update_from_json(*json) : core::Result<wire::UpdateState>{json.error()};
    if (state) return state;
    return core::Error{core::ErrorCode::Damaged,
                       path_in(data) + " cannot be read: " + state.error().what +
                           ". Where the service runs as it should, remove this file"};
}

core::Result<void> write_update(const std::string& data, const wire::UpdateState& state) {
    const std::string text =
        wire::update_json(state).dump(1, ' ', false, nlohmann::json::error_handler_t::replace);
    auto written = files::write_whole(path_in(data), text + "\n");
    if (written) give_to_owner_of(data, path_in(data));
    return written;
}

}  // namespace bitgrid::app
