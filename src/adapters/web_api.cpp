#include "adapters/web_api.hpp"

#include <algorithm>

#include "wire/bounded_json.hpp"

namespace bitgrid::adapters {
namespace {

constexpr std::size_t kMostBody = 65'536;
constexpr int kUnauthorized = 401;

std::string base64(std::string_view bytes) {
    constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t word = 0;
        for (std::size_t j = 0; j < 3; ++j)
            word = word << 8 | (j < n ? static_cast<unsigned char>(bytes[i + j]) : 0U);
        for (std::size_t j = 0; j < 4; ++j)
            text += j <= n ? kDigits[word >> (18 - 6 * j) & 63U] : '=';
    }
    return text;
}

}  // namespace

WebApi::WebApi(boost::asio::io_context& io, net::Exchanges& exchanges, WebApiConfig config)
    : io_{io},
      exchanges_{exchanges},
      config_{std::move(config)},
      client_{std::make_unique<net::HttpClient>(io)} {}

void WebApi::stop() { client_ = std::make_unique<net::HttpClient>(io_); }

void WebApi::ask(std::string method, std::string path, std::string body, Answer answer) {
    send(std::make_shared<Question>(Question{std::move(method), std::move(path), std::move(body),
                                             std::move(answer), exchanges_.begin()}));
}

void WebApi::send(std::shared_ptr<Question> question) {
    net::HttpRequest request;
    const bool is_v6 = config_.host.find(':') != std::string::npos;
    request.url = "http://" + (is_v6 ? "[" + config_.host + "]" : config_.host) + ":" +
                  std::to_string(config_.port) + question->path;
    request.method = question->method;
    request.body = question->body;
    request.timeout_ms = config_.timeout_ms;
    request.max_body = kMostBody;
    if (!request.body.empty()) request.headers.emplace_back("Content-Type", "application/json");
    if (config_.login == Login::Basic && !config_.password.empty())
        request.headers.emplace_back("Authorization",
                                     "Basic " + base64(config_.user + ":" + config_.password));
    else if (challenge_ && !config_.password.empty())
        request.headers.emplace_back(
            "Authorization", answer_challenge(*challenge_, {config_.user, config_.password},
                                              {question->method, question->path}, ++logins_));
    client_->request(std::move(request),
                     [this, question](core::Result<net::HttpResponse> response) {
                         took(question, std::move(response));
                     });
}

void WebApi::took(const std::shared_ptr<Question>& question,
                  core::Result<net::HttpResponse> response) {
    if (!response) return question->answer(response.error());
    if (response->status == kUnauthorized) {
        auto challenge = read_challenge(response->header("WWW-Authenticate"));
        if (config_.login == Login::Basic)
            challenge = core::Error{core::ErrorCode::Refused, "the password is wrong"};
        const bool can_log_in = challenge && !config_.password.empty() && !question->is_logged_in;
        if (can_log_in) {
            challenge_ = std::move(*challenge);
            logins_ = 0;
            question->is_logged_in = true;
            return send(question);
        }
        return question->answer(core::Error{core::ErrorCode::Refused,
                                            config_.host + ": 401, " +
                                                (config_.password.empty() ? "it wants a password"
                                                 : challenge              ? "the password is wrong"
                                                             : challenge.error().what)});
    }
    WebReply reply;
    reply.status = response->status;
    if (auto json = wire::parse_json(response->body, {kMostBody, 16}))
        reply.json = std::move(*json);
    reply.body = std::move(response->body);
    question->answer(std::move(reply));
}

}  // namespace bitgrid::adapters
