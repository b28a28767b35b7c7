#include "accounts/sessions.hpp"

#include <algorithm>
#include <optional>

#include "accounts/book_json.hpp"
#include "accounts/secret.hpp"
#include "crypto/digest.hpp"
#include "wire/bounded_json.hpp"

namespace bitgrid::accounts {
namespace {

using Json = nlohmann::json;

constexpr wire::JsonBounds kSessionBounds{131'072, 4};
constexpr std::size_t kFields = 6;
constexpr std::size_t kMostSessionText = 100;

std::optional<core::UnixTime> time_at(const Json& list, std::size_t i) {
    constexpr std::int64_t kMost = 253'402'300'799'999;  // the year 9999
    if (!list[i].is_number_integer()) return std::nullopt;
    const auto ms = list[i].get<std::int64_t>();
    return ms >= 0 && ms <= kMost ? std::optional{core::UnixTime{ms}} : std::nullopt;
}

bool is_text_at(const Json& list, std::size_t i) {
    return list[i].is_string() && list[i].get_ref<const std::string&>().size() <= kMostSessionText;
}

}  // namespace

std::string Sessions::begin(const Account& account, core::UnixTime now) {
    if (sessions_.size() >= kMost)
        sessions_.erase(std::min_element(
            sessions_.begin(), sessions_.end(),
            [](const auto& a, const auto& b) { return a.second.seen < b.second.seen; }));
    std::string secret = random_secret();
    sessions_[crypto::sha256_hex(secret)] = {account.name, account.stamp, now, now, now};
    is_changed = true;
    return secret;
}

bool Sessions::has_ended(const Session& one, core::UnixTime now) {
    return now - one.seen > kIdleMs || now - one.created > kLongestMs;
}

Session* Sessions::find(std::string_view secret, core::UnixTime now, std::string& hash) {
    hash = crypto::sha256_hex(secret);
    Session* one = by_hash(hash, now);
    if (one == nullptr) return nullptr;
    if (now.ms / kKeptMs != one->seen.ms / kKeptMs) is_changed = true;
    one->seen = now;
    return one;
}

Session* Sessions::by_hash(const std::string& hash, core::UnixTime now) {
    const auto found = sessions_.find(hash);
    if (found == sessions_.end()) return nullptr;
    if (!has_ended(found->second, now)) return &found->second;
    sessions_.erase(found);
    is_changed = true;
    return nullptr;
}

void Sessions::end(const std::string& hash) {
    if (sessions_.erase(hash) > 0) is_changed = true;
}

bool Sessions::end_those_unlike(const Book& book) {
    const auto gone = std::erase_if(sessions_, [&](const auto& entry) {
        const Account* account = book.find(entry.second.account);
        return account == nullptr || account->stamp != entry.second.stamp;
    });
    if (gone > 0) is_changed = true;
    return gone > 0;
}

std::size_t Sessions::of(const std::string& account) const {
    return static_cast<std::size_t>(
        std::count_if(sessions_.begin(), sessions_.end(),
                      [&](const auto& entry) { return entry.second.account == account; }));
}

std::string Sessions::text() const {
    Json list = Json::array();
    for (const auto& [hash, one] : sessions_)
        list.push_back(
            {hash, one.account, one.stamp, one.created.ms, one.seen.ms, one.confirmed.ms});
    return Json{{"version", 1}, {"sessions", std::move(list)}}.dump() + "\n";
}

core::Result<void> Sessions::read(std::string_view text) {
    const core::Error damaged{core::ErrorCode::Damaged, "the list of sessions is damaged"};
    const auto json = wire::parse_json(text, kSessionBounds);
    if (!json || !json->is_object() || json->value("version", Json{}) != 1) return damaged;
    const auto list = json->find("sessions");
    if (list == json->end() || !list->is_array() || list->size() > kMost) return damaged;
    std::map<std::string, Session> read;
    for (const Json& one : *list) {
        if (!one.is_array() || one.size() != kFields || !is_text_at(one, 0) ||
            !is_text_at(one, 1) || !is_text_at(one, 2))
            return damaged;
        const auto created = time_at(one, 3), seen = time_at(one, 4), confirmed = time_at(one, 5);
        if (!created || !seen || !confirmed || !is_hash(one[0].get<std::string>())) return damaged;
        read[one[0]] = {one[1], one[2], *created, *seen, *confirmed};
    }
    sessions_ = std::move(read);
    return {};
}

}  // namespace bitgrid::accounts
