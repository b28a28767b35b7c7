#pragma once
// A device that answers JSON over HTTP on the local network.
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "adapters/digest_login.hpp"
#include "adapters/web_reply.hpp"
#include "net/exchanges.hpp"
#include "net/http_client.hpp"

namespace bitgrid::adapters {

/// How the device wants to be logged in to. Basic sends the password as it is, with every request:
/// only for devices that know nothing better, and never because a device asks for it.
enum class Login : std::uint8_t { Digest, Basic };

struct WebApiConfig {
    std::string host;
    int port{80};
    int timeout_ms{3000};  ///< real time, for each request
    std::string user{};
    std::string password{};  ///< empty: no login
    Login login{Login::Digest};
};

/// Engine thread only; io and exchanges must outlive it. Any status is a reply, also one without
/// JSON. A 401 is answered once with a login (digest), if there is a password. Calls back exactly
/// once, never from inside ask(); once it is stopped or gone, never.
class WebApi {
public:
    using Answer = std::function<void(core::Result<WebReply>)>;

    WebApi(boost::asio::io_context&, net::Exchanges&, WebApiConfig);

    /// `body`: JSON, or empty.
    void ask(std::string method, std::string path, std::string body, Answer);
    void get(std::string path, Answer answer) {
        ask("GET", std::move(path), "", std::move(answer));
    }
    void stop();

private:
    struct Question {
        std::string method, path, body;
        Answer answer;
        net::Exchanges::Exchange exchange;
        bool is_logged_in{false};
    };
    void send(std::shared_ptr<Question>);
    void took(const std::shared_ptr<Question>&, core::Result<net::HttpResponse>);

    boost::asio::io_context& io_;
    net::Exchanges& exchanges_;
    WebApiConfig config_;
    std::unique_ptr<net::HttpClient> client_;
    std::optional<DigestChallenge> challenge_;
    unsigned logins_{0};  ///< with this challenge
};

}  // namespace bitgrid::adapters
