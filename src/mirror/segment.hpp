#pragma once
// A segment of the mirror, format BGM1: a clear head, a body that only its recipients can read, the
// device's signature over both. Whoever carries it can neither read nor change it unseen.
//
//   head       4  "BGM1"
//              1  version, 1
//              1  recipients, 1 or 2
//              2  zero
//             16  stream: random, the same for all segments of one opt-in
//              8  number of the segment in its stream, from 1
//              8  bytes of the body
//             32  SHA-256 of the whole segment before this one; zero before the first
//             32  the device's Ed25519 public key
//             88  for each recipient: 8 bytes of the SHA-256 of its key, and a sealed box (80) with
//                 the 32 bytes that open the body
//   body      24  header of a secretstream (XChaCha20-Poly1305, libsodium)
//                 pieces of 64 KiB of text, each 17 bytes longer; the head is the additional data
//                 of each; the last one, and no other, has the tag FINAL
//   signature 64  Ed25519, over "BGM1 segment\n", head, SHA-256 of the body
//
// Numbers are big-endian. The text is lines of JSON; blank lines at its end fill it up to one of
// few sizes. Values without owners; any thread. Damaged, with words, where it is not as above.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/digest.hpp"
#include "crypto/recipient_key.hpp"
#include "crypto/signing_key.hpp"

namespace bitgrid::mirror {

using StreamId = std::array<unsigned char, 16>;

constexpr std::size_t kMostRecipients = 2;
constexpr std::size_t kMostBody = (std::size_t{16} << 20) + (std::size_t{16} << 10);
constexpr std::size_t kMostSegment = kMostBody + 1024;
constexpr std::size_t kPiece = std::size_t{64} << 10;
constexpr std::size_t kSmallestText = std::size_t{16} << 10;

struct Slot {
    std::array<unsigned char, 8> key_id{};
    std::array<unsigned char, 80> sealed{};
};

struct Head {
    StreamId stream{};
    std::uint64_t number{1};
    std::uint64_t body_bytes{0};
    crypto::Hash previous{};
    crypto::PublicKey signer{};
    std::vector<Slot> slots;
};

/// Where a segment stands.
struct Position {
    StreamId stream{};
    std::uint64_t number{1};
    crypto::Hash previous{};
};

/// A random one.
StreamId fresh_stream();

/// Blank lines up to 16 KiB, 32 KiB, 64 KiB, …: the size tells little of what happened.
std::string padded(std::string text);

/// For one or two recipients. BadInput where there are others, TooLarge above 16 MiB of text.
core::Result<std::string> seal(const Position&, std::string_view text,
                               std::span<const crypto::RecipientKey>, const crypto::SigningKey&);

/// Of a segment that is whole and signed by the key that its head names; not whether one may trust
/// that key.
core::Result<Head> checked_head(std::string_view segment);

/// The text of a segment. NotFound where it was sealed for other keys.
core::Result<std::string> open(std::string_view segment, const crypto::RecipientSecret&);

}  // namespace bitgrid::mirror
