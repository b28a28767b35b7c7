#include "core/rules/r3_safety.hpp"

#include <algorithm>
#include <bit>

#include "core/decide.hpp"

namespace bitgrid::core {
namespace {

// Takes the condition under which the load may run, and the code where it does not hold. NaN never
// holds.
class Rows {
public:
    explicit Rows(Vote& vote) : vote_{vote} {}

    void at_most(Measure measure, double value, Bound id, double bound, Code code) {
        if (!vote_.test(measure, value, Op::LessEqual, id, bound) && !vote_.is_binding)
            vote_.bind(code);
    }
    void none(Measure measure, double value, Code code) {
        at_most(measure, value, Bound::Zero, 0, code);
    }

private:
    Vote& vote_;
};

void judge_device(Rows& rows, const Situation& s) {
    const RuleConfig& rules = s.rules();
    const LoadReadings& load = s.readings();
    if (load.temp)
        rows.at_most(Measure::TempC, load.temp->value, Bound::MaxChipTempC,
                     std::min(rules.max_chip_temp.value, kHardMaxChipTemp.value),
                     Code::Stop_R3_OVERTEMP);
    if (load.is_expected_on && load.heartbeat_age)
        rows.at_most(Measure::HeartbeatAgeS, load.heartbeat_age->value, Bound::CommTimeoutS,
                     std::min(rules.comm_timeout.value, kHardCommTimeout.value),
                     Code::Stop_R3_COMM_TIMEOUT);
    rows.none(Measure::MissingSignals, std::popcount(s.missing.bits()),
              Code::Stop_R3_MISSING_TELEMETRY);

    const bool is_due_off = load.off_for && load.off_for->value >= rules.stop_confirm.value;
    if (is_due_off && load.power)
        rows.at_most(Measure::OffPowerW, load.power->value, Bound::StandbyW,
                     standby_of(rules, s.load_config()).value, Code::Stop_R3_ACTUATOR_STUCK);
    if (load.is_unconfirmed) rows.none(Measure::Unconfirmed, 1, Code::Stop_R3_ACTUATOR_STUCK);
}

void judge_lockout(Rows& rows, const Situation& s) {
    const auto& lockout = s.load_memory().lockout;
    if (!lockout) return;
    const double left_s = static_cast<double>(lockout->until - s.state.time) / 1000;
    rows.none(Measure::LockoutLeftS, std::max(left_s, 0.0), Code::Stop_R3_LOCKOUT);
    if (const auto& temp = s.readings().temp)
        rows.at_most(Measure::TempC, temp->value, Bound::TResumeC, s.rules().t_resume.value,
                     Code::Stop_R3_LOCKOUT);
    if (needs_ack(*lockout, s.rules()))
        rows.none(Measure::Unacknowledged, lockout->is_acked ? 0 : 1, Code::Stop_R3_LOCKOUT);
}

}  // namespace

Vote r3_safety(const Situation& s) {
    Vote vote{Rule::R3};
    Rows rows{vote};
    judge_device(rows, s);
    rows.none(Measure::EmergencyLatched, s.memory.is_emergency ? 1 : 0, Code::Stop_R3_EMERGENCY);
    judge_lockout(rows, s);
    rows.none(Measure::ShuttingDown, s.state.is_shutting_down ? 1 : 0, Code::Stop_R3_SHUTDOWN);
    if (s.state.is_held_by_guard) rows.none(Measure::GuardHolds, 1, Code::Stop_R3_SHUTDOWN);
    return vote;
}

bool needs_ack(const Lockout& lockout, const RuleConfig& rules) {
    return lockout.needs_ack || rules.require_ack;
}

bool is_locked_out(const Lockout& lockout, const RuleConfig& rules, const Reading<Celsius>& temp,
                   UnixTime now) {
    if (now < lockout.until) return true;
    if (temp && !(temp->value <= rules.t_resume.value)) return true;
    return needs_ack(lockout, rules) && !lockout.is_acked;
}

std::optional<LockoutReason> lockout_after(Code code) {
    switch (code) {
        case Code::Stop_R3_OVERTEMP:
            return LockoutReason::Overtemp;
        case Code::Stop_R3_COMM_TIMEOUT:
            return LockoutReason::CommTimeout;
        case Code::Stop_R3_ACTUATOR_STUCK:
            return LockoutReason::ActuatorStuck;
        case Code::Stop_R3_EMERGENCY:
            return LockoutReason::Emergency;
        default:
            return std::nullopt;
    }
}

}  // namespace bitgrid::core
