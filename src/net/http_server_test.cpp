#include "net/http_server.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <optional>
#include <thread>
#include <vector>

using namespace bitgrid;
namespace asio = boost::asio;

namespace {

/// What a hostile peer sends goes over a raw socket; the server runs on its own thread meanwhile.
class RawTalk : public ::testing::Test {
protected:
    RawTalk() {
        net::ServerLimits limits;
        limits.header_bytes = 2'000;
        limits.body_bytes = 1'000;
        limits.idle_s = limits.header_s = limits.body_s = 1;
        limits.connections = 8;
        server.emplace(
            io, limits,
            [this](const net::ServerRequest& r, const std::shared_ptr<net::Responder>& responder) {
                most_connections = std::max(most_connections.load(), server->connections());
                responder->answer(net::ServerResponse::of(
                    200, "text/plain", r.method + " " + r.target + " " + r.body));
            },
            [this](int status, const std::string& what, const std::string&) {
                if (status == 503) ++turned_away;
                return net::ServerResponse::of(status, "text/plain", what);
            });
        EXPECT_TRUE(server->listen("127.0.0.1", 0));
        loop = std::thread{[this] { io.run(); }};
    }
    ~RawTalk() override {
        asio::post(io, [this] { server->stop(); });
        loop.join();
    }
    /// All that the server says until it closes.
    std::string say(const std::string& text) {
        asio::io_context mine;
        asio::ip::tcp::socket socket{mine};
        socket.connect({asio::ip::make_address("127.0.0.1"), server->port()});
        boost::system::error_code ignored;
        asio::write(socket, asio::buffer(text), ignored);
        std::string answer;
        asio::read(socket, asio::dynamic_buffer(answer), ignored);
        return answer;
    }

    asio::io_context io;
    std::optional<net::HttpServer> server;
    std::atomic<std::size_t> most_connections{0};
    std::atomic<int> turned_away{0};
    std::thread loop;
};

TEST_F(RawTalk, AnswersRequestsOneAfterTheOtherOnOneConnection) {
    const std::string both =
        say("GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\nConnection: "
            "close\r\n\r\n");
    EXPECT_NE(both.find("GET /a "), std::string::npos);
    EXPECT_NE(both.find("GET /b "), std::string::npos);
}

TEST_F(RawTalk, RefusesWhatIsNotHttp) {
    EXPECT_TRUE(say("\x16\x03\x01 hello\r\n\r\n").starts_with("HTTP/1.1 400"));
    EXPECT_TRUE(say("GET /\r\n\r\n").starts_with("HTTP/1.1 400"));
}

TEST_F(RawTalk, RefusesABodyBeforeItIsSent) {
    EXPECT_TRUE(say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n")
                    .starts_with("HTTP/1.1 413"));
    const std::string chunk = "4000\r\n" + std::string(0x4000, 'x') + "\r\n0\r\n\r\n";
    EXPECT_TRUE(say("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk)
                    .starts_with("HTTP/1.1 413"));
}

TEST_F(RawTalk, RefusesTwoLengthsAndHeadersWithoutEnd) {
    EXPECT_TRUE(say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: "
                    "chunked\r\n\r\n0\r\n\r\n")
                    .starts_with("HTTP/1.1 400"));
    EXPECT_TRUE(say("GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(5'000, 'y'))
                    .starts_with("HTTP/1.1 431"));
}

TEST_F(RawTalk, ClosesOnAPeerThatNeverFinishes) { EXPECT_EQ(say("GET / HTTP/1.1\r\nHost"), ""); }

TEST_F(RawTalk, ClosesOnABodyThatNeverArrives) {
    EXPECT_EQ(say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf"), "");
}

TEST_F(RawTalk, LetsACrowdThatSaysNothingKeepNobodyOut) {
    asio::io_context mine;
    std::vector<asio::ip::tcp::socket> crowd;
    for (int i = 0; i < 200; ++i) {
        crowd.emplace_back(mine);
        crowd.back().connect({asio::ip::make_address("127.0.0.1"), server->port()});
        boost::system::error_code ignored;
        asio::write(crowd.back(), asio::buffer(std::string{"GET / HTTP/1.1\r\nX: "}), ignored);
    }
    EXPECT_TRUE(
        say("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").starts_with("HTTP/1.1 200"));
    EXPECT_LE(most_connections, 8u);
}

TEST_F(RawTalk, TurnsNewOnesAwayWhileDescriptorsAreShortAndTakesThemAgain) {
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    const int next = dup(0);
    close(next);
    rlimit few = before;
    few.rlim_cur = static_cast<rlim_t>(next) + 10;  // fewer than it keeps for others
    setrlimit(RLIMIT_NOFILE, &few);
    const std::string ask = "GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    EXPECT_EQ(say(ask), "");
    setrlimit(RLIMIT_NOFILE, &before);
    EXPECT_TRUE(say(ask).starts_with("HTTP/1.1 200"));
    EXPECT_GE(turned_away, 1);
}

}  // namespace
