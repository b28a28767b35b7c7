#include "api/cross_origin.hpp"

#include <utility>

namespace bitgrid::api {
namespace {

void add_headers(std::vector<std::pair<std::string, std::string>>& headers,
                 const std::string& origin) {
    headers.emplace_back("Access-Control-Allow-Origin", origin);
    headers.emplace_back("Access-Control-Expose-Headers", "Retry-After");
    headers.emplace_back("Vary", "Origin");
}

}  // namespace

void OriginResponder::answer(net::ServerResponse response) {
    add_headers(response.headers, origin_);
    inner_->answer(std::move(response));
}

void OriginResponder::upgrade(std::string protocol,
                              std::function<void(std::shared_ptr<net::Channel>)> opened) {
    inner_->upgrade(std::move(protocol), std::move(opened));
}

void OriginResponder::stream(std::vector<std::pair<std::string, std::string>> headers,
                             std::function<void(std::shared_ptr<net::Channel>)> opened) {
    add_headers(headers, origin_);
    inner_->stream(std::move(headers), std::move(opened));
}

net::ServerResponse preflight() {
    net::ServerResponse response;
    response.status = 204;
    response.headers = {{"Access-Control-Allow-Methods", "GET, POST, PUT, DELETE"},
                        {"Access-Control-Allow-Headers", "Authorization, Content-Type"},
                        {"Access-Control-Max-Age", "600"}};
    return response;
}

}  // namespace bitgrid::api
