#pragma once
// The pair of keys of somebody far away: with the public half anybody seals, with the secret half,
// which is not on this device, only its owner opens. X25519, sealed boxes of libsodium. Both are
// written as words in which a typing mistake shows. Any thread.
#include <array>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace bitgrid::crypto {

struct RecipientKey {
    std::array<unsigned char, 32> bytes{};
    friend bool operator==(const RecipientKey&, const RecipientKey&) = default;
};

/// `bgm1_`, 64 hex digits of the key, 8 of its check sum.
std::string text_of(const RecipientKey&);
/// BadInput says what is wrong with it.
core::Result<RecipientKey> recipient_key_from_text(std::string_view);
/// Four groups of hex digits, to compare with the eye: the beginning of the key's SHA-256.
std::string fingerprint(const RecipientKey&);

/// Wiped when it goes.
class RecipientSecret {
public:
    static core::Result<RecipientSecret> make();
    /// From a file of keep(). BadInput where it is none, Unavailable where it cannot be read.
    static core::Result<RecipientSecret> load(const std::string& path);
    /// A new file, readable by its owner alone. Refused where there is one already.
    core::Result<void> keep(const std::string& path) const;

    const RecipientKey& public_key() const { return public_; }
    /// What was sealed for this key. Damaged where it was not, or was changed.
    core::Result<std::string> open(std::string_view sealed) const;

    RecipientSecret(RecipientSecret&&) noexcept = default;
    RecipientSecret& operator=(RecipientSecret&&) = delete;
    ~RecipientSecret();

private:
    RecipientSecret() = default;

    std::array<unsigned char, 32> secret_{};
    RecipientKey public_{};
};

/// 48 bytes longer than the text; each time others. Empty where nothing can be sealed for the key.
std::string seal_for(const RecipientKey&, std::string_view text);

}  // namespace bitgrid::crypto
