// The fourth and the fifth line of defence with the ones before them removed: real processes, a
// miner without a relay and without a timer of its own, and a controller that hangs or dies.
//   guard_test BITGRIDD BITGRID_SIM
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstdio>
#include <filesystem>
#include <optional>

#include "processes.hpp"

using namespace bitgrid::testing_guard;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

std::string bitgridd, bitgrid_sim;

constexpr double kSpeed = 10;
constexpr const char* kTen = "1716285600000";  // 2024-05-21T10:00:00Z, a sunny day

std::int64_t system_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

/// A house ten times as fast as a real one: leases are real, blocks take six seconds.
class Defence : public ::testing::Test {
protected:
    Defence() {
        std::string name = (std::filesystem::temp_directory_path() / "guard-XXXXXX").string();
        folder = ::mkdtemp(name.data());
        begun = {"--speed", std::to_string(kSpeed), "--start-wall",
                 kTen,      "--start-real",         std::to_string(system_ms())};
        house.emplace(words({bitgrid_sim, "--start-soc", "90"}), folder + "/house");
        if (!wait_for([&] { return house->out().ends_with("}\n"); }))
            throw std::runtime_error{"no house: " + house->err()};
        ports = Json::parse(house->out());
        write_config();
        // Nothing stands between mains and miner here.
        (void)ask(ports["plug"], "GET", "/rpc/Switch.Set?id=0&on=true");
    }
    ~Defence() override {
        controller.reset();
        guard.reset();
        house.reset();
        if (!HasFailure()) std::filesystem::remove_all(folder);
    }

    std::vector<std::string> words(std::vector<std::string> first) const {
        first.insert(first.end(), begun.begin(), begun.end());
        return first;
    }
    void write(const std::string& file, const std::string& text) const {
        std::ofstream{folder + "/config/" + file} << text;
    }
    void write_config() const {
        std::filesystem::create_directories(folder + "/config");
        const auto port = [&](const char* name) { return std::to_string(ports[name].get<int>()); };
        write("site.yaml", "block_minutes: 1\n");
        write("rules.yaml", "comm_timeout_s: 300\n");
        write("loads.yaml", "- id: miner\n");
        write("mqtt.yaml", "enabled: false\n");
        write("api.yaml", "port: 0\n");
        write("devices.yaml",
              "- type: sunspec\n  id: inverter\n  meter_unit_id: 200\n  port: " + port("modbus") +
                  "\n- type: avalon\n  load: miner\n  port: " + port("cgminer") + "\n");
    }

    void start_controller(const std::vector<std::string>& environment = {}) {
        controller.emplace(
            words({bitgridd, "--config", folder + "/config", "--data", folder + "/data"}),
            folder + "/controller", environment);
        ASSERT_TRUE(wait_for([&] { return controller->out().ends_with("}\n"); }))
            << controller->err();
        api = Json::parse(controller->out())["api_port"];
    }
    void start_guard() {
        guard.emplace(words({bitgridd, "--role", "guard", "--config", folder + "/config", "--data",
                             folder + "/data"}),
                      folder + "/guard");
        ASSERT_TRUE(wait_for([&] { return std::filesystem::exists(folder + "/data/guard.sock"); }))
            << guard->err();
    }

    double miner_w() const {
        return ask(ports["control"], "GET", "/sim/state").body["flows"]["miner_power_w"];
    }
    void order(const std::string& what) const {
        EXPECT_EQ(ask(ports["control"], "POST", "/sim/command", Json{{"do", what}}.dump()).status,
                  200);
    }
    Json state() const { return ask(api, "GET", "/api/v1/state").body; }
    std::string guard_state() const {
        const Json now = state();
        return now.contains("guard") ? now["guard"]["state"].get<std::string>() : "";
    }
    /// Of the newest completed cycle.
    Json guard_health() const {
        const Json now = state();
        for (const Json& part : now["health"]["parts"])
            if (part["part"] == "guard") return part;
        return Json::object();
    }
    bool says_guard_is(const std::string& status) const {
        return wait_for([&] { return guard_health().value("status", "") == status; });
    }
    Answer wish() const {
        return ask(api, "POST", "/api/v1/override",
                   R"({"load_id":"miner","action":"START","duration_min":600})");
    }
    void start_miner() {
        ASSERT_TRUE(wait_for([&] { return wish().status == 200; })) << wish().body;
        ASSERT_TRUE(wait_for([&] { return miner_w() > 500; }))
            << state() << '\n'
            << ask(api, "GET", "/api/v1/timeline?limit=20").body << '\n'
            << controller->err();
    }
    /// Seconds of real time until the miner is off.
    double seconds_to_off() const {
        const double begin = now_s();
        EXPECT_TRUE(wait_for([&] { return miner_w() < 50; }));
        return now_s() - begin;
    }

    std::string folder;
    std::vector<std::string> begun;
    std::optional<Process> house, controller, guard;
    Json ports;
    int api{0};
};

TEST_F(Defence, GuardSwitchesOffForAHungAndForAKilledControllerAndLetsGoOnlyAfterProof) {
    std::filesystem::create_directories(folder + "/data");
    start_guard();
    start_controller();
    ASSERT_TRUE(wait_for([&] { return guard_state() == "armed"; })) << guard->err();
    EXPECT_TRUE(says_guard_is("ok"));
    start_miner();

    controller->hang();
    const double hung_s = seconds_to_off();
    EXPECT_THAT(guard->err(), HasSubstr("has not completed a cycle"));

    controller->go_on();
    const double began = now_s();
    bool was_refused = false;
    ASSERT_TRUE(wait_for([&] {
        if (guard_state() == "armed") return true;
        const Answer answer = wish();
        was_refused = was_refused || answer.body.value("code", "") == "REJECTED_R3_SHUTDOWN";
        EXPECT_LT(miner_w(), 50) << "nothing starts while the guard holds";
        return answer.status == 200;
    }));
    const double proof_s = now_s() - began;
    EXPECT_TRUE(was_refused);
    EXPECT_GE(proof_s, 9.5) << "only after ten seconds without a gap";

    start_miner();
    controller->kill_at_once();
    const double killed_s = seconds_to_off();

    start_controller();
    ASSERT_TRUE(wait_for([&] { return guard_state() == "holding"; }));
    EXPECT_TRUE(says_guard_is("warn"));
    EXPECT_TRUE(state()["guard"]["proof_left_s"].is_number());
    ASSERT_TRUE(wait_for([&] { return guard_state() == "armed"; })) << guard->err();
    start_miner();
    std::printf(
        "[  FIGURE  ] off after the controller hung: %.1f s, was killed: %.1f s; let go "
        "after %.1f s; guard uses %.0f MiB\n",
        hung_s, killed_s, proof_s, guard->resident_mib());
}

TEST_F(Defence, GuardThatDiesChangesNothingAndOneThatOutlivesItsControllerKeepsWatch) {
    start_controller();
    EXPECT_EQ(guard_state(), "none");
    EXPECT_TRUE(guard_health().empty());
    start_guard();
    ASSERT_TRUE(wait_for([&] { return guard_state() == "armed"; })) << guard->err();
    start_miner();

    guard->kill_at_once();
    ASSERT_TRUE(wait_for([&] { return guard_state() == "missing"; }));
    EXPECT_TRUE(says_guard_is("warn"));
    EXPECT_EQ(guard_health()["reason"], "no guard is running");
    start_guard();
    ASSERT_TRUE(wait_for([&] { return guard_state() == "armed"; })) << guard->err();
    EXPECT_GT(miner_w(), 500) << "neither the loss of the guard nor its return stops a load";

    controller->signal(SIGTERM);
    EXPECT_EQ(controller->exit_code(), 0) << controller->err();
    EXPECT_LT(miner_w(), 50);
    ASSERT_TRUE(wait_for([&] { return guard->err().find("miner is off") != std::string::npos; }));
    EXPECT_THAT(guard->err(), HasSubstr("has ended with every load off"));
    EXPECT_THAT(guard->err(), Not(HasSubstr("has not completed a cycle"))) << "no false alarm";
    order("miner_starts");
    ASSERT_TRUE(wait_for([&] { return guard->err().find("draws again") != std::string::npos; }))
        << guard->err();
    (void)seconds_to_off();

    guard->signal(SIGTERM);
    EXPECT_EQ(guard->exit_code(), 0);
    EXPECT_FALSE(std::filesystem::exists(folder + "/data/guard.sock"));
}

TEST_F(Defence, GuardAloneSwitchesOffWhatRuns) {
    order("miner_starts");
    ASSERT_TRUE(wait_for([&] { return miner_w() > 500; }));
    std::filesystem::create_directories(folder + "/data");
    const double began = now_s();
    start_guard();
    const double ready_s = now_s() - began;
    (void)seconds_to_off();
    EXPECT_THAT(guard->err(), HasSubstr("no controller is there"));
    std::printf("[  FIGURE  ] guard listens after %.2f s\n", ready_s);

    Process second{words({bitgridd, "--role", "guard", "--config", folder + "/config", "--data",
                          folder + "/data"}),
                   folder + "/second"};
    EXPECT_EQ(second.exit_code(), 69);
    EXPECT_THAT(second.err(), HasSubstr("another guard"));
    Process unknown{{bitgridd, "--role", "conductor"}, folder + "/unknown"};
    EXPECT_EQ(unknown.exit_code(), 64);
    EXPECT_THAT(unknown.err(), HasSubstr("conductor"));
    write("api.yaml", "port: everywhere\n");
    write("guard.yaml", "socket: [1]\n");
    Process confused{{bitgridd, "--role", "guard", "--config", folder + "/config"},
                     folder + "/confused"};
    EXPECT_EQ(confused.exit_code(), 78);
    EXPECT_THAT(confused.err(), HasSubstr("guard.yaml"));
    EXPECT_THAT(confused.err(), Not(HasSubstr("api.yaml"))) << "is no business of the guard";
}

/// Plays the service manager: counts what the daemon says.
class ServiceManager {
public:
    explicit ServiceManager(const std::string& path) {
        socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof(address.sun_path) - 1);
        is_bound_ =
            ::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
    }
    ~ServiceManager() { ::close(socket_); }
    bool is_bound() const { return is_bound_; }
    /// How often it was said since the last question.
    int heard(const std::string& what) {
        std::array<char, 256> buffer{};
        int count = 0;
        for (ssize_t size = 0; (size = ::recv(socket_, buffer.data(), buffer.size(), 0)) >= 0;)
            count += std::string(buffer.data(), static_cast<std::size_t>(size)) == what;
        return count;
    }

private:
    int socket_;
    bool is_bound_{false};
};

TEST_F(Defence, WatchdogIsFedByTheCycleAloneAndARestartSwitchesOff) {
    ServiceManager manager{folder + "/notify"};
    ASSERT_TRUE(manager.is_bound());
    const std::vector<std::string> service{"NOTIFY_SOCKET=" + folder + "/notify",
                                           "WATCHDOG_USEC=2000000"};
    start_controller(service);
    ASSERT_TRUE(wait_for([&] { return manager.heard("READY=1") == 1; }));
    start_miner();
    ASSERT_TRUE(wait_for([&] { return manager.heard("WATCHDOG=1") >= 1; }));
    ASSERT_TRUE(wait_for([&] { return manager.heard("WATCHDOG=1") >= 1; })) << "again and again";

    controller->hang();
    (void)manager.heard("WATCHDOG=1");
    const double began = now_s();
    int heard = 0;
    ASSERT_TRUE(wait_for([&] {
        heard += manager.heard("WATCHDOG=1");
        return now_s() - began >= 2;
    }));
    EXPECT_EQ(heard, 0) << "its other threads live, and feed nothing";
    EXPECT_GT(miner_w(), 500) << "nobody else is there to stop it";

    controller->kill_at_once();  // what a service manager does now
    start_controller(service);
    std::printf("[  FIGURE  ] off %.1f s after the service manager's restart\n", seconds_to_off());
}

}  // namespace

int main(int argc, char** argv) {
    ::testing::InitGoogleMock(&argc, argv);
    if (argc != 3) {
        std::fprintf(stderr, "usage: guard_test BITGRIDD BITGRID_SIM\n");
        return 64;
    }
    bitgridd = std::filesystem::absolute(argv[1]).string();
    bitgrid_sim = std::filesystem::absolute(argv[2]).string();
    return RUN_ALL_TESTS();
}
