#include "bench/house/http_peer.hpp"

#include <cmath>
#include <cstdlib>
#include <stdexcept>

namespace bitgrid::bench {
namespace {

constexpr int kPatienceMs = 10'000;
constexpr std::string_view kEndOfHead = "\r\n\r\n";
constexpr std::string_view kLength = "\r\ncontent-length: ";

// Our server writes the names of its headers in one way; ASCII only.
std::size_t length_in(std::string head) {
    for (char& c : head)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const std::size_t place = head.find(kLength);
    if (place == std::string::npos) return 0;
    return std::strtoul(head.c_str() + place + kLength.size(), nullptr, 10);
}

int status_in(const std::string& head) { return std::atoi(head.c_str() + head.find(' ')); }

}  // namespace

HttpPeer::HttpPeer(std::uint16_t port) : peer_{port}, host_{"127.0.0.1:" + std::to_string(port)} {}

void HttpPeer::ask(std::string_view target, std::string_view more_headers) {
    std::string request{"GET "};
    request.append(target).append(" HTTP/1.1\r\nHost: ").append(host_).append("\r\n");
    peer_.send(request.append(more_headers).append("\r\n"));
}

bool HttpPeer::take(HttpAnswer& into) {
    const std::size_t end = unread_.find(kEndOfHead);
    if (end == std::string::npos) return false;
    const std::size_t start = end + kEndOfHead.size();
    const std::string head = unread_.substr(0, start);
    const std::size_t length = length_in(head);
    if (unread_.size() < start + length) return false;
    into = {status_in(head), unread_.substr(start, length)};
    unread_.erase(0, start + length);
    return true;
}

HttpAnswer HttpPeer::answer() {
    HttpAnswer answer;
    while (!take(answer))
        if (!receive(kPatienceMs)) throw std::runtime_error{"the API does not answer"};
    return answer;
}

int HttpPeer::status_of_stream() {
    std::size_t end = unread_.find(kEndOfHead);
    while (end == std::string::npos) {
        if (!receive(kPatienceMs)) throw std::runtime_error{"the API does not answer"};
        end = unread_.find(kEndOfHead);
    }
    const int status = status_in(unread_);
    unread_.erase(0, end + kEndOfHead.size());
    return status;
}

double metric_in(const std::string& page, const std::string& name) {
    const std::string start = "\n" + name + " ";
    const std::size_t place = page.find(start);
    return place == std::string::npos ? std::nan("")
                                      : std::strtod(page.c_str() + place + start.size(), nullptr);
}

}  // namespace bitgrid::bench
