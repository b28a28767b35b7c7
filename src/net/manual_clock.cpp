#include "net/manual_clock.hpp"

#include <algorithm>
#include <cassert>

namespace bitgrid::net {

class ManualClock::Entry final : public ports::Timer {
public:
    Entry(std::weak_ptr<Agenda> agenda, Key key) : agenda_{std::move(agenda)}, key_{key} {}
    ~Entry() override {
        if (const auto agenda = agenda_.lock()) agenda->entries.erase(key_);
    }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

private:
    std::weak_ptr<Agenda> agenda_;
    Key key_;
};

std::unique_ptr<ports::Timer> ManualClock::after(std::int64_t delay_ms,
                                                 std::function<void()> callback) {
    const Key key{mono_.ms + std::max<std::int64_t>(delay_ms, 0), set_so_far_++};
    agenda_->entries.emplace(key, std::move(callback));
    return std::make_unique<Entry>(agenda_, key);
}

std::optional<core::MonoTime> ManualClock::next_due() const {
    if (agenda_->entries.empty()) return std::nullopt;
    return core::MonoTime{agenda_->entries.begin()->first.first};
}

void ManualClock::move_to(core::MonoTime to) {
    if (to <= mono_) return;
    wall_ = wall_ + (to - mono_);
    mono_ = to;
}

void ManualClock::advance_to(core::MonoTime end) {
    assert(!is_advancing_ && "time cannot be moved from inside a timer");
    is_advancing_ = true;
    for (auto due = next_due(); due && *due <= end; due = next_due()) {
        move_to(*due);
        auto node = agenda_->entries.extract(agenda_->entries.begin());
        node.mapped()();
    }
    move_to(end);
    is_advancing_ = false;
}

}  // namespace bitgrid::net
