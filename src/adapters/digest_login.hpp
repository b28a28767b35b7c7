#pragma once
// HTTP digest login with SHA-256 (RFC 7616), as Shelly plugs of the second generation ask for it.
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace bitgrid::adapters {

struct DigestChallenge {
    std::string realm;
    std::string nonce;
    std::string opaque;
};

struct DigestUser {
    std::string name;
    std::string password;
};

struct DigestRequest {
    std::string method;
    std::string path;  ///< with its query
};

/// The value of WWW-Authenticate; pure, any bytes. Unavailable where another way to log in is
/// wanted than digest with SHA-256 and qop auth, Damaged where it makes no sense.
core::Result<DigestChallenge> read_challenge(std::string_view header);

/// The value of Authorization. `count`: how often this challenge has been answered, from 1.
/// `client_nonce`: empty takes a random one.
std::string answer_challenge(const DigestChallenge&, const DigestUser&, const DigestRequest&,
                             unsigned count, std::string client_nonce = {});

}  // namespace bitgrid::adapters
