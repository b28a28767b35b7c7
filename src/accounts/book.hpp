#pragma once
// Who may come in: accounts with a role, named tokens, and the code of the first run. Only values
// and what may be done to them.
#include <string>
#include <vector>

#include "accounts/role.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace bitgrid::accounts {

inline constexpr std::size_t kMostAccounts = 50;
inline constexpr std::size_t kMostTokens = 100;
inline constexpr std::int64_t kDayMs = 86'400'000;

struct Account {
    std::string name;
    Role role{Role::Observer};
    std::string password;  ///< Argon2id, as libsodium writes it
    std::string stamp;     ///< new with every password: sessions of the one before end
    core::UnixTime created{};
    friend bool operator==(const Account&, const Account&) = default;
};

struct Token {
    std::string name;
    Role role{Role::Observer};
    std::string hash;  ///< SHA-256, 64 hex digits
    core::UnixTime created{};
    core::UnixTime expires{};
    std::string made_by;
    friend bool operator==(const Token&, const Token&) = default;
};

/// Every change is refused with words, and then has changed nothing.
struct Book {
    std::vector<Account> accounts;
    std::vector<Token> tokens;
    std::string first_run;  ///< SHA-256 of a code that is still unused; else empty

    const Account* find(const std::string& name) const;
    core::Result<void> add(Account);
    core::Result<void> set_password(const std::string& name, std::string hash, std::string stamp);
    core::Result<void> set_role(const std::string& name, Role);
    /// The last admin goes only with the last account.
    core::Result<void> remove(const std::string& name);
    core::Result<void> add(Token);
    core::Result<void> revoke(const std::string& name);
    friend bool operator==(const Book&, const Book&) = default;
};

/// 1 to 40 of a-z, 0-9, `.`, `_`, `-`, beginning with a letter or digit.
bool is_name(const std::string&);

}  // namespace bitgrid::accounts
