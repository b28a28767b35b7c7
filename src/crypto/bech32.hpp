#pragma once
// 32 bytes as text that notices a wrong letter: Bech32, for the keys of age. Any thread.
// Source: BIP 173; the length is not bounded by 90.
#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace bitgrid::crypto {

using KeyBytes = std::array<unsigned char, 32>;

/// Lower case: `<prefix>1<data and checksum>`.
std::string bech32(std::string_view prefix, const KeyBytes&);

/// Nothing where the prefix, the alphabet, the length or the checksum is another one, or upper and
/// lower case are mixed. `prefix` in lower case.
std::optional<KeyBytes> from_bech32(std::string_view prefix, std::string_view text);

}  // namespace bitgrid::crypto
