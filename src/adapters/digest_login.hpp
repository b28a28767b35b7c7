#pragma once
// HTTP digest login with SHA-256 (RFC 7616), as Shelly plugs of the second generation ask for it.
#include <string>

#include "adapters/digest_challenge.hpp"

namespace bitgrid::adapters {

struct DigestUser {
    std::string name;
    std::string password;
};

struct DigestRequest {
    std::string method;
    std::string path;  ///< with its query
};

/// The value of Authorization. `count`: how often this challenge has been answered, from 1.
/// `client_nonce`: empty takes a random one.
std::string answer_challenge(const DigestChallenge&, const DigestUser&, const DigestRequest&,
                             unsigned count, std::string client_nonce = {});

}  // namespace bitgrid::adapters
