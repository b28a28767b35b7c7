#include "crypto/digest.hpp"

#include <openssl/evp.h>
#include <sodium.h>

#include <algorithm>
#include <fstream>
#include <vector>

namespace bitgrid::crypto {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 16;

// OpenSSL's, because it uses the instructions that processors have for it: a year of history is
// gigabytes.
const EVP_MD* algorithm() {
    static EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return sha256;
}

// Made once in a thread: millions of links are checked.
Sha256& at_once() {
    thread_local Sha256 digest;
    return digest;
}

}  // namespace

Sha256::Sha256() : context_{EVP_MD_CTX_new()} {
    EVP_DigestInit_ex2(context_.get(), algorithm(), nullptr);
}

void Sha256::Free::operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }

void Sha256::add(const void* data, std::size_t size) {
    EVP_DigestUpdate(context_.get(), data, size);
}

Hash Sha256::finish() {
    Hash hash;
    EVP_DigestFinal_ex(context_.get(), hash.data(), nullptr);
    EVP_DigestInit_ex2(context_.get(), algorithm(), nullptr);
    return hash;
}

Hash sha256(std::string_view text) {
    Sha256& digest = at_once();
    digest.add(text.data(), text.size());
    return digest.finish();
}

std::string sha256_hex(std::string_view text) { return hex(sha256(text)); }

Hash link(const Hash& previous, std::string_view canonical) {
    Sha256& digest = at_once();
    digest.add(previous.data(), previous.size());
    digest.add(canonical.data(), canonical.size());
    return digest.finish();
}

core::Result<Hash> sha256_of_file(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    std::vector<char> piece(kPiece);
    Sha256 digest;
    while (file.read(piece.data(), kPiece) || file.gcount() > 0)
        digest.add(piece.data(), static_cast<std::size_t>(file.gcount()));
    if (!file.eof() || file.bad())
        return core::Error{core::ErrorCode::Unavailable, path + ": cannot be read"};
    return digest.finish();
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
