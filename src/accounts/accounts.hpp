#pragma once
// Accounts, tokens and sessions of a running daemon: looked up at once, changed and hashed on two
// side threads. What `bitgrid user` and `bitgrid token` change in the folder holds within a second.
#include <filesystem>
#include <memory>
#include <optional>

#include "accounts/audit.hpp"
#include "accounts/book_file.hpp"
#include "accounts/password.hpp"
#include "accounts/secret.hpp"
#include "accounts/sessions.hpp"
#include "accounts/side_thread.hpp"

namespace bitgrid::accounts {

/// A session that holds, with what its account may do now.
struct Person {
    std::string name;
    Role role{Role::Observer};
    std::string session;  ///< SHA-256 of the secret
    bool is_confirmed{false};
};

/// Engine thread only; every answer comes there, never after this has gone. Refused: a wrong name
/// or password, or what Book refuses. Unavailable: too many wait for a password to be checked, no
/// memory, no disk. With an empty folder nothing is kept, and nobody has an account.
class Accounts {
public:
    struct World {
        std::function<void(std::function<void()>)> post;  ///< to the engine thread
        std::function<core::UnixTime()> wall;
        /// Somebody may do less or more than before.
        std::function<void()> changed = [] {};
        /// Empty: all is well again.
        std::function<void(const std::string&)> trouble = [](const std::string&) {};
        /// Asked twice a second on a side thread, for other files that may change.
        SideThread::Job often = [] {};
        PasswordCost cost{};
    };
    using Done = std::function<void(core::Result<void>)>;
    using SignedIn = std::function<void(core::Result<std::string>)>;  ///< the secret for the cookie

    Accounts(std::filesystem::path folder, World);
    ~Accounts();

    /// Before the engine starts: reads what there is. `wants_somebody`: makes the code of the first
    /// run where there is no account; it comes back, this once.
    core::Result<std::string> open(bool wants_somebody);

    /// There is an account or a token, or nobody knows because the file is damaged.
    bool is_closed() const {
        return is_damaged_ || !book_.accounts.empty() || !book_.tokens.empty();
    }
    const Book& book() const { return book_; }
    std::size_t sessions_of(const std::string& account) const { return sessions_.of(account); }

    const Token* token_of(const std::string& presented) const;
    bool is_unexpired(const Token& token) const { return world_.wall() < token.expires; }
    std::optional<Person> person_of(const std::string& secret);
    std::optional<Person> person_by_session(const std::string& session);

    void sign_in(const std::string& name, Secret password, SignedIn);
    void use_first_run_code(const std::string& code, std::string name, Secret password, SignedIn);
    void confirm(const std::string& session, Secret password, Done);
    void sign_out(const std::string& session);

    void add_account(std::string name, Role, Secret password, Done);
    void set_password(std::string name, Secret password, Done);
    /// Anything else; `change` runs on a side thread.
    void change(ChangeBook, Done);

    void note(AuditEntry);
    void read_audit(std::size_t most, std::function<void(core::Result<std::vector<AuditEntry>>)>);

private:
    void hash(Secret password, std::function<void(core::Result<std::string>)>);
    void verify(Secret password, std::string against, Done);
    void take(core::Result<Book>);
    void look_again();
    void keep_sessions();
    std::optional<Person> person(Session*, std::string hash);

    std::shared_ptr<bool> is_alive_{std::make_shared<bool>(true)};
    std::filesystem::path folder_;
    World world_;
    /// For answers: runs it on the engine thread unless this has gone.
    const std::function<void(std::function<void()>)> home_;
    Book book_;
    Sessions sessions_;
    bool is_damaged_{false};
    std::string mark_;  ///< of the file as it was read last; the files' thread
    SideThread hashing_;
    SideThread files_;
};

}  // namespace bitgrid::accounts
