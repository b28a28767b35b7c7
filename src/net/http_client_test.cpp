#include "net/http_client.hpp"

#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "net/http_server.hpp"
#include "net/url.hpp"

using namespace bitgrid;

namespace {

TEST(Url, TakesAddressesApartAndRefusesTheRest) {
    const auto url = net::parse_url("https://example.org:8443/a/b?c=d");
    ASSERT_TRUE(url);
    EXPECT_TRUE(url->is_tls);
    EXPECT_EQ(url->host, "example.org");
    EXPECT_EQ(url->port, 8443);
    EXPECT_EQ(url->target, "/a/b?c=d");
    EXPECT_EQ(net::parse_url("http://[::1]:80")->host, "::1");
    EXPECT_EQ(net::parse_url("http://host?x=1")->target, "/?x=1");
    for (const char* bad :
         {"", "ftp://x", "http://", "http://u:p@x/", "http://x:0/", "http://x:99999/", "http://x:/",
          "http://x/#f", "http://x y/", "http://x\r\nHost: y/", "http://[::1", "x.org/a"})
        EXPECT_FALSE(net::parse_url(bad)) << bad;
}

TEST(Url, DecodesWholeEscapesOnly) {
    EXPECT_EQ(*net::decode_percent("a%20b%2Fc"), "a b/c");
    for (const char* bad : {"%", "%4", "%zz", "a%2"}) EXPECT_FALSE(net::decode_percent(bad)) << bad;
}

class HttpRound : public ::testing::Test {
protected:
    void serve(net::Handler handler) {
        server.emplace(io, net::ServerLimits{}, std::move(handler));
        const auto listening = server->listen("127.0.0.1", 0);
        ASSERT_TRUE(listening) << listening.error().what;
    }
    core::Result<net::HttpResponse> ask(net::HttpRequest request) {
        if (request.url.starts_with('/'))
            request.url = "http://127.0.0.1:" + std::to_string(server->port()) + request.url;
        core::Result<net::HttpResponse> result =
            core::Error{core::ErrorCode::Unavailable, "not answered"};
        bool is_done = false;
        client.request(std::move(request), [&](core::Result<net::HttpResponse> r) {
            result = std::move(r);
            is_done = true;
        });
        EXPECT_FALSE(is_done) << "never from inside request()";
        while (!is_done) io.run_one();
        return result;
    }

    boost::asio::io_context io;
    std::optional<net::HttpServer> server;
    net::HttpClient client{io};
};

TEST_F(HttpRound, CallsAConnectionThatEndsBeforeTheHeadersAnError) {
    for (const char* said : {"", "HTTP/1.1 200 OK\r\nContent-Le"}) {
        using tcp = boost::asio::ip::tcp;
        tcp::acceptor acceptor{io, {boost::asio::ip::address_v4::loopback(), 0}};
        acceptor.async_accept([&](const boost::system::error_code&, tcp::socket socket) {
            boost::asio::write(socket, boost::asio::buffer(std::string{said}));
        });
        const auto port = acceptor.local_endpoint().port();
        const auto response = ask({.url = "http://127.0.0.1:" + std::to_string(port) + "/"});
        ASSERT_FALSE(response);
        EXPECT_NE(response.error().what.find("answer"), std::string::npos) << response.error().what;
    }
}

TEST_F(HttpRound, CarriesMethodHeadersAndBodyBothWays) {
    serve([](const net::ServerRequest& request, const std::shared_ptr<net::Responder>& responder) {
        EXPECT_EQ(request.method, "POST");
        EXPECT_EQ(request.header("x-mine"), "1");
        EXPECT_EQ(request.peer, "127.0.0.1");
        responder->answer(
            net::ServerResponse::of(201, "text/plain", request.target + " " + request.body));
    });
    net::HttpRequest request{
        .url = "/a?b=c", .method = "POST", .headers = {{"X-Mine", "1"}}, .body = "hello"};
    const auto response = ask(request);
    ASSERT_TRUE(response) << response.error().what;
    EXPECT_EQ(response->status, 201);
    EXPECT_EQ(response->body, "/a?b=c hello");
    EXPECT_EQ(response->header("content-type"), "text/plain");
}

TEST_F(HttpRound, GivesUpOnAServerThatNeverAnswers) {
    std::vector<std::shared_ptr<net::Responder>> kept;
    serve([&](const net::ServerRequest&, const std::shared_ptr<net::Responder>& r) {
        kept.push_back(r);
    });
    const auto response = ask({.url = "/", .timeout_ms = 50});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, core::ErrorCode::Timeout);
}

TEST_F(HttpRound, RefusesAnAnswerThatIsTooLong) {
    serve([](const net::ServerRequest&, const std::shared_ptr<net::Responder>& responder) {
        responder->answer(net::ServerResponse::of(200, "text/plain", std::string(5'000, 'x')));
    });
    const auto response = ask({.url = "/", .max_body = 4'999});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, core::ErrorCode::TooLarge);
}

TEST_F(HttpRound, NamesWhoCannotBeReached) {
    EXPECT_EQ(ask({.url = "http://127.0.0.1:1/"}).error().code, core::ErrorCode::Unreachable);
    EXPECT_EQ(ask({.url = "nonsense"}).error().code, core::ErrorCode::BadInput);
}

TEST_F(HttpRound, SaysThatAPortIsBusy) {
    serve([](const net::ServerRequest&, const std::shared_ptr<net::Responder>&) {});
    net::HttpServer second{
        io, {}, [](const net::ServerRequest&, const std::shared_ptr<net::Responder>&) {}};
    const auto refused = second.listen("127.0.0.1", server->port());
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().what.find("busy"), std::string::npos) << refused.error().what;
}

}  // namespace
