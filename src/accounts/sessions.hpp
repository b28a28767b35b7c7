#pragma once
// Who is signed in: 256 random bits in a cookie each, of which only the SHA-256 is kept. A session
// ends after 12 hours without a call, after 30 days, with its account, or with its password.
#include <map>
#include <string>
#include <string_view>

#include "accounts/book.hpp"

namespace bitgrid::accounts {

struct Session {
    std::string account;
    std::string stamp;  ///< of the account's password
    core::UnixTime created{};
    core::UnixTime seen{};
    core::UnixTime confirmed{};  ///< when the password was shown last
    friend bool operator==(const Session&, const Session&) = default;
};

/// Engine thread only. The clock is that of the wall: a session outlives the program.
class Sessions {
public:
    static constexpr std::int64_t kIdleMs = 12 * 3'600'000;
    static constexpr std::int64_t kLongestMs = 30 * kDayMs;
    static constexpr std::int64_t kConfirmedMs = 5 * 60'000;
    static constexpr std::size_t kMost = 200;             ///< the one that was idle longest goes
    static constexpr std::int64_t kKeptMs = 10 * 60'000;  ///< `seen` is written that often

    /// The secret for the cookie.
    std::string begin(const Account&, core::UnixTime now);
    /// By its secret; null where there is none or it has ended. `hash` is its name from then on.
    Session* find(std::string_view secret, core::UnixTime now, std::string& hash);
    Session* by_hash(const std::string& hash, core::UnixTime now);
    void end(const std::string& hash);
    /// Those whose account is gone or has another password; whether there were any.
    bool end_those_unlike(const Book&);
    std::size_t of(const std::string& account) const;
    const std::map<std::string, Session>& all() const { return sessions_; }

    std::string text() const;
    /// Damaged: none is taken, everybody signs in again.
    core::Result<void> read(std::string_view text);
    /// Something is to be written.
    bool is_changed{false};

private:
    static bool has_ended(const Session&, core::UnixTime now);
    std::map<std::string, Session> sessions_;  ///< by hash
};

}  // namespace bitgrid::accounts
