#pragma once
// NUT itself for tests: a real upsd with the driver that plays a UPS from a file.
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace bitgrid::adapters::nut {

/// A UPS named `cellar` on a free port of the loopback, in a folder that goes with it.
class TestingUps {
public:
    TestingUps() {
        std::string name = (std::filesystem::temp_directory_path() / "ups-XXXXXX").string();
        folder_ = mkdtemp(name.data());
        write("ups.conf", "[cellar]\n driver = dummy-ups\n port = " + folder_ +
                              "/cellar.dev\n pollinterval = 1\n");
        write("upsd.conf", "LISTEN 127.0.0.1 " + std::to_string(port_) + "\n");
        write("upsd.users", "");
        write("nut.conf", "MODE=netserver\n");
        says("OL", 100);
        start_driver();
        start_server();
    }
    TestingUps(const TestingUps&) = delete;
    TestingUps& operator=(const TestingUps&) = delete;
    ~TestingUps() {
        for (const pid_t process : processes_) end(process);
        std::filesystem::remove_all(folder_);
    }

    int port() const { return port_; }
    /// What the UPS says from its next poll on.
    void says(const std::string& status, int charge_pct) {
        write("next", "ups.status: " + status + "\nbattery.charge: " + std::to_string(charge_pct) +
                          "\nbattery.runtime: 1800\n");
        std::filesystem::rename(folder_ + "/next", folder_ + "/cellar.dev");
    }
    void kill_server() {
        end(processes_.back());
        processes_.pop_back();
    }
    void start_server() { run({"/lib/nut/upsd", "-u", user(), "-D"}); }

private:
    static int free_port() {
        boost::asio::io_context io;
        return boost::asio::ip::tcp::acceptor{io, {boost::asio::ip::address_v4::loopback(), 0}}
            .local_endpoint()
            .port();
    }
    static std::string user() { return getuid() == 0 ? "root" : std::to_string(getuid()); }
    static void end(pid_t process) {
        kill(process, SIGKILL);
        waitpid(process, nullptr, 0);
    }
    void start_driver() { run({"/lib/nut/dummy-ups", "-a", "cellar", "-u", user(), "-D"}); }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream{folder_ + '/' + name} << text;
        std::filesystem::permissions(folder_ + '/' + name, std::filesystem::perms{0600});
    }
    void run(std::vector<std::string> words) {
        std::vector<char*> arguments, environment;
        for (std::string& word : words) arguments.push_back(word.data());
        arguments.push_back(nullptr);
        std::string conf = "NUT_CONFPATH=" + folder_, state = "NUT_STATEPATH=" + folder_,
                    pid = "NUT_ALTPIDPATH=" + folder_, path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
        for (std::string* entry : {&conf, &state, &pid, &path})
            environment.push_back(entry->data());
        environment.push_back(nullptr);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        const std::string log = folder_ + "/log";
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(),
                                         O_WRONLY | O_CREAT | O_APPEND, 0600);
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
        pid_t process = -1;
        if (posix_spawn(&process, words[0].c_str(), &actions, nullptr, arguments.data(),
                        environment.data()) == 0)
            processes_.push_back(process);
        posix_spawn_file_actions_destroy(&actions);
    }

    std::string folder_;
    int port_{free_port()};
    std::vector<pid_t> processes_;
};

}  // namespace bitgrid::adapters::nut
