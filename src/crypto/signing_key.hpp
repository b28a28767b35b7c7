#pragma once
// The device's Ed25519 key: what was signed with it was written here and is unchanged since. The
// private half never leaves its file but in an encrypted backup. Any thread.
#include <array>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace bitgrid::crypto {

using PublicKey = std::array<unsigned char, 32>;
using Signature = std::array<unsigned char, 64>;

class SigningKey {
public:
    /// Reads `<folder>/device.key`, or makes it where there is none, readable by its owner alone.
    /// The public half lies beside it as `device.pub`, hex. Damaged: it is no key. Unavailable: it
    /// cannot be read or made.
    static core::Result<SigningKey> load_or_make(const std::string& folder);
    /// As above, but NotFound where there is none.
    static core::Result<SigningKey> load(const std::string& folder);
    /// A key of its own file, not that of a device: NotFound, Damaged.
    static core::Result<SigningKey> load_file(const std::string& path);
    /// A new one in a new file, for its owner alone; Refused where there is a file already.
    static core::Result<SigningKey> make_file(const std::string& path);

    Signature sign(std::string_view text) const;
    const PublicKey& public_key() const { return public_; }

    SigningKey(SigningKey&&) noexcept = default;
    SigningKey& operator=(SigningKey&&) = delete;
    ~SigningKey();  ///< wipes it

private:
    SigningKey() = default;
    static SigningKey from_seed(const std::array<unsigned char, 32>& seed);

    std::array<unsigned char, 64> secret_{};
    PublicKey public_{};
};

bool is_signed_by(const PublicKey&, std::string_view text, const Signature&);

/// BadInput where they are not hex digits of the right number.
core::Result<PublicKey> public_key_from_hex(std::string_view);
core::Result<Signature> signature_from_hex(std::string_view);

}  // namespace bitgrid::crypto
