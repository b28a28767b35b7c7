#include "faults/proxy/fault_proxy.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "faults/harness/talk.hpp"

using namespace bitgrid::faults;
namespace asio = boost::asio;
using tcp = asio::ip::tcp;

namespace {

// Says back what it hears.
class Echo {
public:
    Echo() : acceptor_{io_, {asio::ip::address_v4::loopback(), 0}} {
        accept();
        thread_ = std::thread{[this] { io_.run(); }};
    }
    ~Echo() {
        io_.stop();
        thread_.join();
    }
    std::uint16_t port() const { return port_; }
    std::size_t reads() const { return reads_; }

private:
    struct Speaker {
        tcp::socket socket;
        std::array<char, 65'536> buffer{};
    };
    void accept() {
        acceptor_.async_accept([this](const boost::system::error_code& error, tcp::socket socket) {
            if (!error) listen(std::make_shared<Speaker>(std::move(socket)));
            accept();
        });
    }
    void listen(const std::shared_ptr<Speaker>& speaker) {
        speaker->socket.async_read_some(
            asio::buffer(speaker->buffer),
            [this, speaker](boost::system::error_code error, std::size_t n) {
                if (error) return;
                ++reads_;
                asio::write(speaker->socket, asio::buffer(speaker->buffer, n), error);
                if (!error) listen(speaker);
            });
    }
    asio::io_context io_{1};
    tcp::acceptor acceptor_;
    const std::uint16_t port_{acceptor_.local_endpoint().port()};
    std::atomic<std::size_t> reads_{0};
    std::thread thread_;
};

class AFaultProxy : public ::testing::Test {
protected:
    /// What comes back for it; ends early when all is there.
    static std::string said_back(RawLine& line, const std::string& text, int real_ms = 10'000) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds{real_ms};
        line.say(text);
        std::string all;
        while (all.size() < text.size() && std::chrono::steady_clock::now() < end)
            all += line.hear(20);
        return all;
    }
    Echo echo;
    FaultProxy proxy{echo.port()};
};

TEST_F(AFaultProxy, PassesOnWhatItHearsBothWays) {
    RawLine line{proxy.port()};
    const std::string much(300'000, 'x');
    EXPECT_EQ(said_back(line, "hello"), "hello");
    EXPECT_EQ(said_back(line, much), much);
    EXPECT_EQ(proxy.connections(), 1u);
    EXPECT_EQ(proxy.passed_bytes(), 2 * (much.size() + 5));
}

TEST_F(AFaultProxy, KeepsEveryByteBackForItsDelay) {
    RawLine line{proxy.port()};
    proxy.set({.delay_ms = 60});
    EXPECT_EQ(said_back(line, "a"), "a");
    const auto began = std::chrono::steady_clock::now();
    EXPECT_EQ(said_back(line, "late"), "late");
    EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::milliseconds{120});
}

TEST_F(AFaultProxy, KeepsTheOrderWherePiecesAreLate) {
    RawLine line{proxy.port()};
    proxy.set({.late_share = 0.5, .late_ms = 20, .slice = 3});
    std::string text;
    for (int i = 0; i < 200; ++i) text += std::to_string(i) + ' ';
    EXPECT_EQ(said_back(line, text), text);
}

TEST_F(AFaultProxy, TearsTheStreamIntoSlices) {
    RawLine line{proxy.port()};
    proxy.set({.slice = 1});
    EXPECT_EQ(said_back(line, "0123456789"), "0123456789");
    EXPECT_GE(echo.reads(), 5u) << "one piece became many";
}

TEST_F(AFaultProxy, BoundsTheBytesPerSecond) {
    RawLine line{proxy.port()};
    proxy.set({.slice = 500, .bytes_per_s = 20'000});
    const std::string text(2'000, 'x');
    const auto began = std::chrono::steady_clock::now();
    EXPECT_EQ(said_back(line, text), text);
    EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::milliseconds{75});
}

TEST_F(AFaultProxy, TurnsBitsAndKeepsTheLength) {
    RawLine line{proxy.port()};
    proxy.set({.corrupt_share = 0.5});
    const std::string text(1'000, 'x');
    const std::string heard = said_back(line, text);
    EXPECT_EQ(heard.size(), text.size());
    EXPECT_NE(heard, text);
}

TEST_F(AFaultProxy, SwallowsWithoutTellingAndStaysDeadForThatConnection) {
    RawLine line{proxy.port()};
    EXPECT_EQ(said_back(line, "a"), "a");
    proxy.set({.swallows = true});
    EXPECT_EQ(said_back(line, "gone", 200), "");
    proxy.mend();
    EXPECT_EQ(said_back(line, "gone, too", 200), "") << "bytes are missing before it";
    EXPECT_FALSE(line.is_closed_within(50)) << "half-open";
    RawLine another{proxy.port()};
    EXPECT_EQ(said_back(another, "b"), "b");
}

TEST_F(AFaultProxy, ResetsAndRefuses) {
    RawLine line{proxy.port()};
    EXPECT_EQ(said_back(line, "a"), "a");
    proxy.reset_all();
    EXPECT_TRUE(line.is_closed_within(5'000));
    proxy.set({.refuses = true});
    RawLine refused{proxy.port()};
    EXPECT_EQ(said_back(refused, "b", 200), "");
    proxy.mend();
}

TEST_F(AFaultProxy, ResetsThoseWhoseServerIsGone) {
    const FaultProxy nowhere{free_port()};
    RawLine line{nowhere.port()};
    EXPECT_TRUE(line.is_closed_within(5'000));
}

}  // namespace
