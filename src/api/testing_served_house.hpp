#pragma once
// For tests: a house with its engine behind the API on a free port of loopback, and peers that
// speak to it byte by byte. One thread: the loop runs while a peer waits.
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "api/api_server.hpp"
#include "api/testing_kpis.hpp"
#include "api/testing_what_if.hpp"
#include "crypto/digest.hpp"
#include "engine/fake_world.hpp"

namespace bitgrid::api {

/// Reads back what the journal of the test holds.
class TestHistory final : public ports::History {
public:
    TestHistory(const engine::fake::Journal& journal, const core::Config& config)
        : journal_{journal}, config_{config} {}
    void find(ports::HistoryQuery,
              std::function<void(core::Result<std::vector<ports::StoredEvent>>)>) override;
    void find_decision(std::string decision_id,
                       std::function<void(core::Result<ports::StoredEvent>)>) override;
    bool is_broken{false};

private:
    std::vector<ports::StoredEvent> newest_first() const;
    const engine::fake::Journal& journal_;
    const core::Config& config_;
};

struct Answer {
    int status{0};
    std::map<std::string, std::string> headers;  ///< names in lower case
    std::string body;
    nlohmann::json json() const { return nlohmann::json::parse(body, nullptr, false); }
    std::string code() const { return json().value("code", ""); }
};

using Headers = std::vector<std::pair<std::string, std::string>>;

/// One connection, driven by the loop of the house.
class Peer {
public:
    enum class Buffer : std::uint8_t { Usual, Small };
    Peer(boost::asio::io_context&, std::uint16_t port, Buffer = Buffer::Usual);
    void say(const std::string& text);
    /// Runs the loop until it holds; false when a minute is over.
    bool wait_for(const std::function<bool()>& holds);
    bool wait_for_the_end();
    /// The feed was opened and has said something, or was refused.
    bool is_admitted_or_refused();
    std::optional<Answer> answer();         ///< the next one of the connection
    std::optional<nlohmann::json> frame();  ///< the next text of a WebSocket
    std::optional<nlohmann::json> event();  ///< the next of an event stream
    bool is_closed() const { return is_closed_; }
    void close() { socket_.close(); }

    std::string received;

private:
    void receive();
    std::optional<std::string> fragment(bool& is_last, bool& is_text);
    boost::asio::io_context& io_;
    boost::asio::ip::tcp::socket socket_;
    bool is_closed_{false};
};

class ServedHouse {
public:
    static constexpr core::UnixTime kTenOClock{1'781'517'600'000};  // 2026-06-15T10:00:00Z
    explicit ServedHouse(ApiConfig = {}, ports::Exports* = nullptr, std::string folder = "");

    Answer ask(const std::string& method, const std::string& target, const std::string& body = "",
               Headers = {});
    Answer get(const std::string& target, Headers headers = {}) {
        return ask("GET", target, "", std::move(headers));
    }
    Answer post(const std::string& target, const nlohmann::json& body, Headers headers = {}) {
        return ask("POST", target, body.dump(), std::move(headers));
    }
    /// Whatever is said, as it is; the answer.
    Answer say(const std::string& raw);
    Peer peer() { return Peer{io, server->port()}; }
    /// A reader of the feed: the handshake is done.
    Peer websocket(const std::string& query = "", Headers = {});
    Peer websocket_at(const std::string& host, Headers);
    Peer event_stream(const std::string& query = "", Headers = {});
    std::string host() const { return "127.0.0.1:" + std::to_string(server->port()); }

    /// Everything reports every five seconds, for so long.
    void live(std::int64_t ms);
    void live_until_started();
    std::int64_t rejected() const;
    core::HealthLevel health() const;

    boost::asio::io_context io;
    core::Config config;
    engine::fake::Clock clock{kTenOClock};
    engine::UuidSource uuids{7};
    engine::fake::Narrator narrator;
    engine::fake::Journal journal;
    engine::fake::Driver miner, rod;
    std::optional<engine::Engine> engine;
    TestHistory history{journal, config};
    TestWhatIf what_if;
    TestKpis kpis;
    std::optional<ApiServer> server;
    double temp_c{60}, wobble{0};

private:
    Peer websocket_to(const std::string& target, const Headers&);
};

/// A token and its line in api.yaml.
inline std::string token_line(const std::string& name, const std::string& role,
                              const std::string& token) {
    return name + ":" + role + ":" + crypto::sha256_hex(token);
}

}  // namespace bitgrid::api
