#pragma once
// One HTTP exchange with a server on loopback, as simple as it can be: own connection, own
// patience.
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace bitgrid::faults {

struct Heard {
    int status{0};  ///< 0: no answer
    std::string head;
    std::string body;
    double real_ms{0};  ///< how long it took

    nlohmann::json json() const { return nlohmann::json::parse(body, nullptr, false); }
};

struct Question {
    std::string method{"GET"};
    std::string target{};
    std::string body{};
    std::vector<std::pair<std::string, std::string>>
        headers{};  ///< a Host of its own replaces ours
    int patience_ms{5'000};
};

/// Blocks for at most the patience (twice, where a connection stalls in both directions).
Heard ask(std::uint16_t port, const Question&);
Heard get(std::uint16_t port, const std::string& target);
Heard post(std::uint16_t port, const std::string& target, const nlohmann::json& body);

/// A raw connection for those who do not behave. Closed with it.
class RawLine {
public:
    explicit RawLine(std::uint16_t port, int receive_buffer = 0);
    ~RawLine();
    RawLine(RawLine&& other) noexcept : socket_{std::exchange(other.socket_, -1)} {}
    RawLine& operator=(RawLine&&) = delete;
    RawLine(const RawLine&) = delete;

    bool is_open() const { return socket_ >= 0; }
    bool say(const std::string& bytes);
    /// What comes within the time; ends early when the other side closes.
    std::string hear(int real_ms);
    /// The other side has closed; waits for so long.
    bool is_closed_within(int real_ms);

private:
    int socket_{-1};
};

/// Any port that is free now.
std::uint16_t free_port();

}  // namespace bitgrid::faults
