#pragma once
// The live feed: a snapshot, then changes with the same keys and a running number, to any number of
// readers.
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>

#include "net/http_server.hpp"

namespace bitgrid::api {

/// Engine thread only. Each message is put into text once and shared. A slow reader loses what
/// waits and gets a snapshot when it has caught up; nobody else notices. Many readers are served in
/// turns of the loop, so that nothing else waits for the last of them.
class Feed {
public:
    enum class Form : std::uint8_t { WebSocket, EventStream };

    /// Runs a function in a later turn of the loop.
    using Later = std::function<void(std::function<void()>)>;

    /// Numbers go on from `first`: no two runs share them, or a reader of the run before would
    /// resume in the wrong place.
    Feed(std::int64_t first, Later later) : later_{std::move(later)}, sequence_{first} {}

    /// The newest state; sends only what changed of it.
    void state(nlohmann::json live);
    /// Something that happened: `decision` or `event`; whether the journal has it.
    void message(const char* type, const nlohmann::json& data, std::optional<bool> recorded);
    void ping(const std::string& time);

    /// A new reader; `since` > 0 resumes after that number where it is still known.
    void join(const std::shared_ptr<net::Channel>&, Form, std::int64_t since);
    std::size_t readers() const { return readers_.size(); }
    std::int64_t sequence() const { return sequence_; }
    void close();

    static constexpr std::size_t kReadersInATurn = 64;

private:
    using Text = std::shared_ptr<const std::string>;
    struct Message {
        std::int64_t sequence{-1};
        Text plain;
        Text event;  ///< the same as an event of an event stream; made when the first one reads it
    };
    struct Reader {
        std::shared_ptr<net::Channel> channel;
        Form form;
        std::int64_t given{};  ///< number of the newest message that it was given
    };

    Message compose(const char* type, nlohmann::json data,
                    std::optional<bool> recorded = std::nullopt);
    void send(Message);
    void serve_some();
    void bring_up_to_date(Reader&);
    void send_snapshot(Reader&);
    static void give(Reader&, Message&);

    Later later_;
    std::map<net::Channel*, Reader> readers_;
    std::deque<Message> ring_;
    std::size_t ring_bytes_{0};  ///< of the plain texts in it
    nlohmann::json live_;
    Message snapshot_{};  ///< of `live_`, made when the first reader needs it
    std::int64_t sequence_;
    net::Channel* last_served_{nullptr};  ///< in this round; null: a round begins
    bool is_serving_{false};
    std::shared_ptr<bool> is_alive_{std::make_shared<bool>(true)};
};

}  // namespace bitgrid::api
