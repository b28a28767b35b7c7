#pragma once
// Who may ask what: host and origin against rebinding and foreign pages, tokens with roles, a limit
// on writes.
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "api/api_config.hpp"
#include "api/problem.hpp"
#include "core/time.hpp"
#include "net/allowance.hpp"
#include "net/http_server.hpp"

namespace bitgrid::api {

enum class Role : std::uint8_t { Observer, Operator };

struct Caller {
    Role role{Role::Observer};
    std::string name;  ///< `token:phone` or `local`
};

/// Engine thread only. Tokens are compared by their hashes, in constant time.
class Access {
public:
    /// A token line that cannot be read is refused here: nobody is let in by mistake.
    static core::Result<Access> from(const ApiConfig&, std::uint16_t port);

    /// Only whether the name that was asked for is one of ours.
    std::optional<Problem> check_host(const net::ServerRequest&) const;
    /// The caller, or the problem that answers it. `is_write`: an unsafe method or a WebSocket.
    /// An address has ten wrong tokens in a minute; then it is let in only with one that it has
    /// used before, so that a right guess does not show.
    std::optional<Problem> check(const net::ServerRequest&, bool is_write, core::MonoTime now,
                                 Caller&);
    /// Takes one of the caller's writes; the problem where there are none left.
    std::optional<Problem> take_write(const std::string& caller, core::MonoTime now);
    /// The same for what stops: ten times as many, because nobody should want for one.
    std::optional<Problem> take_stop(const std::string& caller, core::MonoTime now);
    /// One of the caller's previews: they change nothing, so they do not count as writes.
    std::optional<Problem> take_preview(const std::string& caller, core::MonoTime now);
    /// One of allowed_origins: its pages may read the answers, too.
    bool is_named_origin(const std::string& origin) const;
    /// Behind a proxy or on a free port: the port under which the page is opened.
    void set_port(std::uint16_t port) { port_ = port; }

private:
    struct Token {
        std::string name;
        Role role;
        std::string hash;
        std::set<std::string> peers{};  ///< addresses that have used it
    };

    net::Allowance& allowance(const std::string& key, double per_minute, core::MonoTime now);
    std::optional<Problem> take(const std::string& key, double per_minute, core::MonoTime now,
                                const std::string& what);
    bool is_known_host(std::string host) const;
    bool is_allowed_origin(const net::ServerRequest&) const;
    std::optional<Problem> identify(const net::ServerRequest&, core::MonoTime now, Caller&);
    std::optional<Problem> meet(const std::string& peer, Token*, core::MonoTime now);

    ApiConfig config_;
    std::uint16_t port_{0};
    std::vector<Token> tokens_;
    std::map<std::string, net::Allowance> allowances_;
};

/// Whether the request offers this WebSocket subprotocol.
bool offers_protocol(const net::ServerRequest&, std::string_view name);

}  // namespace bitgrid::api
