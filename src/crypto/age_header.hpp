#pragma once
// The text before the ciphertext of an age file: one stanza for each recipient, and a sum over all
// of it. Bounded; nothing in it is believed before the sum was checked. Any thread.
// Source: https://c2sp.org/age, "Header"
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace bitgrid::crypto::age {

inline constexpr std::size_t kMostHeader = std::size_t{1} << 16;  ///< bytes
inline constexpr std::size_t kMostStanzas = 256;
inline constexpr std::string_view kFirstLine = "age-encryption.org/v1";

struct Stanza {
    std::vector<std::string> words;  ///< its kind first
    std::string body;                ///< bytes
};

struct Header {
    std::vector<Stanza> stanzas;
    std::array<unsigned char, 32> sum{};
    std::string summed;    ///< the text that the sum is over, `---` included
    std::size_t length{};  ///< bytes up to where the ciphertext begins
};

/// The header at the beginning of `bytes`, which may go on behind it. Nothing: more bytes are
/// needed. BadInput: it is none. TooLarge: beyond the bounds.
core::Result<std::optional<Header>> read_header(std::string_view bytes);

/// Up to and with `---`.
std::string write_header(const std::vector<Stanza>&);

std::string base64(std::string_view bytes);  ///< without padding
/// Nothing where it is not the one text of some bytes.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace bitgrid::crypto::age
