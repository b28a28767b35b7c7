#include "adapters/guard_lease/lease_line.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace bitgrid::adapters::guard_lease {
namespace {

constexpr std::size_t kFields = 7;
constexpr std::size_t kHexDigits = 16;
constexpr std::uint64_t kMostLoads = 8;
constexpr std::uint64_t kMostProofMs = 3'600'000;

using Fields = std::array<std::string_view, kFields>;

core::Error bad(const char* what) { return {core::ErrorCode::BadInput, what}; }

std::optional<Fields> split(std::string_view line) {
    if (line.size() > kLongestLine) return std::nullopt;
    Fields fields;
    for (std::size_t i = 0; i < kFields; ++i) {
        const std::size_t space = line.find(' ');
        const bool is_last = i + 1 == kFields;
        if (is_last != (space == std::string_view::npos)) return std::nullopt;
        fields[i] = line.substr(0, space);
        if (!is_last) line.remove_prefix(space + 1);
    }
    return fields;
}

bool read(std::string_view text, std::uint64_t& value, std::uint64_t most) {
    if (text.empty() || (text.size() > 1 && text.front() == '0')) return false;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    return error == std::errc{} && stop == end && value <= most;
}

bool read(std::string_view text, bool& value) {
    value = text == "1";
    return value || text == "0";
}

bool read_hex(std::string_view text, std::string& value) {
    const bool is_hex = std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    });
    value = text;
    return is_hex && text.size() == kHexDigits;
}

char flag(bool value) { return value ? '1' : '0'; }

}  // namespace

std::string line_of(const ports::Renewal& r) {
    return "lease 1 " + r.instance + ' ' + std::to_string(r.cycle) + ' ' + flag(r.has_ordered_off) +
           ' ' + flag(r.is_goodbye) + ' ' + r.config + '\n';
}

std::string line_of(const ports::LeaseAnswer& a) {
    return "guard 1 " + std::to_string(a.cycle) + (a.is_holding ? " holding " : " armed ") +
           std::to_string(a.loads_not_off) + ' ' + std::to_string(a.proof_left_ms) + ' ' +
           flag(a.has_same_config) + '\n';
}

core::Result<ports::Renewal> read_renewal(std::string_view line) {
    const auto fields = split(line);
    if (!fields || (*fields)[0] != "lease" || (*fields)[1] != "1")
        return bad("no renewal of version 1");
    ports::Renewal renewal;
    constexpr std::uint64_t kAny = UINT64_MAX;
    const bool is_right =
        read_hex((*fields)[2], renewal.instance) && read((*fields)[3], renewal.cycle, kAny) &&
        read((*fields)[4], renewal.has_ordered_off) && read((*fields)[5], renewal.is_goodbye) &&
        read_hex((*fields)[6], renewal.config);
    if (!is_right) return bad("a renewal with a field that is none");
    return renewal;
}

core::Result<ports::LeaseAnswer> read_answer(std::string_view line) {
    const auto fields = split(line);
    if (!fields || (*fields)[0] != "guard" || (*fields)[1] != "1")
        return bad("no answer of version 1");
    ports::LeaseAnswer answer;
    std::uint64_t loads = 0, proof_ms = 0;
    answer.is_holding = (*fields)[3] == "holding";
    const bool is_right =
        read((*fields)[2], answer.cycle, UINT64_MAX) &&
        (answer.is_holding || (*fields)[3] == "armed") && read((*fields)[4], loads, kMostLoads) &&
        read((*fields)[5], proof_ms, kMostProofMs) && read((*fields)[6], answer.has_same_config);
    if (!is_right) return bad("an answer with a field that is none");
    answer.loads_not_off = static_cast<int>(loads);
    answer.proof_left_ms = static_cast<std::int64_t>(proof_ms);
    return answer;
}

core::Result<std::optional<std::string>> next_line(std::string& received) {
    const std::size_t end = received.find('\n');
    if (end > kLongestLine && (end != std::string::npos || received.size() > kLongestLine))
        return core::Error{core::ErrorCode::TooLarge, "a line of more than 128 bytes"};
    if (end == std::string::npos) return std::optional<std::string>{};
    std::optional<std::string> line{received.substr(0, end)};
    received.erase(0, end + 1);
    return line;
}

}  // namespace bitgrid::adapters::guard_lease
