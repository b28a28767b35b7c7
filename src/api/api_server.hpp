#pragma once
// REST, WebSocket, event stream and page of the controller. Shows, and hands wishes on; decides
// nothing.
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api/access.hpp"
#include "api/api_config.hpp"
#include "api/call.hpp"
#include "api/feed.hpp"
#include "api/ledger.hpp"
#include "api/rejections.hpp"
#include "api/static_files.hpp"
#include "net/asio_clock.hpp"
#include "ports/announcer.hpp"
#include "ports/clock.hpp"
#include "ports/control.hpp"
#include "ports/exports.hpp"
#include "ports/journal.hpp"
#include "ports/kpis.hpp"
#include "ports/live_view.hpp"
#include "ports/settings.hpp"
#include "ports/what_if.hpp"

namespace bitgrid::api {

/// Engine thread only; everything handed in must outlive it.
class ApiServer final : public ports::Announcer {
public:
    struct Parts {
        ports::House& house;
        ports::Control& control;
        ports::History& history;
        ports::WhatIf& what_if;
        ports::Clock& clock;
        ports::HealthSink& health;                  ///< part `api`: bad calls
        std::function<void(core::Happening)> note;  ///< failed logins and the like, for the journal
        nlohmann::json config = nlohmann::json::object();  ///< what may be shown of it, by file
        ports::Settings* settings{nullptr};                ///< reads it again; null: it is fixed
        ports::Exports* exports{nullptr};                  ///< null: nothing is given away here
        ports::Kpis* kpis{nullptr};                        ///< null: no figures are computed here
        std::string folder{};  ///< of accounts, sessions and audit log; empty: none are kept
        accounts::PasswordCost cost{};
    };

    ApiServer(boost::asio::io_context&, Parts, ApiConfig);
    ~ApiServer() { stop(); }

    /// Listens. An error says which address or token is wrong, or that the port is busy.
    core::Result<void> start();
    void stop();
    /// Another configuration holds: this may be shown of it.
    void show_config(nlohmann::json config) { parts_.config = std::move(config); }
    std::uint16_t port() const { return server_.port(); }
    std::size_t readers() const { return feed_.readers(); }
    /// Number of the newest message of the feed.
    std::int64_t sequence() const { return feed_.sequence(); }
    /// The code of the first run, where it was made just now; for the console, this once.
    const std::string& first_run_code() const { return first_run_code_; }

    /// The OpenAPI document of all routes, with the schemas in it.
    static nlohmann::json open_api();

    void told(const core::Event&, const ports::Receipt*) override;
    void changed() override;

private:
    using Handling = void(const Call&);
    using Handler = Handling ApiServer::*;
    struct Query {
        const char* key;
        const char* meaning;
        nlohmann::json schema;
    };
    enum class Door : std::uint8_t {
        Open,        ///< anybody
        SignIn,      ///< anybody, from our own page
        Credential,  ///< whoever has the role
        Confirmed,   ///< and, with a session, has shown the password in the last minutes
        Person,      ///< and has signed in: no token
    };
    struct Needs {
        Role role{Role::Observer};
        Door door{Door::Credential};
    };
    struct Route {
        const char* method;
        const char* path;  ///< below /api/v1; `{…}` stands for one segment
        Needs needs;
        Handler handler;
        const char* summary;
        const char* answer;  ///< its schema: `live`, `live/load` for one of its $defs; or `file`
        const char* body{""};
        std::vector<Query> query{};
    };
    static const std::vector<Route>& routes();

    void handle(const net::ServerRequest&, const std::shared_ptr<net::Responder>&);
    void handle_api(const net::ServerRequest&, Call);
    void serve_page(const net::ServerRequest&, const Call&);
    void refuse_path(const net::ServerRequest&, Call, const std::string& allowed);
    std::optional<Problem> admit(const net::ServerRequest&, Act, Caller&);
    std::optional<Problem> admit_to(const Route&, const net::ServerRequest&, Call&);
    static std::optional<Problem> read_query(const net::ServerRequest&, const std::vector<Query>&,
                                             Call&);
    static std::optional<Problem> read_body(const net::ServerRequest&, Call&);
    std::optional<Problem> take_turn(const Route&, const Call&);
    void dispatch(const Route&, const net::ServerRequest&, Call);
    void open_feed(const net::ServerRequest&, Call, Feed::Form);
    void beat();

    // What can be read (read_routes.cpp).
    Handling get_state, get_loads, get_load, get_timeline, get_decision, get_explanation,
        get_energy_paths, get_devices, get_health, get_ready, get_live, get_config, get_version,
        get_open_api, get_metrics;

    // What can be asked for (write_routes.cpp).
    Handling post_override, delete_override, put_autonomy, post_emergency_stop, post_acknowledge,
        post_accept, post_drill;
    Handling post_config_reload, post_config_check;  // config_routes.cpp
    Handling get_preview, post_preview;              // preview_routes.cpp: only looks
    Handling get_kpi;                                // kpi_routes.cpp
    Handling put_research, post_export, get_exports, get_export, get_history_files,
        get_history_file, get_archive_file;  // research_routes.cpp
    bool is_research_refused(const Call&) const;
    // Who comes in (session_routes.cpp), and who may (people_routes.cpp).
    Handling post_login, post_first_run, post_logout, get_session, post_confirm, post_ticket;
    Handling get_users, post_user, put_user, delete_user, get_tokens, post_token, delete_token,
        get_audit;
    struct Tries;
    Tries& tries_of(const std::string& peer);
    void settle_sign_in(const Call&, const std::string& name, const core::Result<std::string>&);
    void settle_change(const Call&, const char* what, const std::string& detail,
                       const core::Result<void>&);
    /// Refuses it where its address has tried too often.
    bool may_not_try(const Call&);
    void audit(const Call&, const char* what, const std::string& detail);
    accounts::Accounts::World accounts_world();
    void watch(const std::shared_ptr<net::Channel>&, const Caller&);
    void look_who_may_stay();
    /// Does it unless it was done for its command_id; `act` gets the id and where the answer goes.
    using Settle = std::function<void(const net::ServerResponse&)>;
    void once_for(const Call&, const std::function<void(const std::string&, Settle)>& act);
    void once(const Call&, const std::function<void(const std::string&, ports::Answer)>& act);

    nlohmann::json live() const;
    std::shared_ptr<const std::string> state_text();
    /// What is made once for all who ask in one turn of the loop.
    struct Turn {
        std::shared_ptr<const std::string> state;
    };

    boost::asio::io_context& io_;
    Parts parts_;
    ApiConfig config_;
    Access access_;
    StaticFiles files_;
    Feed feed_;
    net::HttpServer server_;
    net::AsioClock
        real_clock_;  ///< a beat shows that the line stands, however fast the house lives
    std::unique_ptr<ports::Timer> beat_;
    std::shared_ptr<Turn> turn_{std::make_shared<Turn>()};
    std::shared_ptr<Ledger> ledger_;
    std::shared_ptr<Rejections> rejections_;
    struct Watched {
        std::weak_ptr<net::Channel> channel;
        Caller caller;
    };
    std::vector<Watched> watched_;  ///< connections that last, and who reads there
    struct Tries {
        int wrong_in_a_row{0};
        bool is_told{false};  ///< that there were too many
    };
    std::map<std::string, Tries> tries_;  ///< at passwords, by peer; bounded
    std::map<std::uint64_t, std::unique_ptr<ports::Timer>> late_;  ///< answers that wait
    std::uint64_t last_late_{0};
    std::string first_run_code_;
    accounts::Accounts accounts_;
};

}  // namespace bitgrid::api
