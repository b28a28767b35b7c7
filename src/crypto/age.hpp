#pragma once
// Encryption in the format of age (age-encryption.org/v1), so that whoever has the key needs
// nothing of ours: `age --decrypt` opens what is written here, and what `age` writes is opened
// here. For recipients with a key pair (X25519), or for whoever knows a passphrase (scrypt).
// Binary, no armour. Any thread; each call blocks. Memory: some 64 KiB, and 2^work_factor KiB for a
// passphrase. Files appear whole or not at all. Source: https://c2sp.org/age
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace bitgrid::crypto::age {

/// Both as text: `AGE-SECRET-KEY-1…` and `age1…`.
struct KeyPair {
    std::string identity;
    std::string recipient;
};
KeyPair make_key_pair();

/// BadInput where the text is no `age1…`.
core::Result<void> check_recipient(std::string_view);
/// The public half. BadInput where the text is no `AGE-SECRET-KEY-1…`; it is not repeated.
core::Result<std::string> recipient_of(std::string_view identity);
/// The identities of a key file, one a line; empty lines and those with # do not count.
core::Result<std::vector<std::string>> identities_in(std::string_view text);

inline constexpr int kWorkFactor = 18;      ///< as age has it: 256 MiB, about a second
inline constexpr int kMostWorkFactor = 20;  ///< of a file that is read: 1 GiB

/// Who may read: every one of the recipients, or, without any, who knows the passphrase.
struct Lock {
    std::vector<std::string> recipients;
    std::string passphrase;
    int work_factor{kWorkFactor};  ///< log2, 1 to kMostWorkFactor
};
/// What opens: one of the identities, or the passphrase.
struct Key {
    std::vector<std::string> identities;
    std::string passphrase;
};

/// The new file belongs to its owner alone (0600) and replaces one of that name at once, when it is
/// on disk. BadInput: a lock without recipients and passphrase, or with both. Unavailable: a file.
core::Result<void> encrypt_file(const std::string& from, const std::string& to, const Lock&);
/// BadInput: no age file. TooLarge: a header or work beyond our bounds. Refused: the key does not
/// fit. Damaged: it was changed or cut. Unavailable: a file. Nothing is left of a failure.
core::Result<void> decrypt_file(const std::string& from, const std::string& to, const Key&);

/// The same for what is small enough for memory.
core::Result<std::string> encrypt(std::string_view, const Lock&);
core::Result<std::string> decrypt(std::string_view, const Key&);

}  // namespace bitgrid::crypto::age
