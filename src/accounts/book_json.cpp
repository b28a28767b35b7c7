#include "accounts/book_json.hpp"

#include <algorithm>

#include "wire/bounded_json.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::accounts {
namespace {

using Json = nlohmann::json;

constexpr int kVersion = 1;
constexpr wire::JsonBounds kBounds{262'144, 8};
constexpr std::size_t kMostText = 200;

/// Reads the keys of one object; remembers the first that is not as it must be.
class Keys {
public:
    Keys(const Json& json, std::string where) : json_{json}, where_{std::move(where)} {
        if (!json.is_object()) fail("is no object");
    }
    std::string text(const char* key) {
        const Json* found = find(key);
        if (found != nullptr && found->is_string() &&
            found->get_ref<const std::string&>().size() <= kMostText)
            return found->get<std::string>();
        fail(std::string{key} + " is no short text");
        return {};
    }
    core::UnixTime time(const char* key) {
        const auto time = wire::parse_time(text(key));
        if (!time) fail(std::string{key} + " is no time");
        return time ? *time : core::UnixTime{};
    }
    Role role() {
        const auto role = role_of(text("role"));
        if (!role) fail("role is not " + std::string{kRoleWords});
        return role.value_or(Role::Observer);
    }
    std::string hash(const char* key, bool may_be_empty = false) {
        std::string hash = text(key);
        if (!is_hash(hash) && !(may_be_empty && hash.empty()))
            fail(std::string{key} + " is no SHA-256");
        return hash;
    }
    const Json* list(const char* key, std::size_t most) {
        const Json* found = find(key);
        if (found != nullptr && found->is_array() && found->size() <= most) return found;
        fail(std::string{key} + " is no list of at most " + std::to_string(most));
        return nullptr;
    }
    const Json* find(const char* key) {
        ++asked_;
        if (!json_.is_object()) return nullptr;
        const auto found = json_.find(key);
        return found == json_.end() ? nullptr : &*found;
    }
    void fail(const std::string& what) {
        if (fault_.empty()) fault_ = where_ + ": " + what;
    }
    /// Empty where all is well and nothing else stands there.
    std::string fault() {
        if (json_.is_object() && json_.size() != asked_) fail("holds a key that is not known");
        return fault_;
    }

private:
    const Json& json_;
    std::string where_;
    std::string fault_;
    std::size_t asked_{0};
};

core::Error damaged(const std::string& what) { return {core::ErrorCode::Damaged, what}; }

core::Result<Account> account_of(const Json& json) {
    Keys keys{json, "accounts"};
    Account account{keys.text("name"), keys.role(), keys.text("password"), keys.text("stamp"),
                    keys.time("created")};
    if (!account.password.starts_with("$argon2id$")) keys.fail("password is no Argon2id hash");
    if (const std::string fault = keys.fault(); !fault.empty()) return damaged(fault);
    return account;
}

core::Result<Token> token_of(const Json& json) {
    Keys keys{json, "tokens"};
    Token token{keys.text("name"),    keys.role(),          keys.hash("hash"),
                keys.time("created"), keys.time("expires"), keys.text("made_by")};
    if (const std::string fault = keys.fault(); !fault.empty()) return damaged(fault);
    return token;
}

}  // namespace

bool is_hash(const std::string& text) {
    return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

std::string text_of(const Book& book) {
    Json accounts = Json::array(), tokens = Json::array();
    for (const Account& one : book.accounts)
        accounts.push_back({{"name", one.name},
                            {"role", word_of(one.role)},
                            {"password", one.password},
                            {"stamp", one.stamp},
                            {"created", wire::time_text(one.created)}});
    for (const Token& one : book.tokens)
        tokens.push_back({{"name", one.name},
                          {"role", word_of(one.role)},
                          {"hash", one.hash},
                          {"created", wire::time_text(one.created)},
                          {"expires", wire::time_text(one.expires)},
                          {"made_by", one.made_by}});
    return Json{{"version", kVersion},
                {"accounts", std::move(accounts)},
                {"tokens", std::move(tokens)},
                {"first_run", book.first_run}}
               .dump(1, ' ', false, Json::error_handler_t::replace) +
           "\n";
}

core::Result<Book> book_of(std::string_view text) {
    const auto json = wire::parse_json(text, kBounds);
    if (!json) return damaged(json.error().what);
    Keys keys{*json, "the file"};
    if (const Json* version = keys.find("version"); version == nullptr || *version != kVersion)
        return damaged("version is not 1");
    const Json* accounts = keys.list("accounts", kMostAccounts);
    const Json* tokens = keys.list("tokens", kMostTokens);
    const std::string first_run = keys.hash("first_run", true);
    if (const std::string fault = keys.fault(); !fault.empty()) return damaged(fault);
    Book book;
    for (const Json& one : *accounts) {
        auto account = account_of(one);
        if (!account) return account.error();
        if (!is_name(account->name) || book.find(account->name) != nullptr)
            return damaged("accounts: a name is none, or stands twice");
        book.accounts.push_back(std::move(*account));
    }
    for (const Json& one : *tokens) {
        auto token = token_of(one);
        if (!token) return token.error();
        if (const auto added = book.add(std::move(*token)); !added)
            return damaged("tokens: " + added.error().what);
    }
    book.first_run = first_run;
    return book;
}

}  // namespace bitgrid::accounts
