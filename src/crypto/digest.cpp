#include "crypto/digest.hpp"

#include <sodium.h>

#include <algorithm>
#include <fstream>
#include <vector>

namespace bitgrid::crypto {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 16;

const unsigned char* raw(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

Hash sha256(std::string_view text) {
    Hash hash;
    crypto_hash_sha256(hash.data(), raw(text), text.size());
    return hash;
}

std::string sha256_hex(std::string_view text) { return hex(sha256(text)); }

Hash link(const Hash& previous, std::string_view canonical) {
    Hash hash;
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, previous.data(), previous.size());
    crypto_hash_sha256_update(&state, raw(canonical), canonical.size());
    crypto_hash_sha256_final(&state, hash.data());
    return hash;
}

core::Result<Hash> sha256_of_file(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    std::vector<char> piece(kPiece);
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    while (file.read(piece.data(), kPiece) || file.gcount() > 0)
        crypto_hash_sha256_update(&state,
                                  raw({piece.data(), static_cast<std::size_t>(file.gcount())}),
                                  static_cast<unsigned long long>(file.gcount()));
    if (!file.eof() || file.bad())
        return core::Error{core::ErrorCode::Unavailable, path + ": cannot be read"};
    Hash hash;
    crypto_hash_sha256_final(&state, hash.data());
    return hash;
}

std::string hex(Bytes bytes) {
    std::string text(bytes.size() * 2 + 1, '\0');
    sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
    text.pop_back();
    return text;
}

Hash hash_of(Bytes bytes) {
    Hash hash{};
    if (bytes.size() == hash.size()) std::copy(bytes.begin(), bytes.end(), hash.begin());
    return hash;
}

core::Result<Hash> hash_from_hex(std::string_view text) {
    Hash hash{};
    std::size_t written = 0;
    if (text.size() != 2 * hash.size() ||
        sodium_hex2bin(hash.data(), hash.size(), text.data(), text.size(), nullptr, &written,
                       nullptr) != 0 ||
        written != hash.size())
        return core::Error{core::ErrorCode::BadInput, "\"" + std::string{text.substr(0, 80)} +
                                                          "\" is no SHA-256: 64 hex digits are"};
    return hash;
}

}  // namespace bitgrid::crypto
