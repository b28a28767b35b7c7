#include "adapters/mqtt/testing_broker.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace bitgrid::adapters {
namespace {

int free_port() {
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        throw std::runtime_error("no free port");
    close(listener);
    return ntohs(address.sin_port);
}

std::string temp_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "broker-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    return name;
}

}  // namespace

TestBroker::TestBroker(std::string more)
    : folder_{temp_folder()}, more_{std::move(more)}, port_{free_port()} {}

TestBroker::~TestBroker() {
    kill();
    std::filesystem::remove_all(folder_);
}

void TestBroker::start() {
    std::string user = geteuid() == 0 ? "user root\n" : "";
    std::string config = write_file("mosquitto.conf", user + "listener " + std::to_string(port_) +
                                                          " 127.0.0.1\npersistence false\n" +
                                                          "allow_anonymous true\n" + more_);
    const std::string log = folder_ + "/log";
    const char* path = std::filesystem::exists("/usr/sbin/mosquitto") ? "/usr/sbin/mosquitto"
                                                                      : "/usr/bin/mosquitto";
    const pid_t parent = getpid();
    pid_ = fork();
    if (pid_ != 0) return;
    // It must not outlive a test that is killed.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
    dup2(open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600), STDERR_FILENO);
    execl(path, "mosquitto", "-c", config.c_str(), nullptr);
    _exit(127);
}

void TestBroker::kill() {
    if (pid_ <= 0) return;
    signal(SIGKILL);
    waitpid(std::exchange(pid_, 0), nullptr, 0);
}

void TestBroker::pause() { signal(SIGSTOP); }
void TestBroker::resume() { signal(SIGCONT); }
void TestBroker::signal(int number) const {
    if (pid_ > 0) ::kill(pid_, number);
}

std::string TestBroker::write_file(const std::string& name, const std::string& content) const {
    const std::string path = folder_ + "/" + name;
    std::ofstream{path} << content;
    return path;
}

bool run_until(boost::asio::io_context& io, const std::function<bool()>& holds,
               std::chrono::seconds within) {
    const auto end = std::chrono::steady_clock::now() + within;
    io.restart();
    while (!holds()) {
        if (std::chrono::steady_clock::now() >= end) return false;
        io.run_one_until(end);
        if (io.stopped()) io.restart();
    }
    return true;
}

MqttConfig quick_config(const TestBroker& broker, const std::string& client_id) {
    MqttConfig config;
    config.port = broker.port();
    config.client_id = client_id;
    config.backoff_ms = {20, 50};
    return config;
}

bool TestClient::settle() {
    std::optional<bool> passed;
    client.fence([&](core::Result<void> result) { passed = result.has_value(); });
    return run_until(io, [&] { return passed.has_value(); }) && *passed;
}

}  // namespace bitgrid::adapters
