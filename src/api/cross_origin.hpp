#pragma once
// Answers for pages of an origin that the owner named in allowed_origins: their browsers let them
// read what says so.
#include <memory>
#include <string>

#include "net/http_server.hpp"

namespace bitgrid::api {

/// Adds the headers to whatever answers.
class OriginResponder final : public net::Responder {
public:
    OriginResponder(std::shared_ptr<net::Responder> inner, std::string origin)
        : inner_{std::move(inner)}, origin_{std::move(origin)} {}

    void answer(net::ServerResponse) override;
    void upgrade(std::string protocol, std::function<void(std::shared_ptr<net::Channel>)>) override;
    void stream(std::vector<std::pair<std::string, std::string>> headers,
                std::function<void(std::shared_ptr<net::Channel>)>) override;
    bool wants_websocket() const override { return inner_->wants_websocket(); }

private:
    std::shared_ptr<net::Responder> inner_;
    std::string origin_;
};

/// What a browser asks before it asks.
net::ServerResponse preflight();

}  // namespace bitgrid::api
