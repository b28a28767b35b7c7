#pragma once
// For tests: a real Mosquitto of our own on a free port, and the loop that waits for what happens.
#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "adapters/mqtt/mqtt_client.hpp"

namespace bitgrid::adapters {

/// Started by start(), ended by its process id; its folder goes with it.
class TestBroker {
public:
    /// `more` are further lines of its configuration.
    explicit TestBroker(std::string more = "");
    TestBroker(const TestBroker&) = delete;
    TestBroker& operator=(const TestBroker&) = delete;
    ~TestBroker();

    void start();
    void kill();   ///< at once, as a crash
    void pause();  ///< alive, but says nothing
    void resume();
    int port() const { return port_; }
    const std::string& folder() const { return folder_; }
    std::string write_file(const std::string& name, const std::string& content) const;

private:
    void signal(int number) const;
    std::string folder_;
    std::string more_;
    int port_;
    pid_t pid_{0};
};

struct HealthLog final : ports::HealthSink {
    std::vector<std::pair<ports::Condition, std::string>> reports;
    std::vector<std::string> rejections;
    void health(std::string_view, ports::Condition condition, std::string_view reason) override {
        reports.emplace_back(condition, reason);
    }
    void rejected(std::string_view part, const core::Error& error) override {
        rejections.push_back(std::string{part} + ": " + error.what);
    }
    bool is(ports::Condition condition) const {
        return !reports.empty() && reports.back().first == condition;
    }
};

/// Runs the loop until the condition holds; false when the time is over.
bool run_until(boost::asio::io_context&, const std::function<bool()>& holds,
               std::chrono::seconds within = std::chrono::seconds{15});

/// A client that comes back quickly.
MqttConfig quick_config(const TestBroker&, const std::string& client_id = "bitgrid");

/// A client with all that it needs, started.
struct TestClient {
    TestClient(boost::asio::io_context& loop, MqttConfig config)
        : io{loop}, client{loop, exchanges, health, std::move(config), "home"} {
        client.start();
    }
    bool connect() {
        return run_until(io, [this] { return client.is_connected(); });
    }
    /// Everything on its way between us and the broker has arrived.
    bool settle();

    boost::asio::io_context& io;
    net::Exchanges exchanges;
    HealthLog health;
    MqttClient client;
};

}  // namespace bitgrid::adapters
