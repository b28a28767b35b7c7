#pragma once
// Tells the service manager how this process is (the protocol of sd_notify). Without a service
// manager every call does nothing. Never blocks: a message that does not fit at once is dropped,
// and the next one says the same.
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace bitgrid::ops {

class ServiceNotify {
public:
    /// `socket`: NOTIFY_SOCKET; empty: nobody listens. A leading @ is an abstract name.
    explicit ServiceNotify(std::string socket);
    ~ServiceNotify();
    ServiceNotify(const ServiceNotify&) = delete;
    ServiceNotify& operator=(const ServiceNotify&) = delete;

    static ServiceNotify from_environment();

    void ready() { send("READY=1"); }
    void stopping() { send("STOPPING=1"); }
    /// To be fed by the cycle itself, so that a cycle that hangs is noticed.
    void watchdog() { send("WATCHDOG=1"); }
    /// One line for `systemctl status`.
    void status(std::string_view words) { send("STATUS=" + std::string{words}); }

    bool is_listening() const { return descriptor_ >= 0; }

private:
    void send(std::string_view message) const;

    std::string address_;
    int descriptor_{-1};
};

/// How often the watchdog must be fed: half of WATCHDOG_USEC, where the manager asked this process.
std::optional<std::chrono::milliseconds> watchdog_rhythm();

}  // namespace bitgrid::ops
