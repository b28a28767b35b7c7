#include "crypto/recipient_key.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "crypto/digest.hpp"

namespace bitgrid::crypto {
namespace {

constexpr std::string_view kPublic = "bgm1_";
constexpr std::string_view kSecret = "bgm1secret_";
constexpr std::size_t kCheckBytes = 4;

const unsigned char* octets(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string check_of(std::string_view word, const std::array<unsigned char, 32>& bytes) {
    std::string all{word};
    all.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const Hash hash = sha256(all);
    sodium_memzero(all.data(), all.size());
    return hex({hash.data(), kCheckBytes});
}

std::string written(std::string_view word, const std::array<unsigned char, 32>& bytes) {
    return std::string{word} + hex(bytes) + check_of(word, bytes);
}

// What stands there is not repeated: it may be a secret.
core::Result<std::array<unsigned char, 32>> read(std::string_view word, std::string_view text) {
    const std::string allowed = std::string{word} + " and 72 hex digits, as keygen wrote it";
    const auto wrong = [&](const char* what) {
        return core::Error{core::ErrorCode::BadInput, what + ("; allowed: " + allowed)};
    };
    if (!text.starts_with(word)) return wrong("it does not begin like a key");
    text.remove_prefix(word.size());
    std::array<unsigned char, 32 + kCheckBytes> bytes{};
    std::size_t size = 0;
    if (text.size() != 2 * bytes.size() ||
        sodium_hex2bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &size,
                       nullptr) != 0 ||
        size != bytes.size())
        return wrong("it is not as long as a key, or has other signs than hex digits");
    std::array<unsigned char, 32> key{};
    std::memcpy(key.data(), bytes.data(), key.size());
    if (check_of(word, key) != hex({bytes.data() + key.size(), kCheckBytes}))
        return wrong("a digit of it is wrong: its check sum does not fit");
    return key;
}

core::Error not_had(const std::string& path, int number) {
    return {core::ErrorCode::Unavailable, path + ": " + std::strerror(number)};
}

}  // namespace

std::string text_of(const RecipientKey& key) { return written(kPublic, key.bytes); }

core::Result<RecipientKey> recipient_key_from_text(std::string_view text) {
    const auto bytes = read(kPublic, text);
    if (!bytes) return bytes.error();
    const RecipientKey key{*bytes};
    // A few points give everybody the same shared secret.
    if (seal_for(key, "").empty())
        return core::Error{core::ErrorCode::BadInput, "this is nobody's key"};
    return key;
}

std::string fingerprint(const RecipientKey& key) {
    constexpr std::size_t kGroups = 4;
    const Hash hash = sha256({reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size()});
    const std::string digits = hex(hash);
    std::string text;
    for (std::size_t i = 0; i < kGroups; ++i) text += (i == 0 ? "" : "-") + digits.substr(4 * i, 4);
    return text;
}

core::Result<RecipientSecret> RecipientSecret::make() {
    if (sodium_init() < 0)
        return core::Error{core::ErrorCode::Unavailable, "no source of random numbers"};
    RecipientSecret made;
    crypto_box_keypair(made.public_.bytes.data(), made.secret_.data());
    return made;
}

core::Result<RecipientSecret> RecipientSecret::load(const std::string& path) {
    std::ifstream file{path};
    if (!file) return not_had(path, errno);
    constexpr std::size_t kLongest = 200;
    std::string line(kLongest, '\0');
    for (int i = 0; i < 10 && file.getline(line.data(), kLongest); ++i) {
        const std::string_view text{line.c_str()};
        if (!text.starts_with(kSecret)) continue;
        const auto bytes = read(kSecret, text);
        sodium_memzero(line.data(), line.size());
        if (!bytes) return core::Error{core::ErrorCode::BadInput, path + ": " + bytes.error().what};
        RecipientSecret key;
        key.secret_ = *bytes;
        crypto_scalarmult_base(key.public_.bytes.data(), key.secret_.data());
        return key;
    }
    return core::Error{core::ErrorCode::BadInput, path + " holds no secret key of a mirror"};
}

core::Result<void> RecipientSecret::keep(const std::string& path) const {
    const int file =
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0 && errno == EEXIST)
        return core::Error{core::ErrorCode::Refused, path + " is there already: name another file"};
    if (file < 0) return not_had(path, errno);
    std::string text = "# Opens what a BitGridAI mirror sealed for " + text_of(public_) +
                       "\n# Fingerprint " + fingerprint(public_) +
                       ". Keep it away from the device that is mirrored.\n" +
                       written(kSecret, secret_) + "\n";
    const bool is_kept =
        ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
        ::fsync(file) == 0;
    const int number = errno;
    sodium_memzero(text.data(), text.size());
    ::close(file);
    if (is_kept) return {};
    ::unlink(path.c_str());
    return not_had(path, number);
}

core::Result<std::string> RecipientSecret::open(std::string_view sealed) const {
    const core::Error not_ours{core::ErrorCode::Damaged, "it was not sealed for this key"};
    if (sealed.size() < crypto_box_SEALBYTES) return not_ours;
    std::string text(sealed.size() - crypto_box_SEALBYTES, '\0');
    if (crypto_box_seal_open(reinterpret_cast<unsigned char*>(text.data()), octets(sealed),
                             sealed.size(), public_.bytes.data(), secret_.data()) != 0)
        return not_ours;
    return text;
}

RecipientSecret::~RecipientSecret() { sodium_memzero(secret_.data(), secret_.size()); }

std::string seal_for(const RecipientKey& key, std::string_view text) {
    std::string sealed(text.size() + crypto_box_SEALBYTES, '\0');
    if (crypto_box_seal(reinterpret_cast<unsigned char*>(sealed.data()), octets(text), text.size(),
                        key.bytes.data()) != 0)
        sealed.clear();
    return sealed;
}

}  // namespace bitgrid::crypto
