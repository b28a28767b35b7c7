#include "crypto/age_stream.hpp"

#include <sodium.h>

#include <algorithm>

namespace bitgrid::crypto::age {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 16;
constexpr std::size_t kTag = crypto_aead_chacha20poly1305_ietf_ABYTES;
constexpr std::size_t kNonce = 16;  ///< of the file

class Pieces {
public:
    Pieces(const FileKey& key, std::string_view nonce)
        : key_{derived(key.text(), nonce, "payload")} {}
    Pieces(const Pieces&) = delete;
    Pieces& operator=(const Pieces&) = delete;
    ~Pieces() { sodium_memzero(key_.data(), key_.size()); }

    std::string seal(std::string_view piece, bool is_last) {
        std::string sealed(piece.size() + kTag, '\0');
        counter_.back() = is_last ? 1 : 0;
        crypto_aead_chacha20poly1305_ietf_encrypt(reinterpret_cast<unsigned char*>(sealed.data()),
                                                  nullptr, raw(piece), piece.size(), nullptr, 0,
                                                  nullptr, counter_.data(), key_.data());
        count();
        return sealed;
    }
    core::Result<std::string> open(std::string_view sealed, bool is_last) {
        const core::Error damaged{core::ErrorCode::Damaged, "it was changed or cut"};
        if (sealed.size() < kTag) return damaged;
        std::string piece(sealed.size() - kTag, '\0');
        counter_.back() = is_last ? 1 : 0;
        if (crypto_aead_chacha20poly1305_ietf_decrypt(
                reinterpret_cast<unsigned char*>(piece.data()), nullptr, nullptr, raw(sealed),
                sealed.size(), nullptr, 0, counter_.data(), key_.data()) != 0)
            return damaged;
        // An empty piece is the whole of an empty file, and nothing else.
        if (piece.empty() && !is_first_) return damaged;
        count();
        return piece;
    }

private:
    void count() {
        is_first_ = false;
        for (std::size_t i = counter_.size() - 1; i > 0; --i)
            if (++counter_[i - 1] != 0) return;
    }

    KeyBytes key_;
    std::array<unsigned char, crypto_aead_chacha20poly1305_ietf_NPUBBYTES> counter_{};
    bool is_first_{true};
};

}  // namespace

core::Result<void> Reader::fill(std::size_t size) {
    while (ahead_.size() < size && !has_ended_) {
        const std::size_t before = ahead_.size();
        if (const auto read = source_(ahead_, size - before); !read) return read;
        has_ended_ = ahead_.size() == before;
    }
    return {};
}

core::Result<void> seal_all(const FileKey& key, Reader& from, const Sink& to) {
    std::string nonce(kNonce, '\0');
    randombytes_buf(nonce.data(), nonce.size());
    if (const auto written = to(nonce); !written) return written;
    Pieces pieces{key, nonce};
    for (bool is_last = false; !is_last;) {
        if (const auto filled = from.fill(kPiece + 1); !filled) return filled;
        is_last = from.ahead().size() <= kPiece;
        const auto piece = from.ahead().substr(0, kPiece);
        if (const auto written = to(pieces.seal(piece, is_last)); !written) return written;
        from.drop(piece.size());
    }
    return {};
}

core::Result<void> open_all(const FileKey& key, Reader& from, const Sink& to) {
    if (const auto filled = from.fill(kNonce); !filled) return filled;
    if (from.ahead().size() < kNonce) return core::Error{core::ErrorCode::Damaged, "it was cut"};
    Pieces pieces{key, from.ahead().substr(0, kNonce)};
    from.drop(kNonce);
    for (bool is_last = false; !is_last;) {
        if (const auto filled = from.fill(kPiece + kTag + 1); !filled) return filled;
        is_last = from.ahead().size() <= kPiece + kTag;
        const auto sealed = from.ahead().substr(0, kPiece + kTag);
        const auto piece = pieces.open(sealed, is_last);
        if (!piece) return piece.error();
        if (const auto written = to(*piece); !written) return written;
        from.drop(sealed.size());
    }
    return {};
}

}  // namespace bitgrid::crypto::age
