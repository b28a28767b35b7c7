#include "doctor/machine.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <memory>

namespace bitgrid::doctor {
namespace {

constexpr int kPatienceMs = 10'000;

class Descriptor {
public:
    explicit Descriptor(int file) : file_{file} {}
    ~Descriptor() {
        if (file_ >= 0) ::close(file_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return file_; }
    void close() {
        if (file_ >= 0) ::close(file_);
        file_ = -1;
    }

private:
    int file_;
};

core::Error fault(const std::string& path) {
    const int number = errno;
    const auto code = number == ENOENT || number == ENOTDIR ? core::ErrorCode::NotFound
                      : number == EACCES || number == EPERM ? core::ErrorCode::Refused
                                                            : core::ErrorCode::Damaged;
    return {code, path + ": " + std::strerror(number)};
}

core::Result<std::string> read_all(int file, const std::string& name) {
    std::string text;
    std::array<char, 16'384> piece{};
    for (;;) {
        const ssize_t size = ::read(file, piece.data(), piece.size());
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return fault(name);
        if (size == 0) return text;
        text.append(piece.data(), static_cast<std::size_t>(size));
        if (text.size() > kMostBytes)
            return core::Error{core::ErrorCode::TooLarge,
                               name + ": more than " + std::to_string(kMostBytes) + " bytes"};
    }
}

// Its exit code, or 128 + the signal that ended it.
int wait_for(pid_t process) {
    int status = 0;
    while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

core::Result<std::string> hear(pid_t process, int file, const std::string& name) {
    using Clock = std::chrono::steady_clock;
    const auto end = Clock::now() + std::chrono::milliseconds{kPatienceMs};
    std::string text;
    std::array<char, 16'384> piece{};
    for (;;) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
        pollfd waiting{file, POLLIN, 0};
        const int ready = ::poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(left, 0)));
        if (ready < 0 && errno == EINTR) continue;
        const ssize_t size = ready > 0 ? ::read(file, piece.data(), piece.size()) : -1;
        if (size <= 0) {
            if (size < 0) ::kill(process, SIGKILL);
            break;
        }
        text.append(piece.data(), static_cast<std::size_t>(size));
        if (text.size() > kMostBytes) {
            ::kill(process, SIGKILL);
            break;
        }
    }
    const int code = wait_for(process);
    if (code == 127) return core::Error{core::ErrorCode::NotFound, name + " is not installed"};
    if (code != 0)
        return core::Error{core::ErrorCode::Refused, name + " ended with " + std::to_string(code)};
    return text;
}

}  // namespace

std::filesystem::path Machine::place_of(const std::string& path) const {
    return root_ / std::filesystem::path{path}.relative_path();
}

int Machine::open(const std::string& path, int flags) const {
    flags |= O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;
    if (is_this_one()) return ::open(path.c_str(), flags);
    const Descriptor root{::open(root_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
    if (root.get() < 0) return -1;
    open_how how{};
    how.flags = static_cast<std::uint64_t>(flags);
    how.resolve = RESOLVE_IN_ROOT;
    return static_cast<int>(::syscall(SYS_openat2, root.get(), path.c_str(), &how, sizeof how));
}

core::Result<std::string> Machine::read(const std::string& path) const {
    const Descriptor file{open(path, 0)};
    if (file.get() < 0) return fault(path);
    struct stat status {};
    // A pipe or a device could block or never end.
    if (::fstat(file.get(), &status) != 0) return fault(path);
    if (!S_ISREG(status.st_mode))
        return core::Error{core::ErrorCode::NotFound, path + " is no file"};
    return read_all(file.get(), path);
}

std::optional<struct stat> Machine::look_at(const std::string& path) const {
    struct stat status {};
    if (::lstat(place_of(path).c_str(), &status) != 0) return std::nullopt;
    return status;
}

core::Result<std::vector<std::string>> Machine::names_in(const std::string& folder) const {
    const int file = open(folder, O_DIRECTORY);
    if (file < 0) return fault(folder);
    const std::unique_ptr<DIR, int (*)(DIR*)> listing{::fdopendir(file), &::closedir};
    if (!listing) {
        ::close(file);
        return fault(folder);
    }
    std::vector<std::string> names;
    while (const dirent* const entry = ::readdir(listing.get())) {
        const std::string name{entry->d_name};
        if (name == "." || name == "..") continue;
        if (names.size() == kMostNames)
            return core::Error{core::ErrorCode::TooLarge,
                               folder + ": more than " + std::to_string(kMostNames) + " names"};
        names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::vector<std::string> Machine::files_in(const std::string& folder,
                                           const std::string& ending) const {
    std::vector<std::string> files;
    const auto names = names_in(folder);
    if (!names) return files;
    for (const std::string& name : *names)
        if (name.ends_with(ending)) files.push_back(folder + "/" + name);
    return files;
}

core::Result<std::string> Machine::ask(const std::vector<std::string>& command) const {
    if (!is_this_one())
        return core::Error{core::ErrorCode::Unavailable, "only the files of that machine are here"};
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) return fault(command.front());
    Descriptor reading{ends[0]};
    Descriptor writing{ends[1]};
    std::vector<char*> words;
    for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    char language[] = "LC_ALL=C";
    char* environment[] = {language, nullptr};
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, writing.get(), 1);
    ::posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    pid_t process = -1;
    errno = ::posix_spawn(&process, words[0], &actions, nullptr, words.data(), environment);
    const int number = errno;
    ::posix_spawn_file_actions_destroy(&actions);
    errno = number;
    if (number != 0) return fault(command.front());
    writing.close();
    return hear(process, reading.get(), command.front());
}

}  // namespace bitgrid::doctor
