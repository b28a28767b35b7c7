#include "bench/reaction/disturbances.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>

#include "bench/house/http_peer.hpp"
#include "bench/house/mqtt_peer.hpp"
#include "bench/reaction/slow_disk_gate.hpp"

namespace bitgrid::bench {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kMessagesPerSend = 20;

// As a sensor sends it, 60 bytes.
std::string sensor_document(int number) {
    return fmt::format(R"({{"value":{:4},"unit":"ct/kWh","from":"the market of today"}})",
                       400 + number % 100);
}

}  // namespace

MessageFlood::MessageFlood(std::uint16_t broker_port, int per_second) {
    thread_ = std::thread{[this, broker_port, per_second] {
        MqttPeer mqtt{broker_port, "bench-flood"};
        const auto pause =
            std::chrono::nanoseconds{std::chrono::seconds{1}} * kMessagesPerSend / per_second;
        int number = 0;
        for (auto due = steady_clock::now(); !is_over_; due += pause) {
            std::string frames;
            for (int i = 0; i < kMessagesPerSend; ++i)
                frames += MqttPeer::frame(topic(), sensor_document(number++));
            mqtt.send(frames);
            std::this_thread::sleep_until(due + pause);
        }
    }};
}

MessageFlood::~MessageFlood() {
    is_over_ = true;
    thread_.join();
}

BusyCores::BusyCores(int for_each_core) {
    const pid_t parent = getpid();
    const int count = for_each_core * static_cast<int>(std::thread::hardware_concurrency());
    for (int i = 0; i < count; ++i) {
        const pid_t process = fork();
        if (process == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            setpriority(PRIO_PROCESS, 0, 0);
            while (getppid() == parent)
                for (int turns = 0; turns < 100'000'000; ++turns)
                    std::atomic_signal_fence(std::memory_order_seq_cst);  // a loop that stays
            _exit(0);
        }
        if (process > 0) processes_.push_back(process);
    }
    if (static_cast<int>(processes_.size()) != count)
        throw std::runtime_error{"the busy processes cannot be started"};
}

BusyCores::~BusyCores() {
    for (const pid_t process : processes_) kill(process, SIGKILL);
    for (const pid_t process : processes_) waitpid(process, nullptr, 0);
}

ApiStorm::ApiStorm(std::uint16_t api_port, int connections) {
    for (int i = 0; i < connections; ++i)
        threads_.emplace_back([this, api_port] {
            HttpPeer api{api_port};
            while (!is_over_) api.get("/api/v1/state");
        });
}

ApiStorm::~ApiStorm() {
    is_over_ = true;
    for (std::thread& thread : threads_) thread.join();
}

SlowDisk::SlowDisk(const std::string& folder) : file_{folder + "/slow-disk-gate"} {
    const int file = open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    void* memory = MAP_FAILED;
    if (file >= 0 && ftruncate(file, sizeof(Gate)) == 0)
        memory = mmap(nullptr, sizeof(Gate), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (file >= 0) close(file);
    if (memory == MAP_FAILED) throw std::runtime_error{file_ + " cannot be made"};
    gate_ = static_cast<Gate*>(memory);
}

SlowDisk::~SlowDisk() {
    open_gate();
    munmap(gate_, sizeof(Gate));
    unlink(file_.c_str());
}

std::vector<std::string> SlowDisk::environment() const {
    return {"LD_PRELOAD=" + programs_folder() + "/slow_disk.so",
            std::string{kGateVariable} + "=" + file_,
            "ASAN_OPTIONS=verify_asan_link_order=0:detect_stack_use_after_return=1"};
}

void SlowDisk::close_gate() { gate_->is_closed = 1; }
void SlowDisk::open_gate() { gate_->is_closed = 0; }
std::uint32_t SlowDisk::held() const { return gate_->held; }

}  // namespace bitgrid::bench
