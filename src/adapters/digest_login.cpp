#include "adapters/digest_login.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <cstdio>
#include <map>
#include <span>

namespace bitgrid::adapters {
namespace {

constexpr std::size_t kLongestHeader = 2048;

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

std::string lowered(std::string_view text) {
    std::string out;
    for (const char c : text) out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return out;
}

// name=value or name="value", apart by commas; quotes and line breaks inside of values are refused
// by stopping there, so that nothing of them can end up in our own header.
std::map<std::string, std::string> parameters(std::string_view text) {
    std::map<std::string, std::string> found;
    while (found.size() < 16) {
        const std::size_t begin = text.find_first_not_of(" ,\t");
        const std::size_t equals = text.find('=');
        if (begin == std::string_view::npos || equals == std::string_view::npos || equals < begin)
            return found;
        const std::string name = lowered(text.substr(begin, equals - begin));
        text.remove_prefix(equals + 1);
        const bool is_quoted = text.starts_with('"');
        if (is_quoted) text.remove_prefix(1);
        const std::size_t end = text.find(is_quoted ? '"' : ',');
        if (is_quoted && end == std::string_view::npos) return found;
        const std::string_view value = text.substr(0, end);
        if (value.find_first_of("\\\r\n") != std::string_view::npos) return found;
        found.emplace(name, value);
        if (end == std::string_view::npos) return found;
        text.remove_prefix(end + 1);
    }
    return found;
}

}  // namespace

core::Result<DigestChallenge> read_challenge(std::string_view header) {
    constexpr std::string_view kScheme = "digest ";
    if (header.size() > kLongestHeader || lowered(header.substr(0, kScheme.size())) != kScheme)
        return core::Error{core::ErrorCode::Unavailable, "it wants another login than digest"};
    auto values = parameters(header.substr(kScheme.size()));
    if (lowered(values["algorithm"]) != "sha-256" ||
        values["qop"].find("auth") == std::string::npos)
        return core::Error{core::ErrorCode::Unavailable,
                           "it wants another digest than SHA-256 with qop auth"};
    if (values["nonce"].empty())
        return core::Error{core::ErrorCode::Damaged, "its digest challenge has no nonce"};
    return DigestChallenge{values["realm"], values["nonce"], values["opaque"]};
}

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
