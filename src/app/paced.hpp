#pragma once
// Passes on what the engine tells; of changes that need no answer at most one in a while of real
// time, so that people see an accelerated house as calm as a real one.
#include "net/asio_clock.hpp"
#include "ports/announcer.hpp"

namespace bitgrid::app {

/// Engine thread only; the listener must outlive it. The last change is never lost, only late.
class Paced final : public ports::Announcer {
public:
    Paced(boost::asio::io_context& io, ports::Announcer& listener)
        : real_clock_{io}, listener_{listener} {}

    void told(const core::Event& event, const ports::Receipt* receipt) override {
        listener_.told(event, receipt);
    }
    void changed() override {
        if (rest_) has_news_ = true;
        else pass();
    }
    void stop() { rest_.reset(); }

private:
    /// A little less than the engine's own second, so that a real house is not delayed.
    static constexpr std::int64_t kRestMs = 900;

    void pass() {
        has_news_ = false;
        listener_.changed();
        rest_ = real_clock_.after(kRestMs, [this] {
            rest_.reset();
            if (has_news_) pass();
        });
    }

    net::AsioClock real_clock_;
    ports::Announcer& listener_;
    std::unique_ptr<ports::Timer> rest_;
    bool has_news_{false};
};

}  // namespace bitgrid::app
