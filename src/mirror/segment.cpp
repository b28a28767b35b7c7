#include "mirror/segment.hpp"

#include <sodium.h>

#include <algorithm>
#include <bit>
#include <cstring>

namespace bitgrid::mirror {
namespace {

constexpr std::string_view kMagic = "BGM1";
constexpr std::string_view kSigned = "BGM1 segment\n";
constexpr std::size_t kFixed = 104;
constexpr std::size_t kSlot = sizeof(Slot::key_id) + sizeof(Slot::sealed);
constexpr std::size_t kStreamHeader = crypto_secretstream_xchacha20poly1305_HEADERBYTES;
constexpr std::size_t kPieceMore = crypto_secretstream_xchacha20poly1305_ABYTES;
constexpr std::size_t kSignature = crypto_sign_BYTES;
static_assert(sizeof(Slot::sealed) ==
              crypto_box_SEALBYTES + crypto_secretstream_xchacha20poly1305_KEYBYTES);

using StreamState = crypto_secretstream_xchacha20poly1305_state;

core::Error damaged(const std::string& what) { return {core::ErrorCode::Damaged, what}; }

const unsigned char* raw(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* raw(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

template <std::size_t Size>
void add(std::string& text, const std::array<unsigned char, Size>& bytes) {
    text.append(reinterpret_cast<const char*>(bytes.data()), Size);
}
void add_number(std::string& text, std::uint64_t number) {
    for (int shift = 56; shift >= 0; shift -= 8) text += static_cast<char>((number >> shift) & 255);
}

// Takes what it returns off the front; its caller knows that there is enough.
template <std::size_t Size>
std::array<unsigned char, Size> taken(std::string_view& text) {
    std::array<unsigned char, Size> bytes{};
    std::memcpy(bytes.data(), text.data(), Size);
    text.remove_prefix(Size);
    return bytes;
}
std::uint64_t taken_number(std::string_view& text) {
    std::uint64_t number = 0;
    for (const unsigned char byte : taken<8>(text)) number = number << 8 | byte;
    return number;
}

std::array<unsigned char, 8> id_of(const crypto::RecipientKey& key) {
    const crypto::Hash hash =
        crypto::sha256({reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size()});
    std::array<unsigned char, 8> id{};
    std::copy_n(hash.begin(), id.size(), id.begin());
    return id;
}

std::size_t body_of(std::size_t text) {
    const std::size_t pieces = std::max<std::size_t>(1, (text + kPiece - 1) / kPiece);
    return kStreamHeader + text + pieces * kPieceMore;
}

std::string written(const Head& head) {
    std::string text{kMagic};
    text += '\1';
    text += static_cast<char>(head.slots.size());
    text += std::string(2, '\0');
    add(text, head.stream);
    add_number(text, head.number);
    add_number(text, head.body_bytes);
    add(text, head.previous);
    add(text, head.signer);
    for (const Slot& slot : head.slots) {
        add(text, slot.key_id);
        add(text, slot.sealed);
    }
    return text;
}

std::size_t size_of(const Head& head) { return kFixed + head.slots.size() * kSlot; }

std::string to_sign(std::string_view head, std::string_view body) {
    std::string text{kSigned};
    text += head;
    add(text, crypto::sha256(body));
    return text;
}

core::Result<Head> read_head(std::string_view text) {
    if (text.size() < kFixed || !text.starts_with(kMagic))
        return damaged("it is no segment: it does not begin with BGM1");
    text.remove_prefix(kMagic.size());
    const auto form = taken<4>(text);
    if (form[0] != 1)
        return damaged("it has version " + std::to_string(form[0]) + ", this program knows 1");
    if (form[1] < 1 || form[1] > kMostRecipients || form[2] != 0 || form[3] != 0)
        return damaged("its head is not of version 1");
    Head head;
    head.stream = taken<16>(text);
    head.number = taken_number(text);
    head.body_bytes = taken_number(text);
    head.previous = taken<32>(text);
    head.signer = taken<32>(text);
    if (head.number == 0) return damaged("it has no number");
    if (text.size() < form[1] * kSlot) return damaged("it is cut in its head");
    for (int i = 0; i < form[1]; ++i) {
        Slot slot;
        slot.key_id = taken<8>(text);
        slot.sealed = taken<80>(text);
        head.slots.push_back(slot);
    }
    return head;
}

struct Parts {
    Head head;
    std::string_view clear, body, signature;
};

core::Result<Parts> parts_of(std::string_view segment) {
    auto head = read_head(segment);
    if (!head) return head.error();
    const std::size_t begin = size_of(*head);
    if (head->body_bytes > kMostBody || head->body_bytes < body_of(0))
        return damaged("its head gives it an impossible length");
    const auto body = static_cast<std::size_t>(head->body_bytes);
    if (segment.size() != begin + body + kSignature)
        return damaged("it has " + std::to_string(segment.size()) + " bytes, its head says " +
                       std::to_string(begin + body + kSignature) + ": it was cut or added to");
    return Parts{std::move(*head), segment.substr(0, begin), segment.substr(begin, body),
                 segment.substr(begin + body)};
}

core::Result<std::string> open_body(const Parts& parts, std::string_view key) {
    StreamState state;
    if (crypto_secretstream_xchacha20poly1305_init_pull(&state, raw(parts.body), raw(key)) != 0)
        return damaged("its body cannot be opened");
    std::string text;
    text.reserve(parts.body.size());
    std::string piece;
    std::string_view rest = parts.body.substr(kStreamHeader);
    unsigned char tag = 0;
    while (!rest.empty()) {
        if (tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL)
            return damaged("its body goes on behind its end");
        const std::string_view sealed = rest.substr(0, kPiece + kPieceMore);
        rest.remove_prefix(sealed.size());
        if (sealed.size() < kPieceMore) return damaged("its body is cut");
        piece.resize(sealed.size() - kPieceMore);
        if (crypto_secretstream_xchacha20poly1305_pull(&state, raw(piece), nullptr, &tag,
                                                       raw(sealed), sealed.size(), raw(parts.clear),
                                                       parts.clear.size()) != 0)
            return damaged("its body was changed");
        text += piece;
    }
    if (tag != crypto_secretstream_xchacha20poly1305_TAG_FINAL)
        return damaged("its body has no end");
    return text;
}

std::string sealed_body(std::string_view text, std::string_view head, std::string_view key) {
    StreamState state;
    std::string body(kStreamHeader, '\0');
    body.reserve(body_of(text.size()));
    crypto_secretstream_xchacha20poly1305_init_push(&state, raw(body), raw(key));
    std::string piece;
    do {
        const std::string_view clear = text.substr(0, kPiece);
        text.remove_prefix(clear.size());
        piece.resize(clear.size() + kPieceMore);
        crypto_secretstream_xchacha20poly1305_push(
            &state, raw(piece), nullptr, raw(clear), clear.size(), raw(head), head.size(),
            text.empty() ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0);
        body += piece;
    } while (!text.empty());
    sodium_memzero(&state, sizeof state);
    return body;
}

}  // namespace

StreamId fresh_stream() {
    StreamId id;
    randombytes_buf(id.data(), id.size());
    return id;
}

std::string padded(std::string text) {
    text.resize(std::max(kSmallestText, std::bit_ceil(text.size())), '\n');
    return text;
}

core::Result<std::string> seal(const Position& at, std::string_view text,
                               std::span<const crypto::RecipientKey> recipients,
                               const crypto::SigningKey& signer) {
    if (recipients.empty() || recipients.size() > kMostRecipients)
        return core::Error{core::ErrorCode::BadInput, "a segment has one or two recipients"};
    if (body_of(text.size()) > kMostBody)
        return core::Error{core::ErrorCode::TooLarge, "a segment has at most 16 MiB of text"};
    if (sodium_init() < 0)
        return core::Error{core::ErrorCode::Unavailable, "no source of random numbers"};
    std::string key(crypto_secretstream_xchacha20poly1305_KEYBYTES, '\0');
    crypto_secretstream_xchacha20poly1305_keygen(raw(key));
    Head head{at.stream, at.number, body_of(text.size()), at.previous, signer.public_key(), {}};
    for (const crypto::RecipientKey& recipient : recipients) {
        const std::string box = crypto::seal_for(recipient, key);
        Slot slot{id_of(recipient), {}};
        if (box.size() != slot.sealed.size())
            return core::Error{core::ErrorCode::BadInput, "nothing can be sealed for this key"};
        std::memcpy(slot.sealed.data(), box.data(), box.size());
        head.slots.push_back(slot);
    }
    std::string segment = written(head);
    const std::string body = sealed_body(text, segment, key);
    sodium_memzero(key.data(), key.size());
    const crypto::Signature signature = signer.sign(to_sign(segment, body));
    segment += body;
    add(segment, signature);
    return segment;
}

core::Result<Head> checked_head(std::string_view segment) {
    auto parts = parts_of(segment);
    if (!parts) return parts.error();
    std::string_view rest = parts->signature;
    if (!crypto::is_signed_by(parts->head.signer, to_sign(parts->clear, parts->body),
                              taken<64>(rest)))
        return damaged("its signature does not fit: it was changed, or put together");
    return std::move(parts->head);
}

core::Result<std::string> open(std::string_view segment, const crypto::RecipientSecret& secret) {
    const auto parts = parts_of(segment);
    if (!parts) return parts.error();
    const auto ours = id_of(secret.public_key());
    for (const Slot& slot : parts->head.slots) {
        if (slot.key_id != ours) continue;
        auto key =
            secret.open({reinterpret_cast<const char*>(slot.sealed.data()), slot.sealed.size()});
        if (!key) return damaged("the box of this key was changed");
        auto text = open_body(*parts, *key);
        sodium_memzero(key->data(), key->size());
        return text;
    }
    return core::Error{core::ErrorCode::NotFound, "it was sealed for other keys than this one"};
}

}  // namespace bitgrid::mirror
