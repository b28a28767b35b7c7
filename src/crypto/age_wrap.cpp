#include "crypto/age_wrap.hpp"

#include <sodium.h>

#include <algorithm>
#include <charconv>

namespace bitgrid::crypto::age {
namespace {

constexpr std::string_view kRecipient = "age";
constexpr std::string_view kIdentity = "age-secret-key-";
constexpr std::string_view kX25519 = "age-encryption.org/v1/X25519";
constexpr std::string_view kScrypt = "age-encryption.org/v1/scrypt";
constexpr std::size_t kSalt = 16;
constexpr std::size_t kWrapped = 16 + crypto_aead_chacha20poly1305_ietf_ABYTES;
constexpr std::uint32_t kBlocks = 8;  ///< scrypt's r; its p is 1
constexpr unsigned char kZeros[crypto_aead_chacha20poly1305_ietf_NPUBBYTES] = {};

template <std::size_t Size>
std::string_view text_of(const std::array<unsigned char, Size>& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), Size};
}

KeyBytes hmac(std::string_view key, std::initializer_list<std::string_view> parts) {
    KeyBytes sum;
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, raw(key), key.size());
    for (const std::string_view part : parts)
        crypto_auth_hmacsha256_update(&state, raw(part), part.size());
    crypto_auth_hmacsha256_final(&state, sum.data());
    return sum;
}

std::string sealed(const KeyBytes& with, const FileKey& key) {
    std::string body(kWrapped, '\0');
    crypto_aead_chacha20poly1305_ietf_encrypt(reinterpret_cast<unsigned char*>(body.data()),
                                              nullptr, key.bytes.data(), key.bytes.size(), nullptr,
                                              0, nullptr, kZeros, with.data());
    return body;
}

std::optional<FileKey> opened(const KeyBytes& with, const std::string& body) {
    FileKey key;
    if (body.size() != kWrapped || crypto_aead_chacha20poly1305_ietf_decrypt(
                                       key.bytes.data(), nullptr, nullptr, raw(body), body.size(),
                                       nullptr, 0, kZeros, with.data()) != 0)
        return std::nullopt;
    return key;
}

/// Of the secret of one side and the public half of the other. Nothing: a point that gives away
/// everything.
std::optional<KeyBytes> agreed(const KeyBytes& secret, const KeyBytes& other,
                               const std::string& salt) {
    KeyBytes shared;
    if (crypto_scalarmult(shared.data(), secret.data(), other.data()) != 0) return std::nullopt;
    const KeyBytes key = derived(text_of(shared), salt, kX25519);
    sodium_memzero(shared.data(), shared.size());
    return key;
}

KeyBytes public_half(const KeyBytes& secret) {
    KeyBytes half;
    crypto_scalarmult_base(half.data(), secret.data());
    return half;
}

core::Error no_recipient(std::string_view text) {
    return {core::ErrorCode::BadInput, "\"" + std::string{text.substr(0, 80)} +
                                           "\" is no recipient; allowed: age1 and 58 letters"};
}

core::Result<Stanza> for_recipient(const FileKey& key, const std::string& recipient) {
    const auto theirs = from_bech32(kRecipient, recipient);
    if (!theirs) return no_recipient(recipient);
    KeyBytes secret;
    randombytes_buf(secret.data(), secret.size());
    const KeyBytes share = public_half(secret);
    const auto with =
        agreed(secret, *theirs, std::string{text_of(share)} + std::string{text_of(*theirs)});
    sodium_memzero(secret.data(), secret.size());
    if (!with) return no_recipient(recipient);
    return Stanza{{"X25519", base64(text_of(share))}, sealed(*with, key)};
}

core::Result<KeyBytes> stretched(const std::string& passphrase, std::string_view salt, int factor) {
    const std::string all = std::string{kScrypt} + std::string{salt};
    KeyBytes key;
    if (crypto_pwhash_scryptsalsa208sha256_ll(raw(passphrase), passphrase.size(), raw(all),
                                              all.size(), std::uint64_t{1} << factor, kBlocks, 1,
                                              key.data(), key.size()) != 0)
        return core::Error{core::ErrorCode::Unavailable,
                           "a passphrase with work factor " + std::to_string(factor) + " needs " +
                               std::to_string((1U << factor) / 1'024) + " MiB of memory"};
    return key;
}

core::Result<Stanza> for_passphrase(const FileKey& key, const Lock& lock) {
    if (lock.work_factor < 1 || lock.work_factor > kMostWorkFactor)
        return core::Error{core::ErrorCode::BadInput,
                           "work factor " + std::to_string(lock.work_factor) + "; allowed: 1 to " +
                               std::to_string(kMostWorkFactor)};
    std::array<unsigned char, kSalt> salt;
    randombytes_buf(salt.data(), salt.size());
    const auto with = stretched(lock.passphrase, text_of(salt), lock.work_factor);
    if (!with) return with.error();
    return Stanza{{"scrypt", base64(text_of(salt)), std::to_string(lock.work_factor)},
                  sealed(*with, key)};
}

std::optional<FileKey> try_identity(const Stanza& stanza, const KeyBytes& identity) {
    const auto share = stanza.words.size() == 2 ? from_base64(stanza.words[1]) : std::nullopt;
    if (!share || share->size() != KeyBytes{}.size()) return std::nullopt;
    KeyBytes theirs;
    std::copy(share->begin(), share->end(), theirs.begin());
    const KeyBytes ours = public_half(identity);
    const auto with = agreed(identity, theirs, *share + std::string{text_of(ours)});
    return with ? opened(*with, stanza.body) : std::nullopt;
}

core::Result<int> work_factor_of(const std::string& word) {
    int factor = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), factor);
    if (error != std::errc{} || end != word.data() + word.size() || word[0] == '0' || factor < 1)
        return core::Error{core::ErrorCode::BadInput, "no age file: its work factor is no number"};
    if (factor > kMostWorkFactor)
        return core::Error{core::ErrorCode::TooLarge,
                           "its passphrase wants work factor " + std::to_string(factor) +
                               "; allowed is up to " + std::to_string(kMostWorkFactor)};
    return factor;
}

core::Error refused(const char* what) { return {core::ErrorCode::Refused, what}; }

core::Result<FileKey> by_passphrase(const Header& header, const std::string& passphrase) {
    const Stanza& stanza = header.stanzas.front();
    if (stanza.words[0] != "scrypt")
        return refused("it is encrypted to a key pair: an identity opens it, no passphrase");
    const auto salt = stanza.words.size() == 3 ? from_base64(stanza.words[1]) : std::nullopt;
    if (!salt || salt->size() != kSalt || header.stanzas.size() != 1)
        return core::Error{core::ErrorCode::BadInput,
                           "no age file: a passphrase stands alone, with salt and work factor"};
    const auto factor = work_factor_of(stanza.words[2]);
    if (!factor) return factor.error();
    const auto with = stretched(passphrase, *salt, *factor);
    if (!with) return with.error();
    const auto key = opened(*with, stanza.body);
    if (!key) return refused("the passphrase is another one");
    return *key;
}

core::Result<FileKey> by_identities(const Header& header,
                                    const std::vector<std::string>& identities) {
    if (header.stanzas.front().words[0] == "scrypt")
        return refused("it is encrypted with a passphrase: no identity opens it");
    for (const std::string& text : identities) {
        auto identity = from_bech32(kIdentity, text);
        if (!identity)
            return core::Error{core::ErrorCode::BadInput,
                               "an identity is AGE-SECRET-KEY-1 and 58 letters"};
        for (const Stanza& stanza : header.stanzas)
            if (stanza.words[0] == "X25519")
                if (const auto key = try_identity(stanza, *identity)) {
                    sodium_memzero(identity->data(), identity->size());
                    return *key;
                }
        sodium_memzero(identity->data(), identity->size());
    }
    return refused("it is encrypted to other keys than this one");
}

}  // namespace

FileKey FileKey::fresh() {
    FileKey key;
    randombytes_buf(key.bytes.data(), key.bytes.size());
    return key;
}

FileKey::~FileKey() { sodium_memzero(bytes.data(), bytes.size()); }

KeyBytes derived(std::string_view key, std::string_view salt, std::string_view info) {
    const KeyBytes middle = hmac(salt, {key});
    return hmac(text_of(middle), {info, "\x01"});
}

KeyBytes header_sum(const FileKey& key, std::string_view summed) {
    return hmac(text_of(derived(key.text(), "", "header")), {summed});
}

core::Result<std::vector<Stanza>> wrap(const FileKey& key, const Lock& lock) {
    if (lock.recipients.empty() == lock.passphrase.empty())
        return core::Error{core::ErrorCode::BadInput,
                           "a file is encrypted to recipients or with a passphrase"};
    if (lock.recipients.size() > kMostStanzas)
        return core::Error{core::ErrorCode::TooLarge, "more than 256 recipients"};
    std::vector<Stanza> stanzas;
    if (lock.recipients.empty()) {
        auto stanza = for_passphrase(key, lock);
        if (!stanza) return stanza.error();
        stanzas.push_back(std::move(stanza).value());
    }
    for (const std::string& recipient : lock.recipients) {
        auto stanza = for_recipient(key, recipient);
        if (!stanza) return stanza.error();
        stanzas.push_back(std::move(stanza).value());
    }
    return stanzas;
}

core::Result<FileKey> unwrap(const Header& header, const Key& key) {
    auto file_key = key.passphrase.empty() ? by_identities(header, key.identities)
                                           : by_passphrase(header, key.passphrase);
    if (!file_key) return file_key;
    const KeyBytes sum = header_sum(*file_key, header.summed);
    if (sodium_memcmp(sum.data(), header.sum.data(), sum.size()) != 0)
        return core::Error{core::ErrorCode::Damaged, "its header was changed"};
    return file_key;
}

KeyPair make_key_pair() {
    KeyBytes secret;
    randombytes_buf(secret.data(), secret.size());
    KeyPair pair{bech32(kIdentity, secret), bech32(kRecipient, public_half(secret))};
    sodium_memzero(secret.data(), secret.size());
    for (char& c : pair.identity)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return pair;
}

core::Result<void> check_recipient(std::string_view text) {
    if (!from_bech32(kRecipient, text)) return no_recipient(text);
    return {};
}

core::Result<std::string> recipient_of(std::string_view identity) {
    const auto secret = from_bech32(kIdentity, identity);
    if (!secret)
        return core::Error{core::ErrorCode::BadInput,
                           "an identity is AGE-SECRET-KEY-1 and 58 letters"};
    return bech32(kRecipient, public_half(*secret));
}

core::Result<std::vector<std::string>> identities_in(std::string_view text) {
    std::vector<std::string> identities;
    for (std::size_t at = 0, number = 1; at < text.size(); ++number) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        auto line = text.substr(at, end - at);
        at = end + 1;
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty() || line[0] == '#') continue;
        if (!from_bech32(kIdentity, line))
            return core::Error{core::ErrorCode::BadInput,
                               "line " + std::to_string(number) +
                                   " is no identity: AGE-SECRET-KEY-1 and 58 letters"};
        identities.emplace_back(line);
    }
    if (identities.empty())
        return core::Error{core::ErrorCode::BadInput, "there is no AGE-SECRET-KEY-1… in it"};
    return identities;
}

}  // namespace bitgrid::crypto::age
