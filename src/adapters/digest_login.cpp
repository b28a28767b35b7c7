#include "adapters/digest_login.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <cstdio>
#include <span>

namespace bitgrid::adapters {
namespace {

std::string hex(std::span<const unsigned char> bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out;
    for (const unsigned char byte : bytes) {
        out += kDigits[byte >> 4];
        out += kDigits[byte & 0xF];
    }
    return out;
}

std::string sha256(const std::string& text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
    return hex(std::span{digest}.first(size));
}

std::string random_nonce() {
    std::array<unsigned char, 16> bytes{};
    RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
    return hex(bytes);
}

}  // namespace

std::string answer_challenge(const DigestChallenge& challenge, const DigestUser& user,
                             const DigestRequest& request, unsigned count,
                             std::string client_nonce) {
    if (client_nonce.empty()) client_nonce = random_nonce();
    char number[9];
    std::snprintf(number, sizeof number, "%08x", count);
    const std::string who = sha256(user.name + ":" + challenge.realm + ":" + user.password);
    const std::string what = sha256(request.method + ":" + request.path);
    const std::string response =
        sha256(who + ":" + challenge.nonce + ":" + number + ":" + client_nonce + ":auth:" + what);
    std::string out = "Digest username=\"" + user.name + "\", realm=\"" + challenge.realm +
                      "\", nonce=\"" + challenge.nonce + "\", uri=\"" + request.path +
                      "\", algorithm=SHA-256, qop=auth, nc=" + number + ", cnonce=\"" +
                      client_nonce + "\", response=\"" + response + "\"";
    if (!challenge.opaque.empty()) out += ", opaque=\"" + challenge.opaque + "\"";
    return out;
}

}  // namespace bitgrid::adapters
