#include "app/private_broker.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <fstream>

extern char** environ;

namespace bitgrid::app {
namespace {

namespace fs = std::filesystem;
using boost::asio::ip::tcp;

constexpr int kTries = 100;
constexpr auto kPause = std::chrono::milliseconds{20};

std::string installed_mosquitto() {
    for (const char* path :
         {"/usr/sbin/mosquitto", "/usr/bin/mosquitto", "/usr/local/sbin/mosquitto"})
        if (access(path, X_OK) == 0) return path;
    return {};
}

std::uint16_t free_port() {
    boost::asio::io_context io;
    tcp::acceptor acceptor{io, tcp::endpoint{boost::asio::ip::address_v4::loopback(), 0}};
    return acceptor.local_endpoint().port();
}

bool listens(std::uint16_t port) {
    boost::asio::io_context io;
    tcp::socket socket{io};
    boost::system::error_code error;
    socket.connect({boost::asio::ip::address_v4::loopback(), port}, error);
    return !error;
}

// As root, Mosquitto would leave for a user that cannot read our folder.
std::string configuration(std::uint16_t port) {
    std::string text =
        "listener " + std::to_string(port) +
        " 127.0.0.1\nallow_anonymous true\npersistence false\n"
        "set_tcp_nodelay true\n";  // else a stop may wait 40 ms for its bytes to be full
    if (getuid() == 0) text += "user root\n";
    return text;
}

pid_t spawn(const std::string& program, const std::string& conf, const std::string& log) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(),
                                     O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    // In a group of its own: Ctrl-C is for us; we end the broker after the loads are off.
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    std::string name = "mosquitto", option = "-c", file = conf;
    char* arguments[] = {name.data(), option.data(), file.data(), nullptr};
    pid_t process = -1;
    if (posix_spawn(&process, program.c_str(), &actions, &attributes, arguments, environ) != 0)
        process = -1;
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return process;
}

}  // namespace

core::Result<std::unique_ptr<PrivateBroker>> PrivateBroker::start(const std::string& folder,
                                                                  std::uint16_t port) {
    const std::string program = installed_mosquitto();
    if (program.empty())
        return core::Error{core::ErrorCode::NotFound, "Mosquitto is not installed"};
    if (port == 0) port = free_port();
    const std::string conf = folder + "/mosquitto.conf";
    std::ofstream{conf} << configuration(port);
    const pid_t process = spawn(program, conf, folder + "/mosquitto.log");
    if (process < 0)
        return core::Error{core::ErrorCode::Unavailable, "Mosquitto cannot be started"};
    std::unique_ptr<PrivateBroker> broker{new PrivateBroker{process, port}};
    boost::asio::io_context io;
    for (int i = 0; i < kTries; ++i) {
        if (listens(port)) return broker;
        boost::asio::steady_timer{io, kPause}.wait();
    }
    return core::Error{core::ErrorCode::Unavailable,
                       "Mosquitto does not listen; see " + folder + "/mosquitto.log"};
}

PrivateBroker::~PrivateBroker() {
    kill(process_, SIGCONT);
    kill(process_, SIGTERM);
    waitpid(process_, nullptr, 0);
}

}  // namespace bitgrid::app
