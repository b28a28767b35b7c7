// Who may come in: accounts and tokens, and the log of who did.
#include "api/api_server.hpp"
#include "crypto/digest.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::api {
namespace {

using Json = nlohmann::json;
using accounts::Book;
using accounts::Secret;

constexpr std::int64_t kMostDays = 3'650;
constexpr std::int64_t kUsualDays = 365;

std::optional<std::string> text_in(const Json& body, const char* key) {
    const auto found = body.find(key);
    if (found == body.end() || !found->is_string()) return std::nullopt;
    return found->get<std::string>();
}

std::optional<Problem> unknown_key(const Json& body,
                                   std::initializer_list<std::string_view> known) {
    for (const auto& [key, value] : body.items())
        if (std::find(known.begin(), known.end(), key) == known.end())
            return Problem{400, "UNKNOWN_FIELD", "unknown field \"" + key.substr(0, 40) + "\""};
    return std::nullopt;
}

Problem bad(const std::string& what) { return {400, "BAD_FIELD", what}; }

std::optional<Role> role_in(const Json& body) {
    const auto word = text_in(body, "role");
    return word ? accounts::role_of(*word) : std::nullopt;
}

const Problem kBadRole = bad("\"role\" must be " + std::string{accounts::kRoleWords});

Problem problem_of(const core::Error& error) {
    switch (error.code) {
        case core::ErrorCode::Refused:
            return {409, "NOT_CHANGED", error.what};
        case core::ErrorCode::NotFound:
            return {404, "NOT_FOUND", error.what};
        case core::ErrorCode::BadInput:
            return {422, "BAD_FIELD", error.what};
        default:
            return {503, "BUSY", error.what, Json::object(), 3};
    }
}

}  // namespace

void ApiServer::settle_change(const Call& call, const char* what, const std::string& detail,
                              const core::Result<void>& done) {
    if (!done) return call.refuse(problem_of(done.error()));
    audit(call, what, detail);
    call.answer({{"done", true}});
}

void ApiServer::get_users(const Call& call) {
    Json items = Json::array();
    for (const accounts::Account& one : accounts_.book().accounts)
        items.push_back({{"name", one.name},
                         {"role", accounts::word_of(one.role)},
                         {"created", wire::time_text(one.created)},
                         {"sessions", accounts_.sessions_of(one.name)}});
    call.answer({{"items", std::move(items)}});
}

void ApiServer::post_user(const Call& call) {
    if (const auto problem = unknown_key(call.body, {"name", "role", "password", "command_id"}))
        return call.refuse(*problem);
    const auto name = text_in(call.body, "name"), password = text_in(call.body, "password");
    const auto role = role_in(call.body);
    if (!role) return call.refuse(kBadRole);
    if (!name || !password) return call.refuse(bad("\"name\" and \"password\" must be texts"));
    const std::string detail = *name + " " + std::string{accounts::word_of(*role)};
    accounts_.add_account(*name, *role, Secret{*password},
                          [this, call, detail](const core::Result<void>& done) {
                              settle_change(call, "ACCOUNT_ADDED", detail, done);
                          });
}

void ApiServer::put_user(const Call& call) {
    if (const auto problem = unknown_key(call.body, {"role", "password", "command_id"}))
        return call.refuse(*problem);
    const auto password = text_in(call.body, "password");
    const auto role = role_in(call.body);
    const std::string name = call.param;
    if (password && !call.body.contains("role"))
        return accounts_.set_password(
            name, Secret{*password}, [this, call, name](const core::Result<void>& done) {
                settle_change(call, "ACCOUNT_CHANGED", name + " password", done);
            });
    if (!role) return call.refuse(kBadRole);
    if (call.body.contains("password"))
        return call.refuse(bad("either \"role\" or \"password\", one at a time"));
    accounts_.change([name, role](Book& book) { return book.set_role(name, *role); },
                     [this, call, name, role](const core::Result<void>& done) {
                         settle_change(call, "ACCOUNT_CHANGED",
                                       name + " " + std::string{accounts::word_of(*role)}, done);
                     });
}

void ApiServer::delete_user(const Call& call) {
    const std::string name = call.param;
    accounts_.change([name](Book& book) { return book.remove(name); },
                     [this, call, name](const core::Result<void>& done) {
                         settle_change(call, "ACCOUNT_REMOVED", name, done);
                     });
}

void ApiServer::get_tokens(const Call& call) {
    Json items = Json::array();
    for (const accounts::Token& one : accounts_.book().tokens)
        items.push_back({{"name", one.name},
                         {"role", accounts::word_of(one.role)},
                         {"created", wire::time_text(one.created)},
                         {"expires", wire::time_text(one.expires)},
                         {"made_by", one.made_by}});
    call.answer({{"items", std::move(items)}});
}

void ApiServer::post_token(const Call& call) {
    if (const auto problem = unknown_key(call.body, {"name", "role", "days", "command_id"}))
        return call.refuse(*problem);
    const auto name = text_in(call.body, "name");
    const auto role = role_in(call.body);
    if (!role) return call.refuse(kBadRole);
    if (!name) return call.refuse(bad("\"name\" must be a text"));
    const Json days = call.body.value("days", Json(kUsualDays));
    if (!days.is_number_integer() || days < 1 || days > kMostDays)
        return call.refuse(bad("\"days\" must be a whole number from 1 to 3650"));
    const core::UnixTime now = parts_.clock.wall();
    const std::string secret = accounts::random_secret("bg_");
    const accounts::Token token{*name,
                                *role,
                                crypto::sha256_hex(secret),
                                now,
                                now + days.get<std::int64_t>() * accounts::kDayMs,
                                call.caller.name};
    accounts_.change([token](Book& book) { return book.add(token); },
                     [this, call, token, secret](const core::Result<void>& done) {
                         if (!done) return call.refuse(problem_of(done.error()));
                         audit(call, "TOKEN_CREATED",
                               token.name + " " + std::string{accounts::word_of(token.role)});
                         call.answer({{"name", token.name},
                                      {"role", accounts::word_of(token.role)},
                                      {"expires", wire::time_text(token.expires)},
                                      {"token", secret}},
                                     201);
                     });
}

void ApiServer::delete_token(const Call& call) {
    const std::string name = call.param;
    accounts_.change([name](Book& book) { return book.revoke(name); },
                     [this, call, name](const core::Result<void>& done) {
                         settle_change(call, "TOKEN_REVOKED", name, done);
                     });
}

void ApiServer::get_audit(const Call& call) {
    Problem problem;
    const auto limit = whole_number(call, "limit", 50, {1, 1'000}, problem);
    if (!limit) return call.refuse(problem);
    accounts_.read_audit(static_cast<std::size_t>(*limit),
                         [call](const core::Result<std::vector<accounts::AuditEntry>>& entries) {
                             if (!entries) return call.refuse(problem_of(entries.error()));
                             Json items = Json::array();
                             for (const accounts::AuditEntry& one : *entries)
                                 items.push_back({{"time", wire::time_text(one.time)},
                                                  {"what", one.what},
                                                  {"who", one.who},
                                                  {"peer", one.peer},
                                                  {"detail", one.detail}});
                             call.answer({{"items", std::move(items)}});
                         });
}

}  // namespace bitgrid::api
