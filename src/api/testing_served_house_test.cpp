#include "api/testing_served_house.hpp"

#include <algorithm>
#include <boost/asio/write.hpp>
#include <cctype>
#include <chrono>

#include "wire/event_json.hpp"

namespace bitgrid::api {
namespace {

namespace asio = boost::asio;
using Json = nlohmann::json;
using boost::system::error_code;

std::string lower(std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

}  // namespace

std::vector<ports::StoredEvent> TestHistory::newest_first() const {
    std::vector<ports::StoredEvent> stored;
    for (const core::Event& event : journal_.events) {
        const Json json = wire::event_json(event, config_);
        const auto sequence = static_cast<std::int64_t>(stored.size()) + 1;
        stored.push_back({sequence, core::type_of(event), json.dump(),
                          "h" + std::to_string(sequence - 1), "h" + std::to_string(sequence)});
    }
    std::reverse(stored.begin(), stored.end());
    return stored;
}

void TestHistory::find(ports::HistoryQuery query,
                       std::function<void(core::Result<std::vector<ports::StoredEvent>>)> done) {
    if (is_broken) return done(core::Error{core::ErrorCode::Unavailable, "disk gone"});
    std::vector<ports::StoredEvent> found;
    for (ports::StoredEvent& event : newest_first()) {
        const Json json = Json::parse(event.json);
        if (event.type != "DecisionEvent" || (query.before > 0 && event.sequence >= query.before) ||
            (!query.load.empty() && json["load_id"] != query.load) ||
            !json["decision_code"].get<std::string>().starts_with(query.code))
            continue;
        if (static_cast<int>(found.size()) < query.limit) found.push_back(std::move(event));
    }
    done(std::move(found));
}

void TestHistory::find_decision(std::string decision_id,
                                std::function<void(core::Result<ports::StoredEvent>)> done) {
    for (ports::StoredEvent& event : newest_first())
        if (Json::parse(event.json).value("decision_id", "") == decision_id)
            return done(std::move(event));
    done(core::Error{core::ErrorCode::NotFound, "no decision " + decision_id});
}

Peer::Peer(asio::io_context& io, std::uint16_t port, Buffer buffer) : io_{io}, socket_{io} {
    socket_.open(asio::ip::tcp::v4());
    if (buffer == Buffer::Small) socket_.set_option(asio::socket_base::receive_buffer_size{2'048});
    socket_.connect({asio::ip::address_v4::loopback(), port});
    socket_.non_blocking(true);
}

void Peer::say(const std::string& text) {
    std::size_t said = 0;
    error_code error;
    wait_for([&] {
        said += socket_.write_some(asio::buffer(text) + said, error);
        return said == text.size() || (error && error != asio::error::would_block);
    });
}

void Peer::receive() {
    std::array<char, 65'536> bytes;
    error_code error;
    while (!is_closed_) {
        const std::size_t count = socket_.read_some(asio::buffer(bytes), error);
        received.append(bytes.data(), count);
        if (error == asio::error::would_block) return;
        if (error) is_closed_ = true;
    }
}

bool Peer::wait_for(const std::function<bool()>& holds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes{1};
    while (!holds()) {
        if (std::chrono::steady_clock::now() > end) return false;
        io_.run_one_for(std::chrono::milliseconds{1});
    }
    return true;
}

bool Peer::wait_for_the_end() {
    return wait_for([this] {
        receive();
        return is_closed_;
    });
}

bool Peer::is_admitted_or_refused() {
    receive();
    const std::size_t head = received.find("\r\n\r\n");
    if (head == std::string::npos) return false;
    const bool is_admitted =
        received.starts_with("HTTP/1.1 101") || received.starts_with("HTTP/1.1 200");
    return !is_admitted || received.size() > head + 4;
}

std::optional<Answer> Peer::answer() {
    std::size_t head = std::string::npos;
    const auto has_head = [&] {
        receive();
        head = received.find("\r\n\r\n");
        return head != std::string::npos || is_closed_;
    };
    if (!wait_for(has_head) || head == std::string::npos) return std::nullopt;
    Answer answer;
    answer.status = std::stoi(received.substr(9, 3));
    for (std::size_t at = received.find("\r\n") + 2; at < head;) {
        const std::size_t end = received.find("\r\n", at);
        const std::size_t colon = received.find(": ", at);
        answer.headers[lower(received.substr(at, colon - at))] =
            received.substr(colon + 2, end - colon - 2);
        at = end + 2;
    }
    received.erase(0, head + 4);
    const auto length = answer.headers.find("content-length");
    const std::size_t size = length == answer.headers.end() ? 0 : std::stoul(length->second);
    wait_for([&] {
        receive();
        return received.size() >= size || is_closed_;
    });
    answer.body = received.substr(0, size);
    received.erase(0, size);
    return answer;
}

std::optional<std::string> Peer::fragment(bool& is_last, bool& is_text) {
    std::size_t begin = 0, size = 0;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(received[i]); };
    const auto is_whole = [&] {
        receive();
        if (received.size() < 2) return is_closed_;
        const std::size_t wide = byte(1) == 126 ? 2 : byte(1) == 127 ? 8 : 0;
        begin = 2 + wide;
        if (received.size() < begin) return is_closed_;
        size = wide == 0 ? byte(1) : 0;
        for (std::size_t i = 0; i < wide; ++i) size = size << 8U | byte(2 + i);
        return received.size() >= begin + size || is_closed_;
    };
    if (!wait_for(is_whole) || begin == 0 || received.size() < begin + size) return std::nullopt;
    is_last = (byte(0) & 0x80U) != 0;
    is_text = (byte(0) & 0x0fU) < 2;  // text or its continuation
    std::string text = received.substr(begin, size);
    received.erase(0, begin + size);
    return text;
}

std::optional<Json> Peer::frame() {
    bool is_last = false, is_text = true;
    for (std::string message; is_text;) {
        const auto part = fragment(is_last, is_text);
        if (!part) return std::nullopt;
        message += *part;
        if (is_last && is_text) return Json::parse(message, nullptr, false);
    }
    return std::nullopt;
}

std::optional<Json> Peer::event() {
    std::size_t end = std::string::npos;
    wait_for([&] {
        receive();
        end = received.find("\n\n");
        return end != std::string::npos || is_closed_;
    });
    const std::size_t data = received.find("data: ");
    if (end == std::string::npos || data > end) return std::nullopt;
    Json json = Json::parse(received.substr(data + 6, end - data - 6), nullptr, false);
    json["id"] = received.substr(4, received.find('\n') - 4);
    received.erase(0, end + 2);
    return json;
}

ServedHouse::ServedHouse(ApiConfig settings, ports::Exports* exports, std::string folder) {
    config.loads = {core::LoadConfig{}, core::LoadConfig{}};
    config.loads[1].id = "rod";
    config.loads[1].kind = core::LoadKind::Heater;
    config.loads[1].full_w = core::Watts{1000};
    config.loads[1].has_temperature = false;
    config.loads[1].can_throttle = false;
    engine.emplace(config, engine::Versions{"1", "cfg", "test"},
                   engine::Engine::Ports{clock, uuids, narrator, journal}, std::nullopt);
    engine->attach(0, miner, nullptr);
    engine->attach(1, rod, nullptr);
    settings.port = 0;
    server.emplace(io,
                   ApiServer::Parts{*engine,
                                    engine->control(),
                                    history,
                                    what_if,
                                    clock,
                                    *engine,
                                    [this](core::Happening what) { engine->note(std::move(what)); },
                                    {{"site.yaml", {{"id", "home"}}}},
                                    nullptr,
                                    exports,
                                    &kpis,
                                    std::move(folder),
                                    accounts::PasswordCost{1, 8'192}},
                   std::move(settings));
    engine->tell_also(*server);
    engine->start();
    if (const auto started = server->start(); !started)
        throw std::runtime_error{started.error().what};
}

Answer ServedHouse::ask(const std::string& method, const std::string& target,
                        const std::string& body, Headers headers) {
    const auto has = [&](const std::string& name) {
        return std::any_of(headers.begin(), headers.end(),
                           [&](const auto& header) { return lower(header.first) == name; });
    };
    std::string text = method + " " + target + " HTTP/1.1\r\n";
    if (!has("host")) headers.emplace_back("Host", host());
    if (!body.empty() && !has("content-type"))
        headers.emplace_back("Content-Type", "application/json");
    if (!body.empty() || method != "GET")
        headers.emplace_back("Content-Length", std::to_string(body.size()));
    for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
    return say(text + "Connection: close\r\n\r\n" + body);
}

Answer ServedHouse::say(const std::string& raw) {
    Peer one = peer();
    one.say(raw);
    return one.answer().value_or(Answer{});
}

Peer ServedHouse::websocket(const std::string& query, Headers headers) {
    headers.emplace_back("Host", host());
    return websocket_to("/api/v1/ws" + query, std::move(headers));
}

Peer ServedHouse::websocket_at(const std::string& host, Headers headers) {
    headers.emplace_back("Host", host);
    return websocket_to("/api/v1/ws", std::move(headers));
}

Peer ServedHouse::websocket_to(const std::string& target, const Headers& headers) {
    Peer reader = peer();
    std::string text = "GET " + target + " HTTP/1.1" +
                       "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13"
                       "\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
    reader.say(text + "\r\n");
    reader.wait_for([&] { return reader.is_admitted_or_refused(); });
    return reader;
}

Peer ServedHouse::event_stream(const std::string& query, Headers headers) {
    Peer reader = peer();
    std::string text = "GET /api/v1/events" + query + " HTTP/1.1\r\nHost: " + host() + "\r\n";
    for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
    reader.say(text + "\r\n");
    reader.wait_for([&] { return reader.is_admitted_or_refused(); });
    return reader;
}

void ServedHouse::live(std::int64_t ms) {
    for (std::int64_t t = 0; t < ms; t += 5'000) {
        // What lives moves a little, and what flows in flows out.
        wobble = 1 - wobble;
        const auto drawn = [](const engine::fake::Driver& d) {
            return d.last().is_on() ? d.commands.back().watts.value : 5;
        };
        const double left_w = 3'600 - drawn(miner) - drawn(rod);
        const std::pair<core::Signal, double> site[] = {
            {core::Signal::PvPower, 4'000 + wobble},
            {core::Signal::HouseLoad, 400 + wobble},
            {core::Signal::GridImport, std::max(-left_w, 0.0)},
            {core::Signal::GridExport, std::max(left_w + wobble, 0.0)},
            {core::Signal::BatterySoc, 80},
            {core::Signal::BatteryPower, 0}};
        for (const auto& [signal, value] : site) engine->measured({signal, {}, value});
        engine->measured({core::Signal::LoadTemp, "miner", temp_c + wobble / 10});
        engine->measured({core::Signal::LoadPower, "miner", drawn(miner)});
        engine->measured({core::Signal::LoadPower, "rod", drawn(rod)});
        engine->alive("miner");
        engine->alive("rod");
        clock.advance(std::min<std::int64_t>(5'000, ms - t));
    }
}

void ServedHouse::live_until_started() { live(11 * 60'000); }

std::int64_t ServedHouse::rejected() const {
    for (const ports::PartHealth& part : engine->look().health)
        if (part.part == "api") return part.rejected;
    return 0;
}

core::HealthLevel ServedHouse::health() const {
    for (const ports::PartHealth& part : engine->look().health)
        if (part.part == "api") return part.level;
    return core::HealthLevel::Ok;
}

}  // namespace bitgrid::api
