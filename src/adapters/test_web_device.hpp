#pragma once
// For tests: an HTTP device whose answers a function makes.
#include <functional>
#include <string>
#include <vector>

#include "adapters/test_world.hpp"
#include "net/http_server.hpp"

namespace bitgrid::adapters {

struct TestAnswer {
    int status{200};
    std::string body;
    std::string login{};    ///< WWW-Authenticate
    bool is_silent{false};  ///< keeps the request and never answers
};

class TestWebDevice {
public:
    using Answering = std::function<TestAnswer(const net::ServerRequest&)>;

    TestWebDevice(boost::asio::io_context& io, Answering answering)
        : answering_{std::move(answering)},
          server_{io, {}, [this](const auto& request, auto responder) {
                      answer(request, std::move(responder));
                  }} {
        const auto listening = server_.listen("127.0.0.1", 0);
        if (!listening) throw std::runtime_error{listening.error().what};
    }
    int port() const { return server_.port(); }
    std::vector<std::string> asked;  ///< method, target, body of every request

private:
    void answer(const net::ServerRequest& request, std::shared_ptr<net::Responder> responder) {
        asked.push_back(request.method + " " + request.target +
                        (request.body.empty() ? "" : " " + request.body));
        TestAnswer made = answering_(request);
        if (made.is_silent) return kept_.push_back(std::move(responder));
        auto response =
            net::ServerResponse::of(made.status, "application/json", std::move(made.body));
        if (!made.login.empty()) response.headers.emplace_back("WWW-Authenticate", made.login);
        responder->answer(std::move(response));
    }

    Answering answering_;
    std::vector<std::shared_ptr<net::Responder>> kept_;
    net::HttpServer server_;
};

}  // namespace bitgrid::adapters
