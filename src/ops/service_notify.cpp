#include "ops/service_notify.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <cstring>

namespace bitgrid::ops {
namespace {

std::string_view variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string_view{} : std::string_view{value};
}

std::optional<std::int64_t> whole(std::string_view text) {
    std::int64_t value{};
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc{} || end != text.data() + text.size()) return {};
    return value;
}

}  // namespace

ServiceNotify::ServiceNotify(std::string socket) : address_{std::move(socket)} {
    const bool is_address = address_.size() > 1 &&
                            address_.size() < sizeof(sockaddr_un{}.sun_path) &&
                            (address_.front() == '/' || address_.front() == '@');
    if (!is_address) return;
    if (address_.front() == '@') address_.front() = '\0';
    descriptor_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

ServiceNotify::~ServiceNotify() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

ServiceNotify ServiceNotify::from_environment() {
    return ServiceNotify{std::string{variable("NOTIFY_SOCKET")}};
}

void ServiceNotify::send(std::string_view message) const {
    if (descriptor_ < 0) return;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, address_.data(), address_.size());
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
    const auto sent = ::sendto(descriptor_, message.data(), message.size(), MSG_NOSIGNAL,
                               reinterpret_cast<const sockaddr*>(&address), length);
    (void)sent;  // whether the manager hears it is its business
}

std::optional<std::chrono::milliseconds> watchdog_rhythm() {
    const auto limit_us = whole(variable("WATCHDOG_USEC"));
    const std::string_view process = variable("WATCHDOG_PID");
    if (!limit_us || *limit_us < 2000) return {};
    if (!process.empty() && whole(process) != std::int64_t{::getpid()}) return {};
    return std::chrono::milliseconds{*limit_us / 2000};
}

}  // namespace bitgrid::ops
