#pragma once
// Who came in, who was refused, who changed what: lines of JSON in `audit.jsonl`, bounded, without
// secrets. What the house decides is in its journal, not here.
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"

namespace bitgrid::accounts {

struct AuditEntry {
    core::UnixTime time{};
    std::string what;    ///< SIGNED_IN, SIGN_IN_FAILED, TOO_MANY_TRIES, SIGNED_OUT, CONFIRMED,
                         ///< ACCOUNT_ADDED, ACCOUNT_CHANGED, ACCOUNT_REMOVED, TOKEN_CREATED,
                         ///< TOKEN_REVOKED, ASKED
    std::string who;     ///< `user:anna`, `token:phone`, `local`, `cli:root`
    std::string peer;    ///< address; empty: this machine's command line
    std::string detail;  ///< whose account, which token, which call
    friend bool operator==(const AuditEntry&, const AuditEntry&) = default;
};

inline constexpr std::size_t kMostAuditBytes = 1 << 20;  ///< of each of the two files

/// One line, without its end. Texts are cut at 200 bytes.
std::string line_of(const AuditEntry&);
core::Result<AuditEntry> entry_of(std::string_view line);

/// Not for the engine thread.
core::Result<void> append_audit(const std::filesystem::path& folder, const AuditEntry&);
/// The newest first, at most so many. What is damaged is left out.
core::Result<std::vector<AuditEntry>> read_audit(const std::filesystem::path& folder,
                                                 std::size_t most);

}  // namespace bitgrid::accounts
