#include "crypto/bech32.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace bitgrid::crypto {
namespace {

constexpr std::string_view kLetters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr std::size_t kChecksum = 6;
constexpr std::size_t kGroups = 52;  ///< of 5 bits: 256 bits and 4 zeros

using Groups = std::vector<std::uint8_t>;

std::uint32_t polymod(const Groups& values) {
    constexpr std::uint32_t kGenerator[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                            0x2a1462b3};
    std::uint32_t sum = 1;
    for (const std::uint8_t value : values) {
        const std::uint32_t top = sum >> 25;
        sum = (sum & 0x1ffffff) << 5 ^ value;
        for (unsigned i = 0; i < 5; ++i)
            if ((top >> i & 1) != 0) sum ^= kGenerator[i];
    }
    return sum;
}

Groups expanded(std::string_view prefix) {
    Groups values;
    for (const char letter : prefix) values.push_back(static_cast<std::uint8_t>(letter >> 5));
    values.push_back(0);
    for (const char letter : prefix) values.push_back(static_cast<std::uint8_t>(letter & 31));
    return values;
}

Groups in_groups(const KeyBytes& bytes) {
    Groups groups;
    std::uint32_t held = 0;
    int bits = 0;
    for (const unsigned char byte : bytes) {
        held = (held << 8 | byte) & 0xfff;
        for (bits += 8; bits >= 5;) {
            bits -= 5;
            groups.push_back(static_cast<std::uint8_t>(held >> bits & 31));
        }
    }
    groups.push_back(static_cast<std::uint8_t>(held << (5 - bits) & 31));
    return groups;
}

std::optional<KeyBytes> in_bytes(const Groups& groups) {
    KeyBytes bytes{};
    std::size_t at = 0;
    std::uint32_t held = 0;
    int bits = 0;
    for (std::size_t i = 0; i < kGroups; ++i) {
        held = (held << 5 | groups[i]) & 0xfff;
        bits += 5;
        if (bits < 8) continue;
        bits -= 8;
        bytes[at++] = static_cast<unsigned char>(held >> bits & 0xff);
    }
    if ((held & ((1U << bits) - 1)) != 0) return std::nullopt;  // two texts of one key
    return bytes;
}

}  // namespace

std::string bech32(std::string_view prefix, const KeyBytes& bytes) {
    const Groups groups = in_groups(bytes);
    Groups all = expanded(prefix);
    all.insert(all.end(), groups.begin(), groups.end());
    all.resize(all.size() + kChecksum);
    const std::uint32_t sum = polymod(all) ^ 1;
    std::string text{prefix};
    text += '1';
    for (const std::uint8_t group : groups) text += kLetters[group];
    for (unsigned i = 0; i < kChecksum; ++i) text += kLetters[sum >> 5 * (kChecksum - 1 - i) & 31];
    return text;
}

std::optional<KeyBytes> from_bech32(std::string_view prefix, std::string_view text) {
    const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
    const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (std::ranges::any_of(text, is_lower) && std::ranges::any_of(text, is_upper))
        return std::nullopt;
    std::string lower{text};
    for (char& c : lower)
        if (is_upper(c)) c = static_cast<char>(c - 'A' + 'a');
    if (!lower.starts_with(prefix) || lower.size() != prefix.size() + 1 + kGroups + kChecksum ||
        lower[prefix.size()] != '1')
        return std::nullopt;
    Groups groups;
    for (const char c : lower.substr(prefix.size() + 1)) {
        const auto value = kLetters.find(c);
        if (value == kLetters.npos) return std::nullopt;
        groups.push_back(static_cast<std::uint8_t>(value));
    }
    Groups all = expanded(prefix);
    all.insert(all.end(), groups.begin(), groups.end());
    if (polymod(all) != 1) return std::nullopt;
    return in_bytes(groups);
}

}  // namespace bitgrid::crypto
