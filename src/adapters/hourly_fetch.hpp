#pragma once
// Asks a service once an hour, and after a failure again in 5, 15 and 30 minutes.
#include <functional>
#include <memory>
#include <string>

#include "adapters/device_health.hpp"
#include "adapters/device_world.hpp"
#include "net/http_client.hpp"

namespace bitgrid::adapters {

/// Engine thread only; everything it is given must outlive it. Failures go to health as warnings:
/// the house runs without.
class HourlyFetch {
public:
    /// The address to ask now.
    using Address = std::function<std::string(core::UnixTime now)>;
    /// Uses the body of a good answer, or says why it cannot.
    using Take = std::function<core::Result<void>(const std::string& body)>;

    HourlyFetch(DeviceWorld, const std::string& id, Address, Take);

    void start() { fetch(); }
    void stop();

private:
    void fetch();
    void took(const core::Result<net::HttpResponse>&);
    void again_in(std::int64_t minutes);

    DeviceWorld world_;
    DeviceHealth health_;
    Address address_;
    Take take_;
    std::unique_ptr<net::HttpClient> client_;
    std::unique_ptr<ports::Timer> timer_;
    std::size_t failures_{0};
};

}  // namespace bitgrid::adapters
