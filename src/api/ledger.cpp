#include "api/ledger.hpp"

#include <utility>

namespace bitgrid::api {
namespace {

constexpr std::size_t kRemembered = 1'000;

}  // namespace

Ledger::Entry Ledger::begin(const std::string& command_id, const std::string& what,
                            const std::shared_ptr<net::Responder>& responder) {
    const auto [entry, is_new] = wishes_.try_emplace(command_id);
    Wish& wish = entry->second;
    if (is_new) wish.what = what;
    if (wish.what != what) return Entry::Another;
    if (wish.answer) responder->answer(*wish.answer);
    else wish.waiting.push_back(responder);
    return is_new ? Entry::New : Entry::Known;
}

void Ledger::settle(const std::string& command_id, const net::ServerResponse& answer) {
    const auto entry = wishes_.find(command_id);
    if (entry == wishes_.end() || entry->second.answer) return;
    entry->second.answer = answer;
    for (const auto& responder : std::exchange(entry->second.waiting, {}))
        responder->answer(answer);
    settled_.push_back(command_id);
    if (settled_.size() <= kRemembered) return;
    wishes_.erase(settled_.front());
    settled_.pop_front();
}

}  // namespace bitgrid::api
