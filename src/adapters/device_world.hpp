#pragma once
// What every device adapter is given. All of it must outlive the device.
#include <boost/asio/io_context.hpp>

#include "net/exchanges.hpp"
#include "ports/clock.hpp"
#include "ports/signals.hpp"

namespace bitgrid::adapters {

struct DeviceWorld {
    boost::asio::io_context& io;
    ports::Clock& clock;  ///< for polls, retries and ages; sockets keep real time
    net::Exchanges& exchanges;
    ports::SignalSink& signals;
    ports::HealthSink& health;
};

/// How long a polled value may be used: three polls, but at least the signal's own time and at most
/// a minute.
inline double max_age_s(core::Signal signal, double poll_s) {
    const double three_polls_s = 3 * poll_s < 60 ? 3 * poll_s : 60;
    const double own_s = core::spec_of(signal).max_age_s;
    return own_s > three_polls_s ? own_s : three_polls_s;
}

}  // namespace bitgrid::adapters
