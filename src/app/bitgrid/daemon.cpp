#include "app/bitgrid/daemon.hpp"

#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <optional>

#include "app/bitgrid/looking.hpp"
#include "net/http_client.hpp"
#include "wire/bounded_json.hpp"

namespace bitgrid::app {
namespace {

using Json = nlohmann::json;

constexpr const char* kTokenVariable = "BITGRID_TOKEN";
constexpr int kTimeoutMs = 30'000;  ///< longer than the daemon waits for its disk
constexpr wire::JsonBounds kAnswer{1 << 20, 32};

core::Error not_ours(const std::string& url, const std::string& what) {
    return {core::ErrorCode::Unavailable, url + ": " + what};
}

}  // namespace

void Daemon::add_address_to(CLI::App& verb) {
    verb.add_option("--url", url_, "address of the daemon")->capture_default_str();
    verb.add_option("--token-file", token_file_,
                    "file with the token in its first line; else the variable BITGRID_TOKEN");
}

void Daemon::add_to(CLI::App& verb) {
    add_address_to(verb);
    verb.add_option("--lang", language_, "de or en; else that of the environment")
        ->check(CLI::IsMember({"de", "en"}));
    verb.add_flag("--json", is_json_, "the daemon's answer as it is, for machines");
}

PageWords Daemon::words() const {
    return PageWords{language_.empty() ? environment_is_german() : language_ == "de"};
}

// Never as an argument: everybody on the machine can read those.
core::Result<std::string> Daemon::token() const {
    if (token_file_.empty()) {
        const char* const value = std::getenv(kTokenVariable);
        return std::string{value != nullptr ? value : ""};
    }
    std::ifstream file{token_file_};
    std::string line;
    if (!std::getline(file, line))
        return core::Error{core::ErrorCode::BadInput, token_file_ + ": no token can be read"};
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    return line;
}

core::Result<Daemon::Answer> Daemon::ask(const std::string& method, const std::string& path,
                                         const Json& body) const {
    const auto secret = token();
    if (!secret) return secret.error();
    net::HttpRequest request;
    request.url = url_.substr(0, url_.find_last_not_of('/') + 1) + "/api/v1" + path;
    request.method = method;
    request.timeout_ms = kTimeoutMs;
    if (!secret->empty()) request.headers.emplace_back("Authorization", "Bearer " + *secret);
    if (!body.is_null()) {
        request.headers.emplace_back("Content-Type", "application/json");
        request.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
    }
    boost::asio::io_context io{1};
    net::HttpClient client{io};
    std::optional<core::Result<net::HttpResponse>> response;
    client.request(std::move(request), [&](core::Result<net::HttpResponse> got) {
        response = std::move(got);
        io.stop();
    });
    io.run();
    if (!response) return not_ours(url_, "no answer");
    if (!*response) return not_ours(url_, response->error().what);
    auto json = wire::parse_json((*response)->body, kAnswer);
    if (!json || !json->is_object())
        return not_ours(url_, "answers, but not as bitgridd does (HTTP " +
                                  std::to_string((*response)->status) + ")");
    return Answer{(*response)->status, std::move(*json)};
}

int Daemon::unreachable(const core::Error& error) const {
    if (error.code == core::ErrorCode::BadInput) return refuse(kUsage, error.what);
    return refuse(kUnavailable, error.what);
}

int Daemon::explain_refusal(const Answer& answer) const {
    const PageWords page = words();
    const std::string code = answer.body.value("code", "HTTP " + std::to_string(answer.status));
    std::string why;
    if (const auto explain = answer.body.find("explain");
        explain != answer.body.end() && explain->contains(page.language()))
        why = (*explain)[page.language()].value("short", "");
    if (why.empty() && answer.status == 401) why = page.say("signin.title") + ".";
    if (why.empty() && answer.status == 403) why = page.say("refused.role");
    if (why.empty() && answer.status == 429) why = page.say("refused.rate");
    if (why.empty()) why = page.say("refused.other", {{"code", code}});
    const std::string detail = answer.body.value("detail", "");
    std::cerr << "bitgrid: " << why << "\n         " << code;
    if (!detail.empty() && detail != why) std::cerr << ": " << detail;
    std::cerr << '\n';
    return kNo;
}

}  // namespace bitgrid::app
