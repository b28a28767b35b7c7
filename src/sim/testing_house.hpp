#pragma once
// For the room's tests: a house on a clock that is moved by hand, with its servers' io_context on a
// thread of its own. The house belongs to that thread; tests reach it by run().
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <string>
#include <thread>

#include "net/manual_clock.hpp"
#include "sim/data_paths.hpp"
#include "sim/house.hpp"

namespace bitgrid::sim {

inline Recording shipped_home(const std::filesystem::path& data) {
    return std::move(read_recording(DataPaths{data}.home())).value();
}

inline Series shipped_prices(const std::filesystem::path& data) {
    return std::move(read_prices(DataPaths{data}.prices())).value();
}

class TestingHouse {
public:
    explicit TestingHouse(const std::filesystem::path& data,
                          const char* start = "2024-05-21T11:00Z")
        : clock{*parse_time(start)}, house{clock, {}, shipped_home(data), shipped_prices(data)} {}
    ~TestingHouse() { stop(); }

    void begin() {
        thread_ = std::thread{[this] { io.run(); }};
    }
    void stop() {
        work_.reset();
        io.stop();
        if (thread_.joinable()) thread_.join();
    }

    /// Runs on the house's thread and gives back what it returns.
    template <class Work>
    auto run(Work work) {
        std::packaged_task<decltype(work())()> task{std::move(work)};
        auto result = task.get_future();
        boost::asio::post(io, [&task] { task(); });
        return result.get();
    }
    void pass(std::int64_t seconds) {
        run([&] { clock.advance(seconds * 1000); });
    }
    bool order(const std::string& line) {
        return run([&] { return house.order(line).has_value(); });
    }

    boost::asio::io_context io;
    net::ManualClock clock;
    House house;

private:
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{
        boost::asio::make_work_guard(io)};
    std::thread thread_;
};

}  // namespace bitgrid::sim
