// bitgridd --role gateway: the devices beside it, for a core far away. No journal, no API; it
// speaks on standard error.
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <iostream>

#include "app/bitgridd/roles.hpp"
#include "app/gateway_post.hpp"
#include "app/service_watchdog.hpp"
#include "ops/priority.hpp"

namespace bitgrid::app {
namespace {

constexpr double kGatewayPatienceMs = 5'500;  ///< for loads to show that they are off; real time

}  // namespace

int run_gateway(const Options& o) {
    auto read = read_gateway(o.config, ops::environment_of_process());
    if (!read) {
        std::cerr << ops::format(read.problems());
        return kBadConfig;
    }
    ops::take_priority();
    boost::asio::io_context io{1};
    const auto clock = make_clock(io, o);
    auto service = ops::ServiceNotify::from_environment();
    ServiceWatchdog watchdog{io, service};
    GatewayPost post{io, *clock, std::move(read).value()};
    post.start([&watchdog] { watchdog.feed(); });
    service.ready();
    boost::asio::signal_set signals{io, SIGINT, SIGTERM};
    signals.async_wait([&](const boost::system::error_code& error, int) {
        if (error) return;
        service.stopping();
        post.shut_down(static_cast<std::int64_t>(kGatewayPatienceMs * o.speed), [&] { io.stop(); });
    });
    io.run();
    return 0;
}

}  // namespace bitgrid::app
