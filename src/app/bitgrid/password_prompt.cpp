#include "app/bitgrid/password_prompt.hpp"

#include <termios.h>
#include <unistd.h>

#include <iostream>

namespace bitgrid::app {
namespace {

/// No echo as long as it lives.
class Quiet {
public:
    Quiet() {
        is_terminal_ = ::isatty(STDIN_FILENO) == 1 && ::tcgetattr(STDIN_FILENO, &before_) == 0;
        if (!is_terminal_) return;
        termios quiet = before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        (void)::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    ~Quiet() {
        if (is_terminal_) (void)::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    }
    Quiet(const Quiet&) = delete;
    Quiet& operator=(const Quiet&) = delete;
    bool is_terminal() const { return is_terminal_; }

private:
    termios before_{};
    bool is_terminal_{false};
};

accounts::Secret line_after(const char* prompt, bool is_terminal) {
    if (is_terminal) std::cerr << prompt << std::flush;
    std::string line;
    std::getline(std::cin, line);
    if (is_terminal) std::cerr << '\n';
    if (line.ends_with('\r')) line.pop_back();
    return accounts::Secret{std::move(line)};
}

}  // namespace

core::Result<accounts::Secret> ask_for_new_password(bool is_german) {
    const Quiet quiet;
    accounts::Secret first =
        line_after(is_german ? "Neues Passwort: " : "New password: ", quiet.is_terminal());
    if (first.is_empty())
        return core::Error{core::ErrorCode::BadInput,
                           is_german ? "kein Passwort; es steht in der ersten Zeile der Eingabe"
                                     : "no password; it is the first line of standard input"};
    if (!quiet.is_terminal()) return first;
    const accounts::Secret again = line_after(is_german ? "Noch einmal: " : "Once more: ", true);
    if (again.reveal() == first.reveal()) return first;
    return core::Error{core::ErrorCode::BadInput,
                       is_german ? "die beiden sind verschieden" : "the two differ"};
}

}  // namespace bitgrid::app
