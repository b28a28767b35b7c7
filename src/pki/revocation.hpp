#pragma once
// Certificates that count no more, as a list that brokers read (CRL). Pure; any thread. Damaged
// says what is wrong with a list that is read.
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "pki/certificate.hpp"

namespace bitgrid::pki {

struct Revoked {
    std::string serial;  ///< hex
    core::UnixTime at{};
};

/// Signed, and valid as long as the authority: a broker whose list has run out lets nobody in.
core::Result<std::string> make_revocations(const Pair& authority, const std::vector<Revoked>&,
                                           core::UnixTime now);
core::Result<std::vector<Revoked>> read_revocations(std::string_view pem);

}  // namespace bitgrid::pki
