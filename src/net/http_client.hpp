#pragma once
// Asks a device or a service over HTTP/1.1 or HTTPS: one connection, one request, one bounded
// answer.
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/result.hpp"

namespace bitgrid::net {

struct HttpRequest {
    std::string url;
    std::string method{"GET"};
    std::vector<std::pair<std::string, std::string>> headers{};
    std::string body{};
    int timeout_ms{5'000};          ///< real time, for the whole exchange
    std::size_t max_body{1 << 20};  ///< bytes of the answer; a longer one is an error
};

struct HttpResponse {
    int status{};
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;

    /// First header of that name (ASCII case does not matter), or empty.
    std::string header(std::string_view name) const;
};

using HttpDone = std::function<void(core::Result<HttpResponse>)>;

/// Engine thread only; the io_context must outlive it. Calls back exactly once, never from inside
/// request(); after the client is gone, never. Any status is an answer; only a broken exchange is
/// an error. HTTPS checks the certificate against the system's authorities and the host's name.
class HttpClient {
public:
    explicit HttpClient(boost::asio::io_context&);
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    void request(HttpRequest, HttpDone);

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace bitgrid::net
