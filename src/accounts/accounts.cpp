#include "accounts/accounts.hpp"

#include <sodium.h>

#include <stdexcept>

#include "accounts/book_json.hpp"
#include "accounts/password.hpp"
#include "accounts/private_file.hpp"
#include "crypto/digest.hpp"

namespace bitgrid::accounts {
namespace {

constexpr std::size_t kMostHashes = 6;  ///< that wait; a second each
constexpr std::size_t kMostFileJobs = 256;
constexpr int kLookMs = 500;
constexpr std::size_t kMostSessionBytes = 131'072;

const core::Error kBusy{core::ErrorCode::Unavailable,
                        "too many passwords wait to be checked; please try again in a moment"};

bool is_same(const std::string& a, const std::string& b) {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

Accounts::Accounts(std::filesystem::path folder, World world)
    : folder_{std::move(folder)},
      world_{std::move(world)},
      home_{[post = world_.post, alive = std::weak_ptr{is_alive_}](std::function<void()> call) {
          post([alive, call = std::move(call)] {
              if (!alive.expired()) call();
          });
      }},
      hashing_{{kMostHashes, false, 0, {}}},
      files_{{kMostFileJobs, true, kLookMs, [this] { look_again(); }}} {
    if (sodium_init() < 0) throw std::runtime_error{"no source of randomness"};
}

// The threads use what is declared before them.
Accounts::~Accounts() {
    is_alive_.reset();
    hashing_.stop();
    if (!folder_.empty()) keep_sessions();
    files_.stop();
}

core::Result<std::string> Accounts::open(bool wants_somebody) {
    if (folder_.empty()) return std::string{};
    std::error_code ignored;
    std::filesystem::create_directories(folder_, ignored);
    core::Result<std::string> code{std::string{}};
    if (wants_somebody) code = make_first_run_code(folder_);
    mark_ = mark_of_book(folder_);
    auto book = read_book(folder_);
    is_damaged_ = !book;
    if (book) book_ = std::move(*book);
    else world_.trouble(book.error().what + "; nobody can sign in until it is repaired or removed");
    if (const auto text = read_private(folder_ / "sessions.json", kMostSessionBytes);
        text && !text->empty())
        (void)sessions_.read(*text);
    sessions_.end_those_unlike(book_);
    files_.submit([] {});  // it begins to look
    return code;
}

// --- looking up ----------------------------------------------------------------------------------

const Token* Accounts::token_of(const std::string& presented) const {
    const std::string hash = crypto::sha256_hex(presented);
    const Token* found = nullptr;
    for (const Token& token : book_.tokens)
        if (is_same(token.hash, hash) && is_unexpired(token)) found = &token;
    return found;
}

std::optional<Person> Accounts::person(Session* session, std::string hash) {
    const Account* account = session != nullptr ? book_.find(session->account) : nullptr;
    if (account == nullptr || account->stamp != session->stamp) return std::nullopt;
    const std::int64_t age_ms = world_.wall() - session->confirmed;
    return Person{account->name, account->role, std::move(hash),
                  age_ms >= 0 && age_ms <= Sessions::kConfirmedMs};
}

std::optional<Person> Accounts::person_of(const std::string& secret) {
    if (secret.empty() || sessions_.all().empty()) return std::nullopt;
    std::string hash;
    Session* const session = sessions_.find(secret, world_.wall(), hash);
    if (sessions_.is_changed) keep_sessions();
    return person(session, std::move(hash));
}

std::optional<Person> Accounts::person_by_session(const std::string& session) {
    return person(sessions_.by_hash(session, world_.wall()), session);
}

// --- passwords -----------------------------------------------------------------------------------

void Accounts::hash(Secret password, std::function<void(core::Result<std::string>)> done) {
    if (const auto good = check_new_password(password); !good) return done(good.error());
    const auto shared = std::make_shared<Secret>(std::move(password));
    const bool is_taken = hashing_.submit([shared, done, home = home_, cost = world_.cost] {
        home([done, hashed = hash_password(*shared, cost)] { done(hashed); });
    });
    if (!is_taken) done(kBusy);
}

void Accounts::verify(Secret password, std::string against, Done done) {
    const auto shared = std::make_shared<Secret>(std::move(password));
    const bool is_taken = hashing_.submit(
        [shared, against = std::move(against), done, home = home_, cost = world_.cost] {
            home([done, verified = verify_password(*shared, against, cost)] { done(verified); });
        });
    if (!is_taken) done(kBusy);
}

void Accounts::sign_in(const std::string& name, Secret password, SignedIn done) {
    const Account* const account = book_.find(name);
    verify(std::move(password), account != nullptr ? account->password : "",
           [this, name, stamp = account != nullptr ? account->stamp : "",
            done = std::move(done)](const core::Result<void>& verified) {
               if (!verified) return done(verified.error());
               const Account* const now = book_.find(name);
               if (now == nullptr || now->stamp != stamp)
                   return done(core::Error{core::ErrorCode::Refused, "the account has changed"});
               std::string secret = sessions_.begin(*now, world_.wall());
               keep_sessions();
               done(std::move(secret));
           });
}

void Accounts::confirm(const std::string& session, Secret password, Done done) {
    const auto who = person_by_session(session);
    const Account* const account = who ? book_.find(who->name) : nullptr;
    if (account == nullptr)
        return done(core::Error{core::ErrorCode::Refused, "the session has ended"});
    verify(std::move(password), account->password,
           [this, session, done = std::move(done)](const core::Result<void>& verified) {
               Session* const one = sessions_.by_hash(session, world_.wall());
               if (verified && one != nullptr) {
                   one->confirmed = world_.wall();
                   sessions_.is_changed = true;
                   keep_sessions();
               }
               done(verified);
           });
}

void Accounts::sign_out(const std::string& session) {
    sessions_.end(session);
    keep_sessions();
    world_.changed();
}

// --- changing ------------------------------------------------------------------------------------

void Accounts::add_account(std::string name, Role role, Secret password, Done done) {
    hash(std::move(password), [this, name = std::move(name), role,
                               done = std::move(done)](const core::Result<std::string>& hashed) {
        if (!hashed) return done(hashed.error());
        const Account account{name, role, *hashed, random_secret(), world_.wall()};
        change([account](Book& book) { return book.add(account); }, done);
    });
}

void Accounts::set_password(std::string name, Secret password, Done done) {
    hash(std::move(password), [this, name = std::move(name),
                               done = std::move(done)](const core::Result<std::string>& hashed) {
        if (!hashed) return done(hashed.error());
        change([name, hash = *hashed, stamp = random_secret()](
                   Book& book) { return book.set_password(name, hash, stamp); },
               done);
    });
}

void Accounts::use_first_run_code(const std::string& code, std::string name, Secret password,
                                  SignedIn done) {
    const std::string hashed = crypto::sha256_hex(code);
    const core::Error wrong{core::ErrorCode::Refused, "the code is wrong, or was used before"};
    if (book_.first_run.empty() || !is_same(book_.first_run, hashed)) return done(wrong);
    hash(std::move(password), [this, name = std::move(name), hashed, wrong,
                               done = std::move(done)](const core::Result<std::string>& kept) {
        if (!kept) return done(kept.error());
        const Account account{name, Role::Admin, *kept, random_secret(), world_.wall()};
        change(
            [account, hashed, wrong](Book& book) -> core::Result<void> {
                if (book.first_run != hashed) return wrong;
                return book.add(account);
            },
            [this, account, done](const core::Result<void>& added) {
                if (!added) return done(added.error());
                std::string secret = sessions_.begin(account, world_.wall());
                keep_sessions();
                done(std::move(secret));
            });
    });
}

void Accounts::change(ChangeBook change, Done done) {
    if (folder_.empty())
        return done(core::Error{core::ErrorCode::Unavailable, "no accounts are kept here"});
    const bool is_taken = files_.submit([this, change = std::move(change), done, home = home_] {
        auto book = change_book(folder_, change);
        if (book) mark_ = mark_of_book(folder_);
        home([this, done, book = std::move(book)] {
            if (!book) return done(book.error());
            take(book);
            done({});
        });
    });
    if (!is_taken) done(kBusy);
}

// A file that got damaged leaves what held before.
void Accounts::take(core::Result<Book> book) {
    if (!book) return world_.trouble(book.error().what + "; what it said before still holds");
    world_.trouble("");
    is_damaged_ = false;
    book_ = std::move(*book);
    if (sessions_.end_those_unlike(book_)) keep_sessions();
    world_.changed();
}

// On the files' thread.
void Accounts::look_again() {
    world_.often();
    const std::string mark = mark_of_book(folder_);
    if (mark == mark_) return;
    mark_ = mark;
    home_([this, book = read_book(folder_)] { take(book); });
}

void Accounts::keep_sessions() {
    if (!std::exchange(sessions_.is_changed, false) || folder_.empty()) return;
    files_.submit([path = folder_ / "sessions.json", text = sessions_.text()] {
        (void)write_private(path, text);  // at worst everybody signs in again after a restart
    });
}

// --- audit ---------------------------------------------------------------------------------------

void Accounts::note(AuditEntry entry) {
    if (folder_.empty()) return;
    entry.time = world_.wall();
    files_.submit([folder = folder_, entry = std::move(entry)] {
        (void)append_audit(folder, entry);  // a full disk keeps nobody from stopping a load
    });
}

void Accounts::read_audit(std::size_t most,
                          std::function<void(core::Result<std::vector<AuditEntry>>)> done) {
    if (folder_.empty()) return done(std::vector<AuditEntry>{});
    const bool is_taken = files_.submit([folder = folder_, most, done, home = home_] {
        home([done, entries = accounts::read_audit(folder, most)] { done(entries); });
    });
    if (!is_taken) done(kBusy);
}

}  // namespace bitgrid::accounts
