#include "faults/harness/child.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string_view>
#include <thread>

extern char** environ;

namespace bitgrid::faults {
namespace {

std::string content(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> all;
    for (std::string& word : words) all.push_back(word.data());
    all.push_back(nullptr);
    return all;
}

// Between fork and exec only what is safe where other threads held locks.
[[noreturn]] void become(char* const* words, char* const* environment, const char* out,
                         const char* err, pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    setpgid(0, 0);
    dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
    dup2(open(out, O_WRONLY | O_CREAT | O_APPEND, 0600), STDOUT_FILENO);
    dup2(open(err, O_WRONLY | O_CREAT | O_APPEND, 0600), STDERR_FILENO);
    execvpe(words[0], words, environment);
    _exit(127);
}

char state_of(pid_t pid) {
    std::ifstream file{"/proc/" + std::to_string(pid) + "/stat"};
    std::string line;
    std::getline(file, line);
    const std::size_t end = line.rfind(')');
    return end == std::string::npos || end + 2 >= line.size() ? 'X' : line[end + 2];
}

}  // namespace

Child::Child(Wish wish)
    : out_{wish.folder / (wish.name + ".out")}, err_{wish.folder / (wish.name + ".err")} {
    std::vector<std::string> environment;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view given{*entry};
        const bool is_replaced =
            std::any_of(wish.environment.begin(), wish.environment.end(),
                        [&](const auto& ours) { return given.starts_with(ours.first + "="); });
        if (!is_replaced) environment.emplace_back(given);
    }
    for (const auto& [key, value] : wish.environment) environment.push_back(key + "=" + value);
    const auto words = pointers(wish.words);
    const auto variables = pointers(environment);
    const std::string out = out_.string(), err = err_.string();
    std::ofstream{out_}.close();
    const pid_t parent = getpid();
    pid_ = fork();
    if (pid_ == 0) become(words.data(), variables.data(), out.c_str(), err.c_str(), parent);
}

Child::~Child() { kill(); }

void Child::signal(int number) const {
    if (pid_ > 0 && !exit_) ::kill(pid_, number);
}

void Child::pause() const {
    signal(SIGSTOP);
    for (int i = 0; i < 1000 && state_of(pid_) != 'T'; ++i) rest(1);
}

void Child::resume() const { signal(SIGCONT); }

void Child::kill() {
    signal(SIGKILL);
    wait(10'000);
}

std::optional<int> Child::wait(int real_ms) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds{real_ms};
    while (!exit_ && pid_ > 0) {
        int status = 0;
        if (waitpid(pid_, &status, WNOHANG) == pid_)
            exit_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        else if (std::chrono::steady_clock::now() >= end) break;
        else rest(2);
    }
    return exit_;
}

std::string Child::first_line() const {
    for (int i = 0; i < 2000; ++i) {
        const std::string all = content(out_);
        if (const auto end = all.find('\n'); end != std::string::npos) return all.substr(0, end);
        if (state_of(pid_) == 'Z') break;
        rest(5);
    }
    return {};
}

std::string Child::said() const { return content(out_); }
std::string Child::complained() const { return content(err_); }

long Child::memory_kib() const {
    std::ifstream file{"/proc/" + std::to_string(pid_) + "/status"};
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("VmRSS:")) return std::stol(line.substr(6));
    return 0;
}

long Child::open_files() const {
    std::error_code error;
    const std::filesystem::directory_iterator files{"/proc/" + std::to_string(pid_) + "/fd", error};
    return error ? 0 : std::distance(begin(files), end(files));
}

void rest(int real_ms) { std::this_thread::sleep_for(std::chrono::milliseconds{real_ms}); }

std::filesystem::path programs() {
    return std::filesystem::read_symlink("/proc/self/exe").parent_path();
}

}  // namespace bitgrid::faults
