#pragma once
// A program of ours as a child: started with a log of its own, ended by its process id, gone when
// we go.
#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

namespace bitgrid::bench {

/// What it has used so far.
struct Usage {
    double resident_mib{};
    double cpu_s{};  ///< user and system
};

/// One thread. What cannot be done is an exception with the path of the child's log in it.
class ChildProcess {
public:
    struct Start {
        std::string program;
        std::vector<std::string> arguments;
        std::string log;                       ///< file for its standard error
        std::vector<std::string> environment;  ///< `NAME=value`, beside ours without BITGRID_*
    };

    explicit ChildProcess(const Start&);
    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    /// The next line of its standard output: how our programs say that they are ready.
    std::string line(int patience_ms);
    pid_t id() const { return process_; }
    Usage usage() const;
    /// SIGTERM, then SIGKILL where it stays longer. Returns its exit code; -1: by a signal.
    int end(int patience_ms = 15'000);

private:
    [[noreturn]] void fail(const std::string& what) const;

    std::string name_;
    std::string log_;
    pid_t process_{-1};
    int output_{-1};
    std::string unread_;
};

/// The folder of this program, where the others of the same build are.
std::string programs_folder();

}  // namespace bitgrid::bench
