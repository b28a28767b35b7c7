#include "app/child_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

extern char** environ;

namespace bitgrid::app {
namespace {

constexpr int kBySignal = 128;

core::Result<pid_t> spawn(std::vector<std::string>& command, int output) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (output >= 0) posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    else posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    // Signals as if it had been started by hand; a group of its own, because Ctrl-C is for us.
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    std::vector<char*> arguments;
    for (std::string& word : command) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_t process = -1;
    const int error =
        posix_spawn(&process, arguments[0], &actions, &attributes, arguments.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0)
        return core::Error{core::ErrorCode::Unavailable,
                           command.front() + " cannot be started: " + std::strerror(error)};
    return process;
}

}  // namespace

core::Result<std::unique_ptr<ChildProcess>> ChildProcess::start(boost::asio::io_context& io,
                                                                std::vector<std::string> command,
                                                                Ended ended, int output) {
    const auto process = spawn(command, output);
    if (!process) return process.error();
    const int descriptor = static_cast<int>(::syscall(SYS_pidfd_open, *process, 0));
    if (descriptor < 0) {
        ::kill(*process, SIGKILL);
        ::waitpid(*process, nullptr, 0);
        return core::Error{core::ErrorCode::Unavailable,
                           command.front() + ": this kernel cannot tell when it ends"};
    }
    std::unique_ptr<ChildProcess> child{
        new ChildProcess{io, *process, descriptor, std::move(ended)}};
    child->end_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                           [self = child.get()](const boost::system::error_code& error) {
                               if (error) return;
                               const int code = self->reap();
                               const Ended call = std::move(self->ended_);
                               call(code);  // may destroy us
                           });
    return child;
}

ChildProcess::ChildProcess(boost::asio::io_context& io, pid_t process, int descriptor, Ended ended)
    : process_{process}, end_{io, descriptor}, ended_{std::move(ended)} {}

ChildProcess::~ChildProcess() {
    if (process_ < 0) return;
    kill();
    reap();
}

void ChildProcess::kill() {
    if (process_ > 0) ::kill(process_, SIGKILL);
}

void ChildProcess::terminate() {
    if (process_ > 0) ::kill(process_, SIGTERM);
}

int ChildProcess::reap() {
    int status = 0;
    ::waitpid(std::exchange(process_, -1), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : kBySignal + WTERMSIG(status);
}

std::string program_beside(const std::string& name) {
    std::error_code error;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
    if (error) return {};
    const auto program = self.parent_path() / name;
    return ::access(program.c_str(), X_OK) == 0 ? program.string() : std::string{};
}

}  // namespace bitgrid::app
