#include "bench/house/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

extern char** environ;

namespace bitgrid::bench {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// What a service manager gives, however many files we may have open.
constexpr rlim_t kUsualOpenFiles = 1'024;

std::vector<std::string> environment_with(const std::vector<std::string>& more) {
    std::vector<std::string> all = more;
    for (char** entry = environ; *entry != nullptr; ++entry)
        if (!std::string_view{*entry}.starts_with("BITGRID_")) all.emplace_back(*entry);
    return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (std::string& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

}  // namespace

std::string programs_folder() {
    return std::filesystem::read_symlink("/proc/self/exe").parent_path().string();
}

ChildProcess::ChildProcess(const Start& start)
    : name_{std::filesystem::path{start.program}.filename().string()}, log_{start.log} {
    std::vector<std::string> words{start.program};
    words.insert(words.end(), start.arguments.begin(), start.arguments.end());
    std::vector<std::string> settings = environment_with(start.environment);
    const std::vector<char*> arguments = pointers_to(words);
    const std::vector<char*> environment = pointers_to(settings);
    const int log = open(log_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    int ends[2] = {-1, -1};
    if (log < 0 || pipe2(ends, O_CLOEXEC) != 0) fail("cannot be given a log");
    rlimit permitted{};
    getrlimit(RLIMIT_NOFILE, &permitted);
    const pid_t parent = getpid();
    process_ = fork();
    if (process_ == 0) {
        // Only what is safe between fork and exec. Whatever ends us ends the child as well.
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        setpgid(0, 0);
        dup2(ends[1], STDOUT_FILENO);
        dup2(log, STDERR_FILENO);
        const rlimit usual{std::min<rlim_t>(kUsualOpenFiles, permitted.rlim_max),
                           permitted.rlim_max};
        setrlimit(RLIMIT_NOFILE, &usual);
        setpriority(PRIO_PROCESS, 0, 0);  // whatever we took for ourselves
        if (getppid() == parent) execve(arguments[0], arguments.data(), environment.data());
        _exit(127);
    }
    close(ends[1]);
    close(log);
    output_ = ends[0];
    if (process_ < 0) fail("cannot be started");
}

ChildProcess::~ChildProcess() {
    end();
    if (output_ >= 0) close(output_);
}

void ChildProcess::fail(const std::string& what) const {
    throw std::runtime_error{name_ + " " + what + "; its log: " + log_};
}

std::string ChildProcess::line(int patience_ms) {
    const auto until = steady_clock::now() + milliseconds{patience_ms};
    for (;;) {
        if (const std::size_t end = unread_.find('\n'); end != std::string::npos) {
            std::string line = unread_.substr(0, end);
            unread_.erase(0, end + 1);
            return line;
        }
        const auto left =
            std::chrono::duration_cast<milliseconds>(until - steady_clock::now()).count();
        pollfd ready{output_, POLLIN, 0};
        if (left <= 0 || poll(&ready, 1, static_cast<int>(left)) == 0) fail("says nothing");
        char bytes[4'096];
        const ssize_t count = read(output_, bytes, sizeof bytes);
        if (count <= 0) fail("ended at once");
        unread_.append(bytes, static_cast<std::size_t>(count));
    }
}

Usage ChildProcess::usage() const {
    Usage usage;
    const std::string folder = "/proc/" + std::to_string(process_);
    std::ifstream status{folder + "/status"};
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmRSS:")) usage.resident_mib = std::stod(line.substr(6)) / 1'024;
    std::ifstream stat{folder + "/stat"};
    std::string text;
    std::getline(stat, text);
    std::istringstream fields{text.substr(std::min(text.rfind(')') + 1, text.size()))};
    std::string skipped;
    double user = 0, system = 0;
    for (int i = 0; i < 11; ++i) fields >> skipped;
    if (!(fields >> user >> system)) fail("is not there any more");
    usage.cpu_s = (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
    return usage;
}

int ChildProcess::end(int patience_ms) {
    if (process_ <= 0) return 0;
    kill(process_, SIGTERM);
    const auto until = steady_clock::now() + milliseconds{patience_ms};
    int status = 0;
    while (waitpid(process_, &status, WNOHANG) == 0) {
        if (steady_clock::now() >= until) kill(process_, SIGKILL);
        std::this_thread::sleep_for(milliseconds{1});
    }
    process_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace bitgrid::bench
