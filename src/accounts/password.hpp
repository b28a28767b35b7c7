#pragma once
// Passwords as Argon2id keeps them (libsodium, "moderate": 3 passes over 256 MiB). Slow and large
// on purpose: never on the engine thread, never two at once.
#include <string>

#include "accounts/secret.hpp"
#include "core/result.hpp"

namespace bitgrid::accounts {

/// What a new hash costs whoever guesses; a hash says its own.
struct PasswordCost {
    unsigned passes{3};
    std::size_t memory{256U << 20U};  ///< bytes
};

inline constexpr std::size_t kLeastPassword = 10;  ///< bytes
inline constexpr std::size_t kMostPassword = 256;  ///< bytes

/// BadInput names the rule that a new password breaks.
core::Result<void> check_new_password(const Secret&);

/// The text to keep. Unavailable where the host has not enough memory left for it: the controller
/// must not die for somebody who signs in.
core::Result<std::string> hash_password(const Secret&, PasswordCost = {});

/// Refused: it is another one. Unavailable as above. An empty `hash`, of somebody who does not
/// exist, takes as long as one of `cost`.
core::Result<void> verify_password(const Secret&, const std::string& hash, PasswordCost = {});

}  // namespace bitgrid::accounts
