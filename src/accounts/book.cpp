#include "accounts/book.hpp"

#include <algorithm>

namespace bitgrid::accounts {
namespace {

using core::ErrorCode;

core::Error refused(const std::string& what) { return {ErrorCode::Refused, what}; }
core::Error unknown(const char* what, const std::string& name) {
    return {ErrorCode::NotFound, std::string{"there is no "} + what + " \"" + name + "\""};
}

core::Result<void> check_name(const std::string& name) {
    if (is_name(name)) return {};
    return core::Error{ErrorCode::BadInput,
                       "\"" + name.substr(0, 60) +
                           "\" is no name; allowed: 1 to 40 of a-z, 0-9, \".\", \"_\", \"-\""};
}

template <class Entries>
auto find_in(Entries& entries, const std::string& name) {
    return std::find_if(entries.begin(), entries.end(),
                        [&](const auto& one) { return one.name == name; });
}

bool is_last_admin(const Book& book, const Account& one) {
    return one.role == Role::Admin &&
           std::count_if(book.accounts.begin(), book.accounts.end(),
                         [](const Account& a) { return a.role == Role::Admin; }) == 1;
}

const core::Error kLastAdmin = refused("the last admin must stay: make another one first");

}  // namespace

bool is_name(const std::string& name) {
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    return !name.empty() && name.size() <= 40 && is_letter(name.front()) &&
           std::all_of(name.begin(), name.end(),
                       [&](char c) { return is_letter(c) || c == '.' || c == '_' || c == '-'; });
}

const Account* Book::find(const std::string& name) const {
    const auto found = find_in(accounts, name);
    return found == accounts.end() ? nullptr : &*found;
}

core::Result<void> Book::add(Account account) {
    if (const auto named = check_name(account.name); !named) return named;
    if (find(account.name) != nullptr)
        return refused("there is an account \"" + account.name + "\" already");
    if (accounts.size() >= kMostAccounts)
        return refused("at most " + std::to_string(kMostAccounts) + " accounts");
    if (accounts.empty() && account.role != Role::Admin)
        return refused("the first account must be an admin: somebody has to say who comes in");
    accounts.push_back(std::move(account));
    first_run.clear();
    return {};
}

core::Result<void> Book::set_password(const std::string& name, std::string hash,
                                      std::string stamp) {
    const auto found = find_in(accounts, name);
    if (found == accounts.end()) return unknown("account", name);
    found->password = std::move(hash);
    found->stamp = std::move(stamp);
    return {};
}

core::Result<void> Book::set_role(const std::string& name, Role role) {
    const auto found = find_in(accounts, name);
    if (found == accounts.end()) return unknown("account", name);
    if (role != Role::Admin && is_last_admin(*this, *found)) return kLastAdmin;
    found->role = role;
    return {};
}

core::Result<void> Book::remove(const std::string& name) {
    const auto found = find_in(accounts, name);
    if (found == accounts.end()) return unknown("account", name);
    if (accounts.size() > 1 && is_last_admin(*this, *found)) return kLastAdmin;
    accounts.erase(found);
    return {};
}

core::Result<void> Book::add(Token token) {
    if (const auto named = check_name(token.name); !named) return named;
    if (find_in(tokens, token.name) != tokens.end())
        return refused("there is a token \"" + token.name + "\" already");
    if (tokens.size() >= kMostTokens)
        return refused("at most " + std::to_string(kMostTokens) + " tokens");
    tokens.push_back(std::move(token));
    return {};
}

core::Result<void> Book::revoke(const std::string& name) {
    const auto found = find_in(tokens, name);
    if (found == tokens.end()) return unknown("token", name);
    tokens.erase(found);
    return {};
}

}  // namespace bitgrid::accounts
