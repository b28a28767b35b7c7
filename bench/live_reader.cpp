#include "bench/live_reader.hpp"

#include <cstdlib>
#include <stdexcept>

namespace bitgrid::bench {
namespace {

constexpr std::string_view kHandshake =
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/// Masked, as all that a client sends, and with nothing in it: nobody compares.
constexpr std::string_view kPong{"\x8a\x80\0\0\0\0", 6};

std::size_t big_endian(std::string_view bytes) {
    std::size_t value = 0;
    for (const char byte : bytes) value = value << 8U | static_cast<unsigned char>(byte);
    return value;
}

}  // namespace

LiveReader::LiveReader(std::uint16_t api_port, Form form) : http_{api_port}, form_{form} {
    const bool is_websocket = form == Form::WebSocket;
    if (is_websocket) http_.ask("/api/v1/ws", kHandshake);
    else http_.ask("/api/v1/events");
    if (http_.status_of_stream() != (is_websocket ? 101 : 200))
        throw std::runtime_error{"the live feed is refused"};
}

void LiveReader::take_what_is_there() {
    while (http_.receive(0))
        while (form_ == Form::WebSocket ? take_frame() : take_event()) {
        }
    while (form_ == Form::WebSocket ? take_frame() : take_event()) {
    }
}

// From a server: never masked; ours sends each text in one frame.
bool LiveReader::take_frame() {
    std::string& bytes = http_.unread();
    if (bytes.size() < 2) return false;
    const auto kind = static_cast<unsigned char>(bytes[0]);
    std::size_t length = static_cast<unsigned char>(bytes[1]);
    const std::size_t more = length == 126 ? 2 : length == 127 ? 8 : 0;
    if (bytes.size() < 2 + more) return false;
    if (more > 0) length = big_endian(std::string_view{bytes}.substr(2, more));
    if (bytes.size() < 2 + more + length) return false;
    if (kind == 0x89) http_.peer().send(kPong);  // who does not answer is taken for gone
    if (kind == 0x88) throw std::runtime_error{"the live feed was closed"};
    if (kind == 0x81) count(std::string_view{bytes}.substr(2 + more, length));
    bytes.erase(0, 2 + more + length);
    return true;
}

bool LiveReader::take_event() {
    std::string& bytes = http_.unread();
    const std::size_t end = bytes.find("\n\n");
    if (end == std::string::npos) return false;
    const std::size_t data = bytes.find("data: ");
    if (data < end) count(std::string_view{bytes}.substr(data + 6, end - data - 6));
    bytes.erase(0, end + 2);
    return true;
}

void LiveReader::count(std::string_view text) {
    constexpr std::string_view kNumber = "\"seq\":";
    const std::size_t place = text.rfind(kNumber);  // what stands in the data comes before
    if (place == std::string_view::npos) throw std::runtime_error{"a message without a number"};
    const std::int64_t number = std::strtoll(text.data() + place + kNumber.size(), nullptr, 10);
    ++messages_;
    if (last_ >= 0 && number != last_ + 1) ++gaps_;
    last_ = number;
}

}  // namespace bitgrid::bench
