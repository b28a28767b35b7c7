#include "crypto/signing_key.hpp"

#include <sodium.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "crypto/digest.hpp"
#include "files/whole_file.hpp"

namespace bitgrid::crypto {
namespace {

namespace fs = std::filesystem;
using Seed = std::array<unsigned char, crypto_sign_SEEDBYTES>;

// Private before the first byte is in it.
core::Result<void> keep(const std::string& path, const std::string& text, mode_t mode) {
    return files::write_whole(path, text, {".new", mode});
}

template <std::size_t Size>
core::Result<std::array<unsigned char, Size>> from_hex(std::string_view text, const char* what) {
    std::array<unsigned char, Size> bytes{};
    std::size_t written = 0;
    if (text.size() != 2 * Size ||
        sodium_hex2bin(bytes.data(), Size, text.data(), text.size(), nullptr, &written, nullptr) !=
            0 ||
        written != Size)
        return core::Error{core::ErrorCode::BadInput,
                           std::string{what} + " has " + std::to_string(2 * Size) +
                               " hex digits; found \"" + std::string{text.substr(0, 140)} + "\""};
    return bytes;
}

core::Result<void> keep_secret(const std::string& path, Seed& seed) {
    std::string text = hex(seed) + "\n";
    const auto kept = keep(path, text, 0600);
    sodium_memzero(text.data(), text.size());
    sodium_memzero(seed.data(), seed.size());
    return kept;
}

std::string first_line(const std::string& path) {
    std::ifstream file{path};
    std::string line;
    std::getline(file, line);
    return line;
}

}  // namespace

SigningKey SigningKey::from_seed(const Seed& seed) {
    SigningKey key;
    crypto_sign_seed_keypair(key.public_.data(), key.secret_.data(), seed.data());
    return key;
}

core::Result<SigningKey> SigningKey::load(const std::string& folder) {
    return load_file(folder + "/device.key");
}

core::Result<SigningKey> SigningKey::load_file(const std::string& path) {
    std::error_code error;
    if (!fs::exists(path, error))
        return core::Error{core::ErrorCode::NotFound, "no key at " + path};
    std::string line = first_line(path);
    const auto seed = from_hex<crypto_sign_SEEDBYTES>(line, "a key");
    sodium_memzero(line.data(), line.size());
    if (!seed) return core::Error{core::ErrorCode::Damaged, path + " is no key of this program"};
    return from_seed(*seed);
}

core::Result<SigningKey> SigningKey::load_or_make(const std::string& folder) {
    auto known = load(folder);
    if (known || known.error().code != core::ErrorCode::NotFound) return known;
    if (sodium_init() < 0)
        return core::Error{core::ErrorCode::Unavailable, "no source of random numbers"};
    std::error_code error;
    fs::create_directories(folder, error);
    ::chmod(folder.c_str(), S_IRWXU);
    Seed seed;
    randombytes_buf(seed.data(), seed.size());
    SigningKey key = from_seed(seed);
    const auto open = keep(folder + "/device.pub", hex(key.public_) + "\n", 0644);
    if (!open) return open.error();
    const auto secret = keep_secret(folder + "/device.key", seed);
    if (!secret) return secret.error();
    return key;
}

core::Result<SigningKey> SigningKey::make_file(const std::string& path) {
    if (sodium_init() < 0)
        return core::Error{core::ErrorCode::Unavailable, "no source of random numbers"};
    std::error_code error;
    if (fs::exists(fs::symlink_status(path, error)))
        return core::Error{core::ErrorCode::Refused,
                           path + " is there already; a key never replaces another file"};
    Seed seed;
    randombytes_buf(seed.data(), seed.size());
    SigningKey key = from_seed(seed);
    if (const auto kept = keep_secret(path, seed); !kept) return kept.error();
    return key;
}

SigningKey::~SigningKey() { sodium_memzero(secret_.data(), secret_.size()); }

Signature SigningKey::sign(std::string_view text) const {
    Signature signature;
    crypto_sign_detached(signature.data(), nullptr,
                         reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                         secret_.data());
    return signature;
}

bool is_signed_by(const PublicKey& key, std::string_view text, const Signature& signature) {
    return crypto_sign_verify_detached(signature.data(),
                                       reinterpret_cast<const unsigned char*>(text.data()),
                                       text.size(), key.data()) == 0;
}

core::Result<PublicKey> public_key_from_hex(std::string_view text) {
    return from_hex<crypto_sign_PUBLICKEYBYTES>(text, "a public key");
}

core::Result<Signature> signature_from_hex(std::string_view text) {
    return from_hex<crypto_sign_BYTES>(text, "a signature");
}

}  // namespace bitgrid::crypto
