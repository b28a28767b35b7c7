#pragma once
// What `bitgrid doctor` looks at: each check has an id, what is wanted, what to do otherwise, and a
// look that changes nothing. Any thread; blocks on the disk and, on this machine, on `nft`, `sshd`.
#include <span>

#include "doctor/finding.hpp"
#include "doctor/house.hpp"
#include "doctor/machine.hpp"

namespace bitgrid::doctor {

/// A text of a table, in both languages.
struct Words {
    const char* en;
    const char* de;
};

struct Check {
    const char* id;
    Words wanted;
    Words fix;
    Seen (*look)(const Machine&, const House&);
};

std::span<const Check> network_checks();
std::span<const Check> system_checks();
std::span<const Check> service_checks();
std::span<const Check> house_checks();
std::span<const Check> broker_checks();

/// All of them, in the order in which people read them. A fault in a look is a finding, too.
Findings examine(const Machine&, const House&);

/// Unknown, with the reason in words: hidden from this user, not there, not readable.
Seen unreadable(const core::Error&);

inline constexpr const char* kService = "bitgrid.service";
inline constexpr const char* kGuard = "bitgrid-guard.service";
inline constexpr const char* kGateway = "bitgrid-gateway.service";
inline constexpr const char* kFirewall = "bitgrid-firewall.service";

}  // namespace bitgrid::doctor
