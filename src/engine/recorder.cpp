#include "engine/recorder.hpp"

#include <utility>

namespace bitgrid::engine {
namespace {

constexpr std::int64_t kJournalPatienceMs = 20'000;
constexpr std::size_t kMaxNoted = 1'000;

}  // namespace

struct Recorder::Batch {
    std::vector<core::Event> events;
    Act act;
    std::unique_ptr<ports::Timer> deadline;
    bool is_told{false};
};

Recorder::Recorder(ports::Journal& journal, ports::Clock& clock,
                   std::function<ports::Checkpoint()> checkpoint)
    : journal_{journal}, clock_{clock}, checkpoint_{std::move(checkpoint)} {}

Recorder::~Recorder() { *is_alive_ = false; }

void Recorder::tell_also(ports::Announcer& announcer) { announcers_.push_back(&announcer); }
void Recorder::watch(HealthBoard& health) { health_ = &health; }

void Recorder::note(core::Happening what) {
    if (noted_.size() < kMaxNoted) noted_.push_back({clock_.wall(), std::move(what)});
}

void Recorder::flush() {
    if (!noted_.empty()) write({}, nullptr);
}

void Recorder::write(std::vector<core::Event> events, Act act) {
    auto batch = std::make_shared<Batch>();
    batch->events = std::exchange(noted_, {});
    batch->events.insert(batch->events.end(), std::make_move_iterator(events.begin()),
                         std::make_move_iterator(events.end()));
    batch->act = std::move(act);
    const auto alive = is_alive_;
    batch->deadline =
        clock_.after(kJournalPatienceMs, [this, alive, weak = std::weak_ptr<Batch>(batch)] {
            const auto late = weak.lock();
            if (*alive && late)
                finish(*late, core::Error{core::ErrorCode::Timeout,
                                          "the journal has not answered for 20 s"});
        });
    ++in_flight_;
    journal_.append(batch->events, checkpoint_(),
                    [this, alive, batch](const core::Result<ports::Receipt>& receipt) {
                        if (!*alive) return;
                        --in_flight_;
                        finish(*batch, receipt);
                        batch->deadline.reset();
                    });
}

void Recorder::finish(Batch& batch, const core::Result<ports::Receipt>& receipt) {
    if (health_ != nullptr) {
        if (receipt) health_->report("journal", core::HealthLevel::Ok, "", clock_.wall());
        else
            health_->report("journal", core::HealthLevel::Error, receipt.error().what,
                            clock_.wall());
    }
    if (batch.act) std::exchange(batch.act, nullptr)();
    if (std::exchange(batch.is_told, true)) return;
    for (const core::Event& event : batch.events)
        for (ports::Announcer* announcer : announcers_)
            announcer->told(event, receipt ? &receipt.value() : nullptr);
}

void Recorder::tell_changed() {
    for (ports::Announcer* announcer : announcers_) announcer->changed();
}

}  // namespace bitgrid::engine
