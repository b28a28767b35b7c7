#include "api/feed.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "api/problem.hpp"
#include "wire/live_json.hpp"

namespace bitgrid::api {
namespace {

// What a reader that lost its line may have missed; who missed more gets a snapshot.
constexpr std::size_t kRing = 512;
constexpr std::size_t kRingBytes = 1 << 20;

}  // namespace

Feed::Message Feed::compose(const char* type, nlohmann::json data, std::optional<bool> recorded) {
    Message message{sequence_, {}, {}};
    nlohmann::json whole{{"seq", sequence_}, {"type", type}, {"data", std::move(data)}};
    if (recorded) whole["recorded"] = *recorded;
    message.plain = text_of(whole);
    return message;
}

void Feed::give(Reader& reader, Message& message) {
    if (reader.form == Form::WebSocket) return reader.channel->send(message.plain);
    if (message.event == nullptr)
        message.event = std::make_shared<const std::string>(
            "id: " + std::to_string(message.sequence) + "\ndata: " + *message.plain + "\n\n");
    reader.channel->send(message.event);
}

void Feed::send(Message message) {
    ring_bytes_ += message.plain->size();
    ring_.push_back(std::move(message));
    while (ring_.size() > 1 && (ring_.size() > kRing || ring_bytes_ > kRingBytes)) {
        ring_bytes_ -= ring_.front().plain->size();
        ring_.pop_front();
    }
    if (!std::exchange(is_serving_, true)) serve_some();
}

// A round ends where everybody has everything; what was said meanwhile begins another one.
void Feed::serve_some() {
    auto next = readers_.upper_bound(last_served_);
    for (std::size_t i = 0; i < kReadersInATurn && next != readers_.end(); ++i, ++next) {
        last_served_ = next->first;
        bring_up_to_date(next->second);
    }
    if (next == readers_.end()) {
        last_served_ = nullptr;
        is_serving_ = std::ranges::any_of(
            readers_, [&](const auto& entry) { return entry.second.given != sequence_; });
    }
    if (!is_serving_) return;
    later_([this, alive = std::weak_ptr{is_alive_}] {
        if (!alive.expired()) serve_some();
    });
}

void Feed::bring_up_to_date(Reader& reader) {
    if (reader.given == sequence_) return;
    const std::int64_t oldest = ring_.front().sequence;
    if (reader.given + 1 < oldest) return send_snapshot(reader);
    for (auto i = reader.given + 1 - oldest; i < std::ssize(ring_); ++i)
        give(reader, ring_[static_cast<std::size_t>(i)]);
    reader.given = sequence_;
}

void Feed::send_snapshot(Reader& reader) {
    if (snapshot_.sequence != sequence_) snapshot_ = compose("snapshot", live_);
    give(reader, snapshot_);
    reader.given = sequence_;
}

void Feed::state(nlohmann::json live) {
    nlohmann::json changed = wire::changed_keys(live_, live);
    live_ = std::move(live);
    if (changed.empty()) return;
    ++sequence_;
    send(compose("state", std::move(changed)));
}

void Feed::message(const char* type, const nlohmann::json& data, std::optional<bool> recorded) {
    ++sequence_;
    send(compose(type, data, recorded));
}

void Feed::ping(const std::string& time) { message("ping", {{"time", time}}, std::nullopt); }

void Feed::join(const std::shared_ptr<net::Channel>& channel, Form form, std::int64_t since) {
    net::Channel* key = channel.get();
    Reader& reader = readers_[key] = {channel, form, since};
    channel->on_closed = [this, key] { readers_.erase(key); };
    channel->on_caught_up = [this, key] {
        if (const auto found = readers_.find(key); found != readers_.end())
            send_snapshot(found->second);
    };
    const bool can_resume =
        since > 0 && since <= sequence_ && !ring_.empty() && ring_.front().sequence <= since + 1;
    can_resume ? bring_up_to_date(reader) : send_snapshot(reader);
}

void Feed::close() {
    std::vector<std::shared_ptr<net::Channel>> open;
    for (auto& [key, reader] : readers_) open.push_back(reader.channel);
    for (const auto& channel : open) channel->close();
    readers_.clear();
}

}  // namespace bitgrid::api
