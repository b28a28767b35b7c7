#include "app/run_program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

extern char** environ;

namespace bitgrid::app {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kMostLine = std::size_t{64} << 10;
constexpr std::size_t kMostComplaint = 2'000;
constexpr int kBySignal = 128;

class Pipe {
public:
    // Only we must not wait; a program that says much does.
    Pipe() {
        is_open_ =
            ::pipe2(ends_.data(), O_CLOEXEC) == 0 && ::fcntl(ends_[0], F_SETFL, O_NONBLOCK) == 0;
    }
    ~Pipe() {
        close_end(0);
        close_end(1);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    bool is_open() const { return is_open_; }
    int read_end() const { return ends_[0]; }
    int write_end() const { return ends_[1]; }
    void close_end(std::size_t which) {
        if (is_open_ && ends_[which] >= 0) ::close(std::exchange(ends_[which], -1));
    }

private:
    std::array<int, 2> ends_{-1, -1};
    bool is_open_{false};
};

class Running {
public:
    explicit Running(const RunOrder& order) : order_{order} {}
    ~Running() {
        if (process_ > 0) {
            ::kill(-process_, SIGKILL);
            ::waitpid(process_, nullptr, 0);
        }
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

    core::Result<Ran> run() {
        if (const auto started = start(); !started) return started.error();
        const auto end = SteadyClock::now() + std::chrono::seconds{order_.limit_s};
        while (!is_ended(end)) {
            if (SteadyClock::now() >= end)
                return core::Error{core::ErrorCode::Timeout,
                                   order_.words.front() + " was not done within " +
                                       std::to_string(order_.limit_s) + " s"};
            drain();
        }
        drain();
        if (!line_.empty()) hand_over(line_);
        int status = 0;
        ::waitpid(std::exchange(process_, -1), &status, 0);
        const int code = WIFEXITED(status) ? WEXITSTATUS(status) : kBySignal + WTERMSIG(status);
        return Ran{code, std::move(complained_)};
    }

private:
    core::Result<void> start() {
        if (!out_.is_open() || !err_.is_open()) return cannot(errno);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        const bool is_ours = order_.is_passed_on;
        posix_spawn_file_actions_adddup2(&actions, is_ours ? STDERR_FILENO : out_.write_end(),
                                         STDOUT_FILENO);
        if (!is_ours) posix_spawn_file_actions_adddup2(&actions, err_.write_end(), STDERR_FILENO);
        posix_spawnattr_t attributes;
        posix_spawnattr_init(&attributes);
        sigset_t none, all;
        sigemptyset(&none);
        sigfillset(&all);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setsigdefault(&attributes, &all);  // what we ignore is not its affair
        posix_spawnattr_setflags(
            &attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
        std::vector<std::string> words = order_.words;
        std::vector<char*> arguments;
        for (std::string& word : words) arguments.push_back(word.data());
        arguments.push_back(nullptr);
        const int error =
            posix_spawnp(&process_, arguments[0], &actions, &attributes, arguments.data(), environ);
        posix_spawnattr_destroy(&attributes);
        posix_spawn_file_actions_destroy(&actions);
        if (error != 0) return process_ = -1, cannot(error);
        out_.close_end(1);
        err_.close_end(1);
        descriptor_ = static_cast<int>(::syscall(SYS_pidfd_open, process_, 0));
        if (descriptor_ < 0) return cannot(errno);
        return {};
    }
    core::Error cannot(int number) const {
        return {core::ErrorCode::Unavailable,
                order_.words.front() + " cannot be started: " + std::strerror(number)};
    }

    // Waits for news of it; an end of its output alone is none.
    bool is_ended(SteadyClock::time_point end) {
        using std::chrono::milliseconds;
        const auto left = std::chrono::duration_cast<milliseconds>(end - SteadyClock::now());
        std::array<pollfd, 3> all{pollfd{descriptor_, POLLIN, 0},
                                  pollfd{is_out_open_ ? out_.read_end() : -1, POLLIN, 0},
                                  pollfd{is_err_open_ ? err_.read_end() : -1, POLLIN, 0}};
        (void)::poll(all.data(), all.size(),
                     static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000)));
        return (all[0].revents & POLLIN) != 0;
    }

    void drain() {
        is_out_open_ = is_out_open_ && read_from(out_.read_end(), [this](std::string_view piece) {
                           take_output(piece);
                       });
        is_err_open_ = is_err_open_ && read_from(err_.read_end(), [this](std::string_view piece) {
                           complained_ += piece;
                           if (complained_.size() > kMostComplaint)
                               complained_.erase(0, complained_.size() - kMostComplaint);
                       });
    }
    template <class Take>
    static bool read_from(int file, Take&& take) {
        std::array<char, 8'192> piece;
        for (int i = 0; i < 64; ++i) {
            const ssize_t got = ::read(file, piece.data(), piece.size());
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) return errno == EAGAIN;
            if (got == 0) return false;
            take(std::string_view{piece.data(), static_cast<std::size_t>(got)});
        }
        return true;
    }
    void take_output(std::string_view piece) {
        for (std::size_t end; (end = piece.find('\n')) != std::string_view::npos;) {
            line_ += piece.substr(0, end);
            hand_over(line_);
            line_.clear();
            piece.remove_prefix(end + 1);
        }
        if (line_.size() < kMostLine) line_ += piece;
    }
    void hand_over(const std::string& line) const {
        if (order_.on_line) order_.on_line(std::string_view{line}.substr(0, kMostLine));
    }

    const RunOrder& order_;
    Pipe out_, err_;
    bool is_out_open_{true}, is_err_open_{true};
    pid_t process_{-1};
    int descriptor_{-1};
    std::string line_, complained_;
};

}  // namespace

core::Result<Ran> run_program(const RunOrder& order) { return Running{order}.run(); }

}  // namespace bitgrid::app
