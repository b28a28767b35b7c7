// Ends the real daemon with SIGKILL at random moments while decisions and wishes flow, and asks its
// journal after each end: everything that was told or answered is in it, the chain holds, no block
// was decided twice. The house beside it is simulated; the clock of both is accelerated.
//   crash_loop BIN_FOLDER ROUNDS [SEED] [MOST_START_MS]
#include <arpa/inet.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "store/chain.hpp"

namespace {

using namespace bitgrid;
using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr const char* kSpeed = "600";
constexpr std::int64_t kMorning = 1'716'280'200'000;  // 2024-05-21T08:30:00Z, a clear day
constexpr int kLongestLifeMs = 200;
constexpr int kShortestLifeMs = 20;
constexpr int kVerifyEvery = 50;

class Process {
public:
    explicit Process(std::vector<std::string> words) {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error{"pipe"};
        std::vector<char*> arguments;
        for (std::string& word : words) arguments.push_back(word.data());
        arguments.push_back(nullptr);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
        const int error =
            posix_spawn(&pid_, arguments[0], &actions, nullptr, arguments.data(), environ);
        posix_spawn_file_actions_destroy(&actions);
        close(ends[1]);
        output_ = fdopen(ends[0], "r");
        if (error != 0) throw std::runtime_error{words[0] + ": " + std::strerror(error)};
    }
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    ~Process() {
        end();
        std::fclose(output_);
    }
    void end() {
        if (pid_ <= 0) return;
        kill(pid_, SIGKILL);
        waitpid(std::exchange(pid_, 0), nullptr, 0);
    }
    /// The first line of its output, which tells its ports.
    Json ports() {
        std::array<char, 4096> line{};
        if (std::fgets(line.data(), static_cast<int>(line.size()), output_) == nullptr)
            throw std::runtime_error{"a program ended before it was ready"};
        return Json::parse(line.data());
    }

private:
    pid_t pid_{0};
    std::FILE* output_{nullptr};
};

class Connection {
public:
    explicit Connection(int port) : socket_{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        is_open_ =
            connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() { close(socket_); }

    bool send(const std::string& text) const {
        return is_open_ && ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) ==
                               static_cast<ssize_t>(text.size());
    }
    /// All until the other side ends.
    std::string read() const {
        std::string all;
        std::array<char, 16'384> some{};
        for (ssize_t count = 1; is_open_ && count > 0;) {
            count = recv(socket_, some.data(), some.size(), 0);
            if (count > 0) all.append(some.data(), static_cast<std::size_t>(count));
        }
        return all;
    }

private:
    int socket_;
    bool is_open_{false};
};

std::string host(int port) { return "Host: 127.0.0.1:" + std::to_string(port) + "\r\n"; }

/// What the daemon told as recorded, and so must never lose. Where its disk does not answer in time
/// it goes on and says so.
struct Acknowledged {
    std::set<std::string> decisions;
    std::set<std::string> overrides;
};

void listen(int port, Acknowledged& heard) {
    const Connection connection{port};
    if (!connection.send("GET /api/v1/events HTTP/1.1\r\n" + host(port) + "\r\n")) return;
    const std::string all = connection.read();
    const std::string mark = "data: ";
    for (std::size_t at = all.find(mark); at != std::string::npos; at = all.find(mark, at + 1)) {
        const std::size_t end = all.find('\n', at);
        if (end == std::string::npos) return;
        const Json message =
            Json::parse(all.begin() + static_cast<std::ptrdiff_t>(at + mark.size()),
                        all.begin() + static_cast<std::ptrdiff_t>(end), nullptr, false);
        if (!message.is_object() || !message.value("recorded", false)) continue;
        const Json& told = message["data"];
        if (message["type"] == "decision") heard.decisions.insert(told.value("decision_id", ""));
        else if (told.value("type", "") == "OverrideSet")
            heard.overrides.insert(told.value("override_id", ""));
    }
}

void wish(int port, const std::atomic<bool>& is_over) {
    for (int i = 0; !is_over; ++i) {
        const std::string body = Json{
            {"load_id", i % 2 == 0 ? "miner" : "rod"},
            {"action", "STOP"},
            {"duration_min", 60}}.dump();
        const Connection connection{port};
        if (!connection.send(
                "POST /api/v1/override HTTP/1.1\r\n" + host(port) +
                "Content-Type: application/json\r\nConnection: close\r\nContent-Length: " +
                std::to_string(body.size()) + "\r\n\r\n" + body))
            return;
        (void)connection.read();
    }
}

void write_config(const std::string& folder, const Json& house) {
    const auto write = [&](const char* name, const std::string& text) {
        std::ofstream{folder + "/" + name} << text;
    };
    const auto port = [&](const char* name) { return std::to_string(house.at(name).get<int>()); };
    write("site.yaml", "id: home\nname: Home\nblock_minutes: 1\n");
    write("loads.yaml",
          "- {id: miner, name: Avalon}\n"
          "- {id: rod, name: Rod, kind: heater, has_temperature: false, can_throttle: false}\n");
    write("devices.yaml",
          "- {type: sunspec, id: inverter, port: " + port("modbus") +
              ", meter_unit_id: 200}\n- {type: avalon, load: miner, port: " + port("cgminer") +
              ", pause_ms: 0}\n- {type: shelly_plug, load: rod, port: " + port("rod") + "}\n");
    write("mqtt.yaml", "enabled: false\n");
    write("api.yaml", "port: 0\nwrites_per_minute: 10000\n");
    write("log.yaml", "level: error\n");
}

/// Fails with words where the journal does not hold what it must.
class Judge {
public:
    explicit Judge(std::string folder) : path_{std::move(folder) + "/bitgrid.sqlite"} {}

    void after(int round, const Acknowledged& acknowledged) {
        for (const auto& entry :
             std::filesystem::directory_iterator{std::filesystem::path{path_}.parent_path()})
            if (entry.path().string().find(".damaged") != std::string::npos)
                throw std::runtime_error{"it was taken for damaged"};
        auto database = store::Database::open(path_, store::Database::Access::Read, 5'000);
        if (!database) throw std::runtime_error{database.error().what};
        if (const auto end = store::verify_end(*database, 300); !end)
            throw std::runtime_error{end.error().what};
        find(*database, "SELECT 1 FROM journal WHERE decision_id = ?1", acknowledged.decisions);
        find(*database,
             "SELECT 1 FROM journal WHERE type = 'OverrideSet' AND instr(body, ?1) AND seq > "
             "(SELECT "
             "last_seq FROM chain) - 3000",
             acknowledged.overrides);
        const auto twice = database->number(
            "SELECT count(*) FROM (SELECT 1 FROM journal NOT INDEXED WHERE trigger = 'BLOCK_TICK'"
            " GROUP BY load_id, block_id HAVING count(*) > 1)");
        if (!twice || *twice != 0) throw std::runtime_error{"a block was decided twice"};
        if (round % kVerifyEvery == 0) verify_all();
    }
    store::Chain verify_all() const {
        auto chain = store::verify(path_);
        if (!chain) throw std::runtime_error{chain.error().what};
        return *chain;
    }

private:
    static void find(store::Database& database, const char* sql, const std::set<std::string>& ids) {
        auto statement = database.prepare(sql);
        if (!statement) throw std::runtime_error{statement.error().what};
        for (const std::string& id : ids) {
            const auto found = statement->run(id);
            if (!found) throw std::runtime_error{found.error().what};
            if (!*found) throw std::runtime_error{"acknowledged, but lost: " + id};
        }
    }
    std::string path_;
};

struct Options {
    std::string programs;
    int rounds{200};
    unsigned seed{20'260'615};
    double most_start_ms{0};  ///< 0: only told
};

int run(const Options& o, const std::string& folder) {
    const std::string config = folder + "/config";
    const std::string data = folder + "/data";
    std::filesystem::create_directory(config);
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::now().time_since_epoch());
    const std::vector<std::string> time{"--speed",      kSpeed,
                                        "--start-wall", std::to_string(kMorning),
                                        "--start-real", std::to_string(now.count())};
    const auto words = [&](std::vector<std::string> first) {
        first.insert(first.end(), time.begin(), time.end());
        return first;
    };
    Process house{words({o.programs + "/bitgrid-sim", "--story", "none"})};
    write_config(config, house.ports());

    std::mt19937 random{o.seed};
    Judge judge{data};
    std::vector<double> starts;
    std::size_t decisions = 0;
    std::size_t overrides = 0;
    const auto begun = Clock::now();
    for (int round = 1; round <= o.rounds; ++round) {
        const auto spawned = Clock::now();
        Process daemon{words({o.programs + "/bitgridd", "--config", config, "--data", data})};
        const int port = daemon.ports().at("api_port").get<int>();
        starts.push_back(std::chrono::duration<double, std::milli>(Clock::now() - spawned).count());
        Acknowledged heard;
        std::atomic<bool> is_over{false};
        std::thread listener{[&] { listen(port, heard); }};
        std::thread wisher{[&] { wish(port, is_over); }};
        // The moment of death is the point; there is no condition to wait for.
        std::this_thread::sleep_for(std::chrono::milliseconds{
            std::uniform_int_distribution{kShortestLifeMs, kLongestLifeMs}(random)});
        daemon.end();
        is_over = true;
        listener.join();
        wisher.join();
        decisions += heard.decisions.size();
        overrides += heard.overrides.size();
        judge.after(round, heard);
    }
    const store::Chain chain = judge.verify_all();
    std::sort(starts.begin(), starts.end());
    std::printf(
        "%d ends in %.0f s: %zu decisions and %zu wishes told as recorded, none lost; %lld events, "
        "the "
        "chain holds, no block twice; start-up %.0f ms in the middle, %.0f ms at most\n",
        o.rounds, std::chrono::duration<double>(Clock::now() - begun).count(), decisions, overrides,
        static_cast<long long>(chain.rows), starts[starts.size() / 2], starts.back());
    if (decisions == 0 || overrides == 0) throw std::runtime_error{"nothing was acknowledged"};
    if (o.most_start_ms > 0 && starts.back() > o.most_start_ms)
        throw std::runtime_error{"a start took too long"};
    return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fprintf(stderr, "usage: crash_loop BIN_FOLDER ROUNDS [SEED] [MOST_START_MS]\n");
        return 64;
    }
    Options options{argv[1], std::max(1, std::atoi(argv[2]))};
    if (argc > 3) options.seed = static_cast<unsigned>(std::atoi(argv[3]));
    if (argc > 4) options.most_start_ms = std::atof(argv[4]);
    std::string folder = (std::filesystem::temp_directory_path() / "bitgrid-crash-XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr) return EXIT_FAILURE;
    try {
        const int code = run(options, folder);
        std::filesystem::remove_all(folder);
        return code;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "crash_loop: %s (kept: %s)\n", error.what(), folder.c_str());
        return EXIT_FAILURE;
    }
}
