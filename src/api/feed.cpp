#include "api/feed.hpp"

#include <vector>

#include "wire/live_json.hpp"

namespace bitgrid::api {
namespace {

constexpr std::size_t kRing = 512;

std::shared_ptr<const std::string> text_of(const nlohmann::json& json) {
    return std::make_shared<const std::string>(
        json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace

Feed::Message Feed::compose(const char* type, nlohmann::json data) {
    Message message{sequence_, nullptr, nullptr};
    message.plain = text_of({{"seq", sequence_}, {"type", type}, {"data", std::move(data)}});
    message.event = std::make_shared<const std::string>("id: " + std::to_string(sequence_) +
                                                        "\ndata: " + *message.plain + "\n\n");
    return message;
}

void Feed::give(Reader& reader, const Message& message) {
    reader.channel->send(reader.form == Form::WebSocket ? message.plain : message.event);
}

void Feed::send(const Message& message) {
    ring_.push_back(message);
    if (ring_.size() > kRing) ring_.pop_front();
    for (auto& [key, reader] : readers_) give(reader, message);
}

void Feed::send_snapshot(Reader& reader) {
    if (snapshot_.sequence != sequence_) snapshot_ = compose("snapshot", live_);
    give(reader, snapshot_);
}

void Feed::state(nlohmann::json live) {
    nlohmann::json changed = wire::changed_keys(live_, live);
    live_ = std::move(live);
    if (changed.empty()) return;
    ++sequence_;
    send(compose("state", std::move(changed)));
}

void Feed::message(const char* type, const nlohmann::json& data) {
    ++sequence_;
    send(compose(type, data));
}

void Feed::ping(const std::string& time) { message("ping", {{"time", time}}); }

void Feed::join(const std::shared_ptr<net::Channel>& channel, Form form, std::int64_t since) {
    net::Channel* key = channel.get();
    Reader& reader = readers_[key] = {channel, form};
    channel->on_closed = [this, key] { readers_.erase(key); };
    channel->on_caught_up = [this, key] {
        if (const auto found = readers_.find(key); found != readers_.end())
            send_snapshot(found->second);
    };
    const bool can_resume =
        since > 0 && since <= sequence_ && !ring_.empty() && ring_.front().sequence <= since + 1;
    if (!can_resume) return send_snapshot(reader);
    for (const Message& message : ring_)
        if (message.sequence > since) give(reader, message);
}

void Feed::close() {
    std::vector<std::shared_ptr<net::Channel>> open;
    for (auto& [key, reader] : readers_) open.push_back(reader.channel);
    for (const auto& channel : open) channel->close();
    readers_.clear();
}

}  // namespace bitgrid::api
