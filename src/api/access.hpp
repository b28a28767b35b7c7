#pragma once
// Who may ask what: host and origin against rebinding and foreign pages, tokens with roles, a limit
// on writes.
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "accounts/accounts.hpp"
#include "api/api_config.hpp"
#include "api/problem.hpp"
#include "core/time.hpp"
#include "net/allowance.hpp"
#include "net/http_server.hpp"

namespace bitgrid::api {

using Role = accounts::Role;

struct Caller {
    enum class Kind : std::uint8_t {
        Local,    ///< of this machine, where nobody has to sign in
        Line,     ///< a token of api.yaml
        Token,    ///< a token of accounts.json
        Session,  ///< a person who has signed in
    };
    Role role{Role::Observer};
    std::string name;  ///< `token:phone`, `user:anna` or `local`
    Kind kind{Kind::Local};
    std::string session{};     ///< SHA-256 of its secret
    std::string csrf{};        ///< what an unsafe call by its cookie must carry; empty: no cookie
    bool is_confirmed{false};  ///< the password was shown in the last minutes
};

/// How a call asks to be let in.
enum class Act : std::uint8_t {
    Look,    ///< a safe method
    Write,   ///< an unsafe one
    Socket,  ///< a WebSocket, which no header can protect
};

/// Engine thread only. Secrets are compared by their hashes, in constant time.
class Access {
public:
    /// A token line that cannot be read is refused here: nobody is let in by mistake.
    static core::Result<Access> from(const ApiConfig&, std::uint16_t port);
    /// Who has an account; must outlive this.
    void know(accounts::Accounts& accounts) { accounts_ = &accounts; }

    /// Whether who comes must show who it is.
    bool is_closed() const;
    /// Only whether the name that was asked for is one of ours.
    std::optional<Problem> check_host(const net::ServerRequest&) const;
    /// The caller, or the problem that answers it: host, origin, credential, CSRF, in this order.
    /// An address has ten wrong tokens in a minute; then it is let in only with one that it has
    /// used before, so that a right guess does not show.
    std::optional<Problem> check(const net::ServerRequest&, Act, core::MonoTime now, Caller&);
    /// For signing in: host, and the page must be our own.
    std::optional<Problem> check_sign_in(const net::ServerRequest&) const;
    /// Whether a caller that was let in may still do what it could; for connections that last.
    bool is_still(const Caller&);

    /// Takes one of the caller's writes; the problem where there are none left.
    std::optional<Problem> take_write(const std::string& caller, core::MonoTime now);
    /// The same for what stops: ten times as many, because nobody should want for one.
    std::optional<Problem> take_stop(const std::string& caller, core::MonoTime now);
    /// One of the caller's previews: they change nothing, so they do not count as writes.
    std::optional<Problem> take_preview(const std::string& caller, core::MonoTime now);
    /// One of ten tries of an address at a password in a minute, before it is known to be wrong.
    std::optional<Problem> take_password(const std::string& peer, core::MonoTime now);
    /// It was right: the try is given back.
    void give_password_back(const std::string& peer, core::MonoTime now);
    /// For 30 s and one WebSocket: so much as the caller may do.
    std::string ticket_for(const Caller&, core::MonoTime now);
    /// One of allowed_origins: its pages may read the answers, too.
    bool is_named_origin(const std::string& origin) const;
    /// Behind a proxy or on a free port: the port under which the page is opened.
    void set_port(std::uint16_t port) { port_ = port; }

    static constexpr int kTicketS = 30;

private:
    struct Token {
        std::string name;
        Role role;
        std::string hash;
        std::set<std::string> peers{};  ///< addresses that have used it
    };
    struct Ticket {
        Caller caller;
        core::MonoTime until;
    };
    /// Of the page that asks.
    enum class Origin : std::uint8_t { Own, Named, Missing, Foreign };

    net::Allowance& allowance(const std::string& key, double per_minute, core::MonoTime now);
    std::optional<Problem> take(const std::string& key, double per_minute, core::MonoTime now,
                                const std::string& what);
    bool is_known_host(std::string host) const;
    Origin origin_of(const net::ServerRequest&) const;
    std::optional<Problem> identify(const net::ServerRequest&, Act, core::MonoTime now, Caller&);
    nlohmann::json ways_in() const;
    bool find_token(const std::string& presented, Caller&, std::set<std::string>*& peers);
    std::optional<Problem> meet(const std::string& peer, std::set<std::string>*,
                                core::MonoTime now);
    bool take_ticket(const std::string& presented, core::MonoTime now, Caller&);

    ApiConfig config_;
    std::uint16_t port_{0};
    std::vector<Token> tokens_;
    accounts::Accounts* accounts_{nullptr};
    std::map<std::string, std::set<std::string>>
        peers_of_;                           ///< of tokens in accounts.json, by hash
    std::map<std::string, Ticket> tickets_;  ///< by hash
    std::map<std::string, net::Allowance> allowances_;
};

/// Whether the request offers this WebSocket subprotocol.
bool offers_protocol(const net::ServerRequest&, std::string_view name);

/// The secret of a session in the request's cookie; empty where there is none, or more than one.
std::string session_cookie(const net::ServerRequest&);
/// `Set-Cookie` for a new secret; an empty one ends it.
std::string cookie_line(const net::ServerRequest&, const std::string& secret);
/// What the page of that session must send with whatever changes something.
std::string csrf_of(const std::string& secret);

}  // namespace bitgrid::api
