#pragma once
// X.509 certificates of a house's own authority: ECDSA P-256, signed with SHA-256. PEM in, PEM out.
// Pure but for random numbers; any thread. What is read may come from anybody: bounded, never an
// exception, Damaged says what is wrong. Texts with a key are secrets: never printed.
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"

namespace bitgrid::pki {

enum class Purpose : std::uint8_t { Authority, Server, Client };

struct Validity {
    core::UnixTime from{};
    core::UnixTime until{};
};

/// What a certificate says.
struct Certificate {
    std::string name;  ///< CN
    Purpose purpose{Purpose::Client};
    std::string serial;  ///< hex, lower case
    Validity valid;
    std::vector<std::string> hosts;  ///< names and addresses that a server answers to
    std::string fingerprint;         ///< SHA-256 of the certificate, hex
};

struct Pair {
    std::string certificate;
    std::string key;
};

/// Whom a certificate is for. `hosts`: only of a server; names and literal addresses.
struct Wanted {
    Purpose purpose{Purpose::Client};
    std::string name;
    std::vector<std::string> hosts{};
    Validity valid{};
};

/// An empty line where it may stand in a certificate: a host name or a literal address; else what
/// is allowed.
std::string objection_to_host(const std::string& host);

core::Result<std::string> make_key();
/// Signed by itself. It signs no other authorities.
core::Result<std::string> make_authority(const std::string& key, const Wanted&);
/// For the public half of `key`.
core::Result<std::string> sign(const Pair& authority, const std::string& key, const Wanted&);

core::Result<Certificate> read_certificate(std::string_view pem);
/// Whether the key is the one of the certificate.
bool belongs_to(std::string_view key, std::string_view certificate);
/// Whether the authority has signed it; says nothing about its time.
bool is_signed_by(std::string_view authority, std::string_view certificate);

}  // namespace bitgrid::pki
