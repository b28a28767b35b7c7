#pragma once
// How an HTTP server asks for a digest login with SHA-256 (RFC 7616).
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace bitgrid::adapters {

/// None of it has quotes, backslashes or line breaks.
struct DigestChallenge {
    std::string realm;
    std::string nonce;
    std::string opaque;
};

/// The value of WWW-Authenticate; pure, any bytes. Unavailable where another way to log in is
/// wanted than digest with SHA-256 and qop auth, Damaged where it makes no sense.
core::Result<DigestChallenge> read_challenge(std::string_view header);

}  // namespace bitgrid::adapters
