#pragma once
// A program that a case starts, stops, pauses and ends: by its process id, never by a name. It dies
// with us, however we die.
#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bitgrid::faults {

/// Started by the constructor; what it says goes to files below `folder`. A program that cannot be
/// started ends with 127. One thread at a time.
class Child {
public:
    struct Wish {
        std::vector<std::string> words;  ///< the program and its arguments
        std::filesystem::path folder;    ///< of `<name>.out` and `<name>.err`
        std::string name;
        std::vector<std::pair<std::string, std::string>> environment{};  ///< added to ours
    };

    explicit Child(Wish);
    /// Ends it at once.
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    void signal(int number) const;
    void pause() const;  ///< alive, but does nothing; back only when it stands still
    void resume() const;
    void kill();  ///< at once, as a crash; back when it is gone
    /// Its exit code (128 + signal where one ended it); empty where it still runs after so long.
    std::optional<int> wait(int real_ms);
    bool is_running() { return !wait(0); }
    bool is_ended() const { return exit_.has_value(); }  ///< as far as it was waited for
    pid_t pid() const { return pid_; }

    /// First line of its standard output; empty after ten seconds without one.
    std::string first_line() const;
    std::string said() const;        ///< standard output
    std::string complained() const;  ///< standard error
    /// Resident memory, KiB; 0 where it is gone.
    long memory_kib() const;
    long open_files() const;

private:
    std::filesystem::path out_, err_;
    pid_t pid_{-1};
    std::optional<int> exit_;
};

/// Sleeps between two looks at a condition; never instead of one.
void rest(int real_ms);

/// Real time since it was made, seconds.
class Stopwatch {
public:
    double s() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
    }

private:
    std::chrono::steady_clock::time_point began_{std::chrono::steady_clock::now()};
};

/// Where our own programs lie: beside the one that runs.
std::filesystem::path programs();

}  // namespace bitgrid::faults
