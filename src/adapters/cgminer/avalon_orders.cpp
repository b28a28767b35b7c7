#include "adapters/cgminer/avalon_orders.hpp"

#include <cmath>

namespace bitgrid::adapters::cgminer {
namespace {

constexpr std::int64_t kFreshMs = 1000;
constexpr double kLeadS = 5;  // the device acts at a time to come

}  // namespace

void AvalonOrders::bring_to(Wanted wanted, Urgency urgency, ports::CommandDone done) {
    const auto replaced = std::exchange(done_, std::move(done));
    ++run_;
    wanted_ = wanted;
    urgency_ = urgency;
    if (wanted_.is_on) look_first();
    else tell_after_time("softoff", [this](const Reply&) { finish({}); });
    if (replaced) replaced(core::Error{core::ErrorCode::Refused, "replaced by a newer command"});
}

void AvalonOrders::stop() {
    ++run_;
    done_ = nullptr;
}

void AvalonOrders::heard(const Reply& reply) {
    if (!reply.when) return;
    device_s_ = reply.when;
    device_s_at_ = clock_.mono();
}

void AvalonOrders::ask(Question question, Next next) {
    client_.ask(std::move(question), urgency_,
                [this, run = run_, next = std::move(next)](const core::Result<Reply>& reply) {
                    if (run != run_) return;
                    if (!reply) return finish(reply.error());
                    heard(*reply);
                    next(*reply);
                });
}

// Never by our clock: many Avalons count the seconds since their boot.
void AvalonOrders::tell_after_time(const char* order, Next next) {
    if (device_s_ && clock_.mono() - device_s_at_ <= kFreshMs) return tell(order, std::move(next));
    ask({"version", ""}, [this, order, next = std::move(next)](const Reply& reply) {
        if (!reply.when)
            return finish(core::Error{core::ErrorCode::Damaged, "its reply tells no time"});
        tell(order, next);
    });
}

void AvalonOrders::tell(const char* order, Next next) {
    const auto at = static_cast<std::int64_t>(std::floor(*device_s_ + kLeadS));
    ask({"ascset", std::string{"0,"} + order + ",1:" + std::to_string(at)}, [this, order,
                                                                             next = std::move(
                                                                                 next)](const Reply&
                                                                                            reply) {
        if (reply.is_done()) return next(reply);
        finish(core::Error{core::ErrorCode::Refused, std::string{order} + ": " + reply.message});
    });
}

void AvalonOrders::look_first() {
    ask({"estats", ""}, [this](const Reply& reply) {
        const auto reading = read_avalon(reply.json);
        const auto go_on = [this](const Reply&) { set_mode(); };
        if (reading && reading->phase == Phase::Standby) return tell_after_time("softon", go_on);
        if (reading && does(*reading, wanted_)) return finish({});
        set_mode();
    });
}

void AvalonOrders::set_mode() {
    ask({"ascset", "0,workmode,set," + std::to_string(wanted_.mode)}, [this](const Reply& reply) {
        if (reply.is_done()) return finish({});
        finish(core::Error{core::ErrorCode::Refused, "workmode: " + reply.message});
    });
}

void AvalonOrders::finish(core::Result<void> result) {
    ++run_;
    const auto done = std::exchange(done_, nullptr);
    if (done) done(std::move(result));
}

bool AvalonOrders::does(const AvalonReading& reading, const Wanted& wanted) {
    const bool hashes = reading.hashrate_ths.value_or(0) > 0;
    if (!wanted.is_on)
        return reading.phase == Phase::Standby || (reading.phase == Phase::Unknown && !hashes);
    if (reading.phase == Phase::Standby) return false;
    return !reading.work_mode || *reading.work_mode == wanted.mode;
}

}  // namespace bitgrid::adapters::cgminer
