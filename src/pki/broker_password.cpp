#include "pki/broker_password.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <stdexcept>

namespace bitgrid::pki {
namespace {

constexpr int kRounds = 101;  // Mosquitto's own; against 256 bits of chance more would not help
constexpr std::size_t kSaltBytes = 12;

std::string base64(const unsigned char* bytes, std::size_t size) {
    std::string text(4 * ((size + 2) / 3) + 1, '\0');
    const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes,
                                       static_cast<int>(size));
    text.resize(static_cast<std::size_t>(length));
    return text;
}

}  // namespace

std::string draw_password() {
    std::array<unsigned char, 32> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
        throw std::runtime_error{"no source of random numbers"};
    std::string text;
    for (const unsigned char byte : bytes) {
        constexpr char kDigits[] = "0123456789abcdef";
        text += kDigits[byte >> 4];
        text += kDigits[byte & 15];
    }
    return text;
}

std::string password_line(const std::string& user, const std::string& password) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> salt{};
    const std::string seed = user + ":" + password;
    EVP_Digest(seed.data(), seed.size(), salt.data(), nullptr, EVP_sha256(), nullptr);
    std::array<unsigned char, 64> hash{};
    PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), salt.data(), kSaltBytes,
                      kRounds, EVP_sha512(), static_cast<int>(hash.size()), hash.data());
    return user + ":$7$" + std::to_string(kRounds) + "$" + base64(salt.data(), kSaltBytes) + "$" +
           base64(hash.data(), hash.size()) + "\n";
}

}  // namespace bitgrid::pki
