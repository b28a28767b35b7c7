#include "net/http_server.hpp"

#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <optional>
#include <thread>

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
        limits.idle_s = 1;
        server.emplace(
            io, limits,
            [](const net::ServerRequest& r, const std::shared_ptr<net::Responder>& responder) {
                responder->answer(net::ServerResponse::of(
                    200, "text/plain", r.method + " " + r.target + " " + r.body));
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

}  // namespace
