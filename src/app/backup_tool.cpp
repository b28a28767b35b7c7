#include "app/backup_tool.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

namespace bitgrid::app {
namespace {

// What begins with a dash would be an option.
std::vector<std::string> words_for(BackupTool tool, const std::string& repository,
                                   const std::string& name) {
    if (tool == BackupTool::Borg)
        return {"borg", "create", "--compression", "zstd", "--", repository + "::" + name, "."};
    return {"restic", "--repo=" + repository, "backup", "--tag", "bitgrid", "--tag", name, "."};
}

class Actions {
public:
    explicit Actions(const std::string& folder) {
        posix_spawn_file_actions_init(&actions_);
        posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_adddup2(&actions_, STDERR_FILENO, STDOUT_FILENO);
        posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str());
    }
    Actions(const Actions&) = delete;
    Actions& operator=(const Actions&) = delete;
    ~Actions() { posix_spawn_file_actions_destroy(&actions_); }
    const posix_spawn_file_actions_t* get() const { return &actions_; }

private:
    posix_spawn_file_actions_t actions_{};
};

}  // namespace

core::Result<void> hand_to(BackupTool tool, const std::string& repository,
                           const std::string& folder, const std::string& name) {
    auto words = words_for(tool, repository, name);
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_t child = 0;
    const Actions actions{folder};
    const int error =
        posix_spawnp(&child, arguments[0], actions.get(), nullptr, arguments.data(), environ);
    if (error == ENOENT)
        return core::Error{core::ErrorCode::NotFound,
                           words[0] + " is not installed here: apt-get install " +
                               (tool == BackupTool::Borg ? "borgbackup" : "restic")};
    if (error != 0)
        return core::Error{core::ErrorCode::Unavailable, words[0] + ": " + std::strerror(error)};
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
    return core::Error{
        core::ErrorCode::Refused,
        words[0] + " did not take the backup" +
            (WIFEXITED(status) ? " (exit " + std::to_string(WEXITSTATUS(status)) + ")"
                               : std::string{})};
}

}  // namespace bitgrid::app
