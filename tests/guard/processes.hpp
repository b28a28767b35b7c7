#pragma once
// Programs as a test runs them: started, stopped, hung and killed by their process id; and the
// simulated house, asked over HTTP.
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

extern char** environ;

namespace bitgrid::testing_guard {

using Json = nlohmann::json;
using Seconds = std::chrono::duration<double>;

inline double now_s() {
    return std::chrono::duration_cast<Seconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

/// Looks again and again until it holds; false after two minutes of real time.
inline bool wait_for(const std::function<bool()>& holds) {
    const double end = now_s() + 120;
    while (!holds()) {
        if (now_s() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    return true;
}

inline std::string text_of(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

/// One process, ended with its object. Its output is kept in files.
class Process {
public:
    Process(std::vector<std::string> words, const std::string& output,
            std::vector<std::string> more_environment = {})
        : output_{output} {
        std::vector<char*> arguments, environment;
        for (std::string& word : words) arguments.push_back(word.data());
        for (std::string& variable : more_environment) environment.push_back(variable.data());
        for (char** variable = environ; *variable != nullptr; ++variable)
            environment.push_back(*variable);
        arguments.push_back(nullptr);
        environment.push_back(nullptr);
        posix_spawn_file_actions_t files;
        posix_spawn_file_actions_init(&files);
        const int flags = O_CREAT | O_WRONLY | O_TRUNC | O_APPEND;
        posix_spawn_file_actions_addopen(&files, 1, (output_ + ".out").c_str(), flags, 0600);
        posix_spawn_file_actions_addopen(&files, 2, (output_ + ".err").c_str(), flags, 0600);
        if (posix_spawn(&pid_, arguments[0], &files, nullptr, arguments.data(),
                        environment.data()) != 0)
            pid_ = -1;
        posix_spawn_file_actions_destroy(&files);
    }
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    ~Process() {
        if (pid_ <= 0) return;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }

    void signal(int number) { ::kill(pid_, number); }
    /// Stops the main thread alone: its other threads live on. Where this may not be, all of it.
    void hang() {
        is_traced_ = ptrace(PTRACE_SEIZE, pid_, nullptr, nullptr) == 0 &&
                     ptrace(PTRACE_INTERRUPT, pid_, nullptr, nullptr) == 0;
        if (is_traced_) ::waitpid(pid_, nullptr, 0);
        else signal(SIGSTOP);
    }
    void go_on() {
        if (is_traced_) ptrace(PTRACE_DETACH, pid_, nullptr, nullptr);
        else signal(SIGCONT);
        is_traced_ = false;
    }
    void kill_at_once() {
        signal(SIGKILL);
        (void)exit_code();
    }
    /// Waits for its end; 128 + the signal that ended it, as shells say it.
    int exit_code() {
        int status = 0;
        while (::waitpid(pid_, &status, 0) == pid_ && WIFSTOPPED(status)) {
        }
        pid_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    std::string out() const { return text_of(output_ + ".out"); }
    std::string err() const { return text_of(output_ + ".err"); }
    /// Of the process's memory in use, MiB; 0 where that cannot be known.
    double resident_mib() const {
        std::ifstream file{"/proc/" + std::to_string(pid_) + "/statm"};
        double total = 0, resident = 0;
        file >> total >> resident;
        return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1 << 20);
    }

private:
    std::string output_;
    pid_t pid_{-1};
    bool is_traced_{false};
};

struct Answer {
    int status{0};  ///< 0: nobody answered
    Json body;
};

/// One request on loopback, blocking; never throws.
inline Answer ask(int port, const std::string& method, const std::string& path,
                  const std::string& body = "") {
    using boost::asio::ip::tcp;
    boost::system::error_code error;
    boost::asio::io_context io;
    tcp::socket socket{io};
    socket.connect({boost::asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(port)},
                   error);
    if (error) return {};
    const timeval patience{10, 0};
    ::setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    const std::string request = method + " " + path +
                                " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
                                "\r\nConnection: close\r\nContent-Type: application/json\r\n"
                                "Content-Length: " +
                                std::to_string(body.size()) + "\r\n\r\n" + body;
    boost::asio::write(socket, boost::asio::buffer(request), error);
    std::string reply;
    boost::asio::read(socket, boost::asio::dynamic_buffer(reply), error);
    const std::size_t head = reply.find("\r\n\r\n");
    if (reply.size() < 12 || head == std::string::npos) return {};
    Answer answer;
    answer.status = std::atoi(reply.substr(9, 3).c_str());
    answer.body = Json::parse(reply.substr(head + 4), nullptr, false);
    return answer;
}

}  // namespace bitgrid::testing_guard
