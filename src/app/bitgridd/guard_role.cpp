// bitgridd --role guard: nothing but the guard. No journal, no API; it speaks on standard error.
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <iostream>

#include "app/bitgridd/roles.hpp"
#include "app/guard_post.hpp"
#include "app/service_watchdog.hpp"

namespace bitgrid::app {

int run_guard(const Options& o) {
    auto read = read_guarded(o.config, ops::environment_of_process());
    if (!read) {
        std::cerr << ops::format(read.problems());
        return kBadConfig;
    }
    Installation installation = std::move(read).value();
    installation.store.folder = o.data;
    boost::asio::io_context io{1};
    const auto clock = make_clock(io, o);
    auto service = ops::ServiceNotify::from_environment();
    ServiceWatchdog watchdog{io, service};
    GuardPost post{io, *clock, std::move(installation)};
    if (const auto started = post.start([&watchdog] { watchdog.feed(); }); !started) {
        std::cerr << "bitgridd: " << started.error().what << '\n';
        return kUnavailable;
    }
    service.ready();
    boost::asio::signal_set signals{io, SIGINT, SIGTERM};
    signals.async_wait([&](const boost::system::error_code& error, int) {
        if (error) return;
        service.stopping();
        post.stop();
        io.stop();
    });
    io.run();
    return 0;
}

}  // namespace bitgrid::app
