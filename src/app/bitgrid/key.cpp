#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <iostream>
#include <memory>

#include "app/bitgrid/looking.hpp"
#include "crypto/age.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::app {
namespace {

struct Options {
    std::string out;
    std::string language;
};

// As age-keygen writes it.
std::string file_of(const crypto::age::KeyPair& pair) {
    using namespace std::chrono;
    const auto now = duration_cast<milliseconds>(system_clock::now().time_since_epoch());
    return fmt::format("# created: {}\n# public key: {}\n{}\n", wire::time_text({now.count()}),
                       pair.recipient, pair.identity);
}

bool write_new(const std::string& path, const std::string& text) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) return false;
    const bool is_written =
        ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
        ::fsync(file) == 0;
    ::close(file);
    return is_written;
}

int make_key(const Options& o) {
    const bool is_german = o.language.empty() ? environment_is_german() : o.language == "de";
    const auto pair = crypto::age::make_key_pair();
    if (o.out.empty()) {
        std::cout << file_of(pair);
        return kOk;
    }
    if (!write_new(o.out, file_of(pair)))
        return refuse(errno == EEXIST ? kUsage : kUnavailable,
                      o.out + ": " + std::strerror(errno) + "; a key never replaces another file");
    std::cout << pair.recipient << '\n';
    std::cerr << (is_german ? "Bewahre " + o.out +
                                  " nicht auf diesem Gerät auf, und nicht bei den Sicherungen: "
                                  "Ohne diese Datei sind sie nicht zu öffnen.\n"
                            : "Keep " + o.out +
                                  " neither on this device nor beside the backups: without this "
                                  "file they cannot be opened.\n");
    return kOk;
}

}  // namespace

void add_key(CLI::App& app, int& exit_code) {
    auto* verb = app.add_subcommand("key", "Keys for encrypted backups, exports and mirrors");
    verb->require_subcommand(1);
    const auto o = std::make_shared<Options>();
    auto* make = verb->add_subcommand(
        "new", "Make a key pair as age-keygen does: the secret half to a file, age1… to you");
    make->add_option("--out", o->out, "new file for both halves; else they are printed");
    make->add_option("--lang", o->language, "de or en; else that of the environment")
        ->check(CLI::IsMember({"de", "en"}));
    make->callback([o, &exit_code] { exit_code = make_key(*o); });
}

}  // namespace bitgrid::app
