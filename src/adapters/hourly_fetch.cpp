#include "adapters/hourly_fetch.hpp"

#include <algorithm>
#include <array>

namespace bitgrid::adapters {
namespace {

constexpr std::array<std::int64_t, 3> kRetryMinutes{5, 15, 30};
constexpr int kTimeoutMs = 10'000;

core::Result<void> checked(const core::Result<net::HttpResponse>& response) {
    if (!response) return response.error();
    if (response->status == 200) return {};
    std::string line = "answers with status " + std::to_string(response->status);
    if (response->status == 429) line += ", asked too often";
    return core::Error{core::ErrorCode::Unavailable, line};
}

}  // namespace

HourlyFetch::HourlyFetch(DeviceWorld world, const std::string& id, Address address, Take take)
    : world_{world},
      health_{world.health, id},
      address_{std::move(address)},
      take_{std::move(take)},
      client_{std::make_unique<net::HttpClient>(world.io)} {}

void HourlyFetch::stop() {
    timer_.reset();
    client_ = std::make_unique<net::HttpClient>(world_.io);
}

void HourlyFetch::fetch() {
    net::HttpRequest request;
    request.url = address_(world_.clock.wall());
    request.headers.emplace_back("Accept", "application/json");
    request.timeout_ms = kTimeoutMs;
    const auto exchange = std::make_shared<net::Exchanges::Exchange>(world_.exchanges.begin());
    client_->request(
        std::move(request),
        [this, exchange](const core::Result<net::HttpResponse>& response) { took(response); });
}

void HourlyFetch::took(const core::Result<net::HttpResponse>& response) {
    auto result = checked(response);
    if (result) result = take_(response->body);
    if (result) {
        failures_ = 0;
        health_.good();
        return again_in(60);
    }
    health_.went_without(result.error());
    again_in(kRetryMinutes[std::min(failures_++, kRetryMinutes.size() - 1)]);
}

void HourlyFetch::again_in(std::int64_t minutes) {
    timer_ = world_.clock.after(minutes * 60'000, [this] { fetch(); });
}

}  // namespace bitgrid::adapters
