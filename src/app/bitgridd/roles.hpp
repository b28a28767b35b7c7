#pragma once
// What the daemon can be.
#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

#include "net/asio_clock.hpp"

namespace bitgrid::app {

enum Exit : int { kUsage = 64, kUnavailable = 69, kBadConfig = 78 };

struct Options {
    std::string role{"all"};
    std::string config{"config"};
    std::string data{"data"};
    std::string ui;
    double speed{1};
    std::int64_t start_wall_ms{0};
    std::int64_t start_real_ms{0};
};

/// The house's time: real, or shared with a simulated house.
std::unique_ptr<net::AsioClock> make_clock(boost::asio::io_context&, const Options&);

/// Runs until it is asked to end; returns the program's exit code.
int run_guard(const Options&);
int run_gateway(const Options&);

}  // namespace bitgrid::app
