#include "bench/house/mqtt_peer.hpp"

#include <stdexcept>

namespace bitgrid::bench {
namespace {

using std::chrono::steady_clock;

constexpr int kPatienceMs = 20'000;

// Kinds of packets, with the flags that they must have.
constexpr char kConnect = 0x10, kConnected = 0x20, kPublish = 0x30;
constexpr char kSubscribe = '\x82', kSubscribed = '\x90';

std::string word(std::size_t value) {
    return {static_cast<char>(value >> 8U & 0xFFU), static_cast<char>(value & 0xFFU)};
}
std::string text(std::string_view value) { return word(value.size()).append(value); }

std::string packet(char kind, std::string_view body) {
    std::string bytes{kind};
    for (std::size_t left = body.size();;) {
        const std::size_t digit = left % 128;
        left /= 128;
        bytes.push_back(static_cast<char>(digit | (left > 0 ? 0x80U : 0U)));
        if (left == 0) break;
    }
    return bytes.append(body);
}

std::size_t byte_at(std::string_view bytes, std::size_t place) {
    return static_cast<unsigned char>(bytes[place]);
}

/// Where the body begins and ends; nothing while it is not all there.
std::optional<std::pair<std::size_t, std::size_t>> body_of(std::string_view bytes) {
    std::size_t length = 0;
    for (std::size_t i = 1; i < bytes.size() && i <= 4; ++i) {
        length |= (byte_at(bytes, i) & 0x7FU) << (7 * (i - 1));
        if ((byte_at(bytes, i) & 0x80U) != 0) continue;
        if (bytes.size() < i + 1 + length) return std::nullopt;
        return std::pair{i + 1, i + 1 + length};
    }
    return std::nullopt;
}

}  // namespace

MqttPeer::MqttPeer(std::uint16_t port, const std::string& client_id) : peer_{port} {
    const std::string clean_without_keepalive{"\x04\x02\x00\x00", 4};
    peer_.send(packet(kConnect, text("MQTT") + clean_without_keepalive + text(client_id)));
    while (!is_admitted_)
        if (!receive(kPatienceMs)) throw std::runtime_error{"the broker does not answer"};
}

void MqttPeer::subscribe(const std::string& filter) {
    ++asked_;
    peer_.send(packet(kSubscribe, word(asked_) + text(filter) + std::string(1, '\0')));
    while (granted_ < asked_)
        if (!receive(kPatienceMs)) throw std::runtime_error{"the broker does not answer"};
}

std::string MqttPeer::frame(std::string_view topic, std::string_view payload) {
    return packet(kPublish, text(topic).append(payload));
}

std::optional<MqttArrival> MqttPeer::next(int patience_ms) {
    const auto until = steady_clock::now() + std::chrono::milliseconds{patience_ms};
    while (arrived_.empty()) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - steady_clock::now());
        if (left.count() < 0 || !receive(static_cast<int>(left.count()))) return std::nullopt;
    }
    MqttArrival first = std::move(arrived_.front());
    arrived_.pop_front();
    return first;
}

bool MqttPeer::receive(int patience_ms) {
    if (!peer_.receive(bytes_, patience_ms)) return false;
    take_apart(steady_clock::now());
    return true;
}

void MqttPeer::take_apart(steady_clock::time_point at) {
    std::size_t done = 0;
    while (const auto body = body_of(std::string_view{bytes_}.substr(done))) {
        const std::string_view all = std::string_view{bytes_}.substr(done, body->second);
        const std::string_view rest = all.substr(body->first);
        const char kind = static_cast<char>(all[0] & 0xF0);
        if (kind == kPublish) {
            const std::size_t length = byte_at(rest, 0) << 8U | byte_at(rest, 1);
            arrived_.push_back(
                {std::string{rest.substr(2, length)}, std::string{rest.substr(2 + length)}, at});
        } else if (kind == kConnected) {
            is_admitted_ = byte_at(rest, 1) == 0;
        } else if (kind == kSubscribed) {
            ++granted_;
        }
        done += body->second;
    }
    bytes_.erase(0, done);
}

}  // namespace bitgrid::bench
