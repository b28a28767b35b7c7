// Signing in and out, and who is asking.
#include <algorithm>
#include <utility>

#include "api/api_server.hpp"

namespace bitgrid::api {
namespace {

using Json = nlohmann::json;
using accounts::Secret;

constexpr std::int64_t kLateMs = 200;  ///< for each wrong password in a row
constexpr std::int64_t kMostLateMs = 2'000;
constexpr std::size_t kMostLate = 64;           ///< answers that wait
constexpr std::size_t kMostRemembered = 1'000;  ///< that are remembered

// Takes it out of the body, so that no copy stays.
bool take_text(Json& body, const char* key, std::string& value) {
    const auto found = body.find(key);
    if (found == body.end() || !found->is_string()) return false;
    value = std::move(found->get_ref<std::string&>());
    body.erase(found);
    return true;
}

Problem bad_sign_in(const char* allowed) {
    return {400, "BAD_FIELD", std::string{"the body must hold "} + allowed + ", as texts"};
}

const char* word_of(Caller::Kind kind) {
    return kind == Caller::Kind::Session ? "session"
           : kind == Caller::Kind::Local ? "local"
                                         : "token";
}

Json session_json(const Caller& caller) {
    const std::size_t colon = caller.name.find(':');
    return {{"kind", word_of(caller.kind)},
            {"name", colon == std::string::npos ? caller.name : caller.name.substr(colon + 1)},
            {"role", accounts::word_of(caller.role)},
            {"confirmed", caller.is_confirmed},
            {"csrf", caller.csrf.empty() ? Json{} : Json(caller.csrf)}};
}

Problem trouble(const core::Error& error) {
    switch (error.code) {
        case core::ErrorCode::Refused:
            return {401, "WRONG_PASSWORD", error.what};
        case core::ErrorCode::BadInput:
            return {422, "BAD_FIELD", error.what};
        default:
            return {503, "BUSY", error.what, Json::object(), 3};
    }
}

}  // namespace

void ApiServer::settle_sign_in(const Call& call, const std::string& name,
                               const core::Result<std::string>& secret) {
    if (secret) {
        tries_.erase(call.peer);
        access_.give_password_back(call.peer, parts_.clock.mono());
        const auto person = accounts_.person_of(*secret);
        if (!person) return call.refuse({503, "BUSY", "please try again", Json::object(), 1});
        Call signed_in = call;
        signed_in.caller = {person->role,    "user:" + person->name, Caller::Kind::Session,
                            person->session, csrf_of(*secret),       true};
        audit(signed_in, "SIGNED_IN", "");
        net::ServerResponse response = json_response(session_json(signed_in.caller));
        response.headers.emplace_back("Set-Cookie", call.cookie(*secret));
        return call.responder->answer(std::move(response));
    }
    const Problem problem = trouble(secret.error());
    if (problem.status != 401) return call.refuse(problem);
    audit(call, "SIGN_IN_FAILED", accounts::is_name(name) ? name : "");
    if (rejections_->may_be_journalled()) parts_.note(core::AuthFailed{call.peer, problem.code});
    // Each one in a row keeps its answer longer; nobody else waits.
    const std::int64_t late_ms =
        std::min(kMostLateMs, kLateMs * ++tries_of(call.peer).wrong_in_a_row);
    if (late_.size() >= kMostLate) return call.refuse(problem);
    const std::uint64_t id = ++last_late_;
    late_[id] = real_clock_.after(late_ms, [this, id, call, problem] {
        const auto timer = late_.extract(id);
        call.refuse(problem);
    });
}

ApiServer::Tries& ApiServer::tries_of(const std::string& peer) {
    if (tries_.size() >= kMostRemembered) tries_.clear();
    return tries_[peer];
}

bool ApiServer::may_not_try(const Call& call) {
    const auto full = access_.take_password(call.peer, parts_.clock.mono());
    Tries& tries = tries_of(call.peer);
    const bool is_told = std::exchange(tries.is_told, full.has_value());
    if (!full) return false;
    if (!is_told) audit(call, "TOO_MANY_TRIES", "");
    if (!is_told && rejections_->may_be_journalled())
        parts_.note(core::AuthFailed{call.peer, full->code});
    call.refuse(*full);
    return true;
}

void ApiServer::post_login(const Call& call) {
    Json body = call.body;
    std::string name, password;
    const bool is_read = take_text(body, "name", name) && take_text(body, "password", password);
    Secret secret{std::move(password)};
    if (!is_read || body.size() > body.count("command_id") ||
        secret.reveal().size() > accounts::kMostPassword)
        return call.refuse(bad_sign_in("name and password"));
    if (may_not_try(call)) return;
    accounts_.sign_in(name, std::move(secret),
                      [this, call, name](const core::Result<std::string>& done) {
                          settle_sign_in(call, name, done);
                      });
}

void ApiServer::post_first_run(const Call& call) {
    Json body = call.body;
    std::string code, name, password;
    const bool is_read = take_text(body, "code", code) && take_text(body, "name", name) &&
                         take_text(body, "password", password);
    Secret secret{std::move(password)};
    if (!is_read || body.size() > body.count("command_id"))
        return call.refuse(bad_sign_in("code, name and password"));
    if (may_not_try(call)) return;
    accounts_.use_first_run_code(
        code, name, std::move(secret), [this, call, name](const core::Result<std::string>& done) {
            if (done) audit(call, "ACCOUNT_ADDED", name + " admin, with the code of the first run");
            settle_sign_in(call, name, done);
        });
}

void ApiServer::post_logout(const Call& call) {
    if (call.caller.kind == Caller::Kind::Session) {
        accounts_.sign_out(call.caller.session);
        audit(call, "SIGNED_OUT", "");
    }
    net::ServerResponse response = json_response({{"done", true}});
    response.headers.emplace_back("Set-Cookie", call.cookie(""));
    call.responder->answer(std::move(response));
}

void ApiServer::get_session(const Call& call) { call.answer(session_json(call.caller)); }

void ApiServer::post_confirm(const Call& call) {
    if (call.caller.kind != Caller::Kind::Session)
        return call.refuse({403, "PERSON_NEEDED", "only a session has a password to show"});
    Json body = call.body;
    std::string password;
    const bool is_read = take_text(body, "password", password);
    Secret secret{std::move(password)};
    if (!is_read || secret.reveal().size() > accounts::kMostPassword)
        return call.refuse(bad_sign_in("password"));
    if (may_not_try(call)) return;
    accounts_.confirm(call.caller.session, std::move(secret),
                      [this, call](const core::Result<void>& done) {
                          if (!done && done.error().code == core::ErrorCode::Refused) {
                              audit(call, "SIGN_IN_FAILED", "confirming");
                              return call.refuse({403, "WRONG_PASSWORD", "the password is wrong"});
                          }
                          if (!done) return call.refuse(trouble(done.error()));
                          access_.give_password_back(call.peer, parts_.clock.mono());
                          audit(call, "CONFIRMED", "");
                          Caller caller = call.caller;
                          caller.is_confirmed = true;
                          call.answer(session_json(caller));
                      });
}

void ApiServer::post_ticket(const Call& call) {
    call.answer({{"ticket", access_.ticket_for(call.caller, parts_.clock.mono())},
                 {"valid_s", Access::kTicketS}});
}

void ApiServer::audit(const Call& call, const char* what, const std::string& detail) {
    accounts_.note({{}, what, call.caller.name, call.peer, detail});
}

void ApiServer::watch(const std::shared_ptr<net::Channel>& channel, const Caller& caller) {
    watched_.push_back({channel, caller});
}

// Every few seconds, and whenever accounts or tokens have changed.
void ApiServer::look_who_may_stay() {
    std::vector<std::shared_ptr<net::Channel>> go;
    std::erase_if(watched_, [&](const Watched& one) {
        const auto channel = one.channel.lock();
        if (channel == nullptr || !channel->is_open()) return true;
        if (access_.is_still(one.caller)) return false;
        go.push_back(channel);
        return true;
    });
    for (const auto& channel : go) channel->close();
}

}  // namespace bitgrid::api
