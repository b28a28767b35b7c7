#include <pwd.h>
#include <sodium.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "accounts/audit.hpp"
#include "accounts/book_file.hpp"
#include "accounts/password.hpp"
#include "app/bitgrid/looking.hpp"
#include "app/bitgrid/password_prompt.hpp"
#include "app/bitgrid/secrets.hpp"
#include "crypto/digest.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::app {
namespace {

using accounts::Book;
using accounts::Role;
using accounts::Secret;
using Json = nlohmann::json;

struct People {
    Looking place;
    std::string name;
    std::string role;
    int days{365};
    std::size_t most{50};
};

core::UnixTime now() {
    using namespace std::chrono;
    return {duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()};
}

std::string who_is_here() {
    const passwd* const user = ::getpwuid(::geteuid());
    return std::string{"cli:"} + (user != nullptr ? user->pw_name : "unknown");
}

std::string say(const People& p, const char* english, const char* german) {
    return p.place.is_german() ? german : english;
}

bool is_folder(const People& p) {
    std::error_code ignored;
    return std::filesystem::is_directory(p.place.data, ignored);
}

int no_folder(const People& p) {
    return refuse(
        kUnavailable,
        p.place.data + say(p, ": there is no such folder; --data names that of the daemon",
                           ": diesen Ordner gibt es nicht; --data nennt den des Dienstes"));
}

// Changes the folder and says so in its audit log.
int change(const People& p, const char* what, const std::string& detail,
           const accounts::ChangeBook& change) {
    if (!is_folder(p)) return no_folder(p);
    const auto book = accounts::change_book(p.place.data, change);
    if (!book) return explain(book.error());
    (void)accounts::append_audit(p.place.data, {now(), what, who_is_here(), "", detail});
    if (p.place.is_json) std::cout << Json{{"done", true}}.dump() << '\n';
    else
        std::cout << say(p, "Done; a running daemon knows within a second.",
                         "Erledigt; ein laufender Dienst weiß es in einer Sekunde.")
                  << '\n';
    return kOk;
}

core::Result<std::string> new_hash(const People& p) {
    const auto password = ask_for_new_password(p.place.is_german());
    if (!password) return password.error();
    if (const auto good = accounts::check_new_password(*password); !good) return good.error();
    return accounts::hash_password(*password);
}

int add_account(const People& p) {
    if (!is_folder(p)) return no_folder(p);
    if (!accounts::is_name(p.name))
        return refuse(kUsage, "\"" + p.name.substr(0, 60) +
                                  say(p, "\" is no name; allowed: 1 to 40 of a-z, 0-9, . _ -",
                                      "\" ist kein Name; erlaubt: 1 bis 40 aus a-z, 0-9, . _ -"));
    const auto hash = new_hash(p);
    if (!hash) return explain(hash.error());
    const accounts::Account account{p.name, *accounts::role_of(p.role), *hash,
                                    accounts::random_secret(), now()};
    return change(p, "ACCOUNT_ADDED", p.name + " " + p.role,
                  [&](Book& book) { return book.add(account); });
}

int set_password(const People& p) {
    const auto book = accounts::read_book(p.place.data);
    if (!book) return explain(book.error());
    if (book->find(p.name) == nullptr)
        return refuse(kNo,
                      "\"" + p.name.substr(0, 60) +
                          say(p, "\": there is no such account", "\": dieses Konto gibt es nicht"));
    const auto hash = new_hash(p);
    if (!hash) return explain(hash.error());
    return change(p, "ACCOUNT_CHANGED", p.name + " password", [&](Book& b) {
        return b.set_password(p.name, *hash, accounts::random_secret());
    });
}

int list_users(const People& p) {
    const auto book = accounts::read_book(p.place.data);
    if (!book) return explain(book.error());
    Json items = Json::array();
    for (const accounts::Account& one : book->accounts) {
        items.push_back({{"name", one.name},
                         {"role", accounts::word_of(one.role)},
                         {"created", wire::time_text(one.created)}});
        if (!p.place.is_json)
            std::cout << one.name << "  " << accounts::word_of(one.role) << "  "
                      << on_the_clock(wire::time_text(one.created)) << '\n';
    }
    if (p.place.is_json) std::cout << Json{{"items", items}}.dump() << '\n';
    else if (items.empty())
        std::cout << say(p, "There is no account yet: bitgrid user add NAME --role admin",
                         "Es gibt noch kein Konto: bitgrid user add NAME --role admin")
                  << '\n';
    return kOk;
}

int list_tokens(const People& p) {
    const auto book = accounts::read_book(p.place.data);
    if (!book) return explain(book.error());
    Json items = Json::array();
    for (const accounts::Token& one : book->tokens) {
        const bool is_over = one.expires <= now();
        items.push_back({{"name", one.name},
                         {"role", accounts::word_of(one.role)},
                         {"expires", wire::time_text(one.expires)},
                         {"made_by", one.made_by}});
        if (!p.place.is_json)
            std::cout << one.name << "  " << accounts::word_of(one.role) << "  "
                      << say(p, is_over ? "expired " : "until ", is_over ? "abgelaufen " : "bis ")
                      << on_the_clock(wire::time_text(one.expires)) << "  " << one.made_by << '\n';
    }
    if (p.place.is_json) std::cout << Json{{"items", items}}.dump() << '\n';
    return kOk;
}

int make_token(const People& p) {
    if (!is_folder(p)) return no_folder(p);
    const std::string secret = accounts::random_secret("bg_");
    const accounts::Token token{
        p.name, *accounts::role_of(p.role),        crypto::sha256_hex(secret),
        now(),  now() + p.days * accounts::kDayMs, who_is_here()};
    const auto book = accounts::change_book(p.place.data, [&](Book& b) { return b.add(token); });
    if (!book) return explain(book.error());
    (void)accounts::append_audit(
        p.place.data, {now(), "TOKEN_CREATED", who_is_here(), "", p.name + " " + p.role});
    std::cout << secret << '\n';
    std::cerr << say(p, "It is shown only this once. Keep it in a file: --token-file.\n",
                     "Es wird nur dieses eine Mal gezeigt. Bewahre es in einer Datei auf: "
                     "--token-file.\n");
    return kOk;
}

int show_audit(const People& p) {
    const auto entries = accounts::read_audit(p.place.data, p.most);
    if (!entries) return explain(entries.error());
    for (const accounts::AuditEntry& one : *entries) {
        if (p.place.is_json) std::cout << accounts::line_of(one) << '\n';
        else
            std::cout << on_the_clock(wire::time_text(one.time)) << "  " << one.what << "  "
                      << (one.who.empty() ? "-" : one.who) << "  "
                      << (one.peer.empty() ? "-" : one.peer) << "  " << one.detail << '\n';
    }
    return kOk;
}

using Act = int (*)(const People&);

CLI::App* add_part(CLI::App& verb, const char* name, const char* what, Act act, int& exit_code) {
    const auto p = std::make_shared<People>();
    auto* part = verb.add_subcommand(name, what);
    p->place.add_to(*part);
    part->callback([p, act, &exit_code] {
        if (::sodium_init() < 0) exit_code = refuse(kUnavailable, "no source of randomness");
        else exit_code = act(*p);
    });
    const std::string word = name;
    if (word != "list" && word != "audit")
        part->add_option("NAME", p->name, "of the account or token: 1 to 40 of a-z, 0-9, . _ -")
            ->required();
    if (word == "add" || word == "create" || word == "role")
        part->add_option(word == "role" ? "ROLE" : "--role", p->role,
                         "observer looks and stops, operator acts, admin decides who comes in")
            ->required()
            ->check(CLI::IsMember({"observer", "operator", "admin"}));
    if (word == "create")
        part->add_option("--days", p->days, "until it expires")
            ->check(CLI::Range(1, 3'650))
            ->capture_default_str();
    if (word == "audit")
        part->add_option("--limit", p->most, "so many lines")
            ->check(CLI::Range(1, 100'000))
            ->capture_default_str();
    return part;
}

}  // namespace

void add_user(CLI::App& app, int& exit_code) {
    auto* verb = app.add_subcommand("user", "Who has an account, and may do what");
    verb->require_subcommand(1);
    add_part(*verb, "add", "Add an account; the password comes from the terminal or standard input",
             add_account, exit_code);
    add_part(*verb, "list", "List the accounts", list_users, exit_code);
    add_part(*verb, "passwd", "Set a new password: for one that was lost, too; ends all sessions",
             set_password, exit_code);
    add_part(
        *verb, "role", "Set what an account may do",
        [](const People& p) {
            return change(p, "ACCOUNT_CHANGED", p.name + " " + p.role,
                          [&](Book& b) { return b.set_role(p.name, *accounts::role_of(p.role)); });
        },
        exit_code);
    add_part(
        *verb, "remove", "Remove an account, and end its sessions",
        [](const People& p) {
            return change(p, "ACCOUNT_REMOVED", p.name, [&](Book& b) { return b.remove(p.name); });
        },
        exit_code);
}

void add_token(CLI::App& app, int& exit_code) {
    auto* verb = app.add_subcommand("token", "Tokens for programs and displays");
    verb->require_subcommand(1);
    add_part(*verb, "create", "Make a token; it is printed once, and only its hash is kept",
             make_token, exit_code);
    add_part(*verb, "list", "List the tokens", list_tokens, exit_code);
    add_part(
        *verb, "revoke", "Revoke a token at once",
        [](const People& p) {
            return change(p, "TOKEN_REVOKED", p.name, [&](Book& b) { return b.revoke(p.name); });
        },
        exit_code);
}

void add_audit(CLI::App& app, int& exit_code) {
    add_part(app, "audit", "Who came in, was refused, or asked for something; the newest first",
             show_audit, exit_code);
}

}  // namespace bitgrid::app
