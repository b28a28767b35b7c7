#include "faults/harness/talk.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>

namespace bitgrid::faults {
namespace {

using Clock = std::chrono::steady_clock;

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int left_ms(Clock::time_point end) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
    return std::max(0, static_cast<int>(left.count()));
}

bool is_whole(const std::string& text) {
    const std::size_t head = text.find("\r\n\r\n");
    if (head == std::string::npos) return false;
    std::string lower = text.substr(0, head);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const std::size_t length = lower.find("content-length:");
    if (length == std::string::npos) return false;
    return text.size() >= head + 4 + std::strtoul(lower.c_str() + length + 15, nullptr, 10);
}

}  // namespace

RawLine::RawLine(std::uint16_t port, int receive_buffer)
    : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    if (receive_buffer > 0)
        setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    const timeval patience{5, 0};
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    const sockaddr_in address = loopback(port);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
        return;
    ::close(socket_);
    socket_ = -1;
}

RawLine::~RawLine() {
    if (socket_ >= 0) ::close(socket_);
}

bool RawLine::say(const std::string& bytes) {
    std::size_t sent = 0;
    while (socket_ >= 0 && sent < bytes.size()) {
        const ssize_t n = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
        if (n <= 0) return false;
        sent += static_cast<std::size_t>(n);
    }
    return socket_ >= 0;
}

std::string RawLine::hear(int real_ms) {
    const auto end = Clock::now() + std::chrono::milliseconds{real_ms};
    std::string all;
    std::array<char, 16'384> piece;
    pollfd wait{socket_, POLLIN, 0};
    while (socket_ >= 0 && ::poll(&wait, 1, left_ms(end)) > 0) {
        const ssize_t n = ::recv(socket_, piece.data(), piece.size(), 0);
        if (n <= 0) break;
        all.append(piece.data(), static_cast<std::size_t>(n));
        if (is_whole(all)) break;
    }
    return all;
}

bool RawLine::is_closed_within(int real_ms) {
    const auto end = Clock::now() + std::chrono::milliseconds{real_ms};
    std::array<char, 16'384> piece;
    pollfd wait{socket_, POLLIN, 0};
    if (socket_ < 0) return true;
    while (::poll(&wait, 1, left_ms(end)) > 0)
        if (::recv(socket_, piece.data(), piece.size(), 0) <= 0) return true;
    return false;
}

Heard ask(std::uint16_t port, const Question& question) {
    const auto began = Clock::now();
    RawLine line{port};
    std::string text = question.method + " " + question.target + " HTTP/1.1\r\n";
    bool has_host = false;
    for (const auto& [name, value] : question.headers) {
        text += name + ": " + value + "\r\n";
        has_host = has_host || name == "Host";
    }
    if (!has_host) text += "Host: 127.0.0.1:" + std::to_string(port) + "\r\n";
    if (!question.body.empty() || question.method == "POST" || question.method == "PUT")
        text += "Content-Length: " + std::to_string(question.body.size()) + "\r\n";
    text += "Connection: close\r\n\r\n" + question.body;
    Heard heard;
    if (!line.is_open() || !line.say(text)) return heard;
    const std::string answer = line.hear(question.patience_ms);
    heard.real_ms = std::chrono::duration<double, std::milli>(Clock::now() - began).count();
    const std::size_t head = answer.find("\r\n\r\n");
    if (head == std::string::npos || answer.size() < 12) return heard;
    heard.status = std::atoi(answer.c_str() + 9);
    heard.head = answer.substr(0, head);
    heard.body = answer.substr(head + 4);
    return heard;
}

Heard get(std::uint16_t port, const std::string& target) {
    return ask(port, {.method = "GET", .target = target});
}

Heard post(std::uint16_t port, const std::string& target, const nlohmann::json& body) {
    return ask(port, {.method = "POST",
                      .target = target,
                      .body = body.dump(),
                      .headers = {{"Content-Type", "application/json"}}});
}

std::uint16_t free_port() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    ::bind(socket, reinterpret_cast<sockaddr*>(&address), size);
    ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
    ::close(socket);
    return ntohs(address.sin_port);
}

}  // namespace bitgrid::faults
