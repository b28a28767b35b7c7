#pragma once
// The stable codes of every decision. Codes are only ever added, never renamed; each has a text in
// every language.
#include <cstdint>
#include <optional>
#include <string_view>

namespace bitgrid::core {

enum class Action : std::uint8_t { Start, Throttle, Stop, Noop };

/// Who speaks. The five rules first, in the order in which their votes are recorded.
enum class Rule : std::uint8_t { R1, R2, R3, R4, R5, Override, Autonomy };
inline constexpr std::size_t kRuleCount = 5;

// action, rule, reason: one line a code; the name is ACTION_RULE_REASON (or ACTION_REASON where the
// rule has no number).
#define BITGRID_CODES(X)                   \
    X(Start, R1, SURPLUS_OK)               \
    X(Start, R1, SUPER)                    \
    X(Start, R1, STANDARD)                 \
    X(Throttle, R1, SURPLUS_THROTTLE)      \
    X(Throttle, R1, ECO)                   \
    X(Noop, R1, INSUFFICIENT_SURPLUS)      \
    X(Stop, R1, INSUFFICIENT_SURPLUS)      \
    X(Noop, R1, PRICE_TOO_HIGH)            \
    X(Stop, R1, PRICE_TOO_HIGH)            \
    X(Noop, R1, SOC_HOLD)                  \
    X(Noop, R1, SOC_HOLD_PV)               \
    X(Stop, R1, SOC_RESERVE_STOP)          \
    X(Noop, R1, SOC_RESERVE_STOP)          \
    X(Noop, R1, PATH_EXPORT)               \
    X(Stop, R1, PATH_EXPORT)               \
    X(Noop, R1, PATH_STORE)                \
    X(Stop, R1, PATH_STORE)                \
    X(Noop, R1, PATH_HEAT)                 \
    X(Stop, R1, PATH_HEAT)                 \
    X(Stop, R2, SOC_HARD_MIN)              \
    X(Noop, R2, SOC_HARD_MIN)              \
    X(Stop, R2, GRID_IMPORT_EXCEEDED)      \
    X(Noop, R2, GRID_IMPORT_EXCEEDED)      \
    X(Noop, R2, SOC_SOFT_MIN)              \
    X(Stop, R3, OVERTEMP)                  \
    X(Stop, R3, COMM_TIMEOUT)              \
    X(Stop, R3, MISSING_TELEMETRY)         \
    X(Stop, R3, ACTUATOR_STUCK)            \
    X(Stop, R3, EMERGENCY)                 \
    X(Stop, R3, LOCKOUT)                   \
    X(Stop, R3, SHUTDOWN)                  \
    X(Noop, R4, FORECAST_PV_INSUFFICIENT)  \
    X(Noop, R4, FORECAST_PRICE_SPIKE)      \
    X(Noop, R5, MIN_RUNTIME_NOT_REACHED)   \
    X(Noop, R5, MIN_PAUSE_NOT_REACHED)     \
    X(Noop, R5, DEADBAND_ACTIVE)           \
    X(Start, Override, OVERRIDE)           \
    X(Throttle, Override, OVERRIDE)        \
    X(Stop, Override, OVERRIDE)            \
    X(Start, Override, OVERRIDE_ENDED)     \
    X(Throttle, Override, OVERRIDE_ENDED)  \
    X(Stop, Override, OVERRIDE_ENDED)      \
    X(Noop, Autonomy, MANUAL_MODE)         \
    X(Noop, Autonomy, ASSIST_PROPOSAL)     \
    X(Start, Autonomy, ASSIST_ACCEPTED)    \
    X(Throttle, Autonomy, ASSIST_ACCEPTED) \
    X(Stop, Autonomy, ASSIST_ACCEPTED)     \
    X(Noop, Autonomy, NO_CHANGE)

enum class Code : std::uint8_t {
#define BITGRID_CODE(action, rule, reason) action##_##rule##_##reason,
    BITGRID_CODES(BITGRID_CODE)
#undef BITGRID_CODE
};

/// What a code does to the load, and the rule that says it: asked in every decision, so without a
/// look into the table of words.
constexpr Action action_of(Code code) {
    constexpr Action kActions[] = {
#define BITGRID_CODE(action, rule, reason) Action::action,
        BITGRID_CODES(BITGRID_CODE)
#undef BITGRID_CODE
    };
    return kActions[static_cast<std::size_t>(code)];
}
constexpr Rule rule_of(Code code) {
    constexpr Rule kRules[] = {
#define BITGRID_CODE(action, rule, reason) Rule::rule,
        BITGRID_CODES(BITGRID_CODE)
#undef BITGRID_CODE
    };
    return kRules[static_cast<std::size_t>(code)];
}

struct CodeSpec {
    Code code;
    Action action;
    Rule rule;
    std::string_view name;    ///< e.g. `STOP_R2_SOC_HARD_MIN`
    std::string_view reason;  ///< e.g. `SOC_HARD_MIN`
};

std::size_t code_count();
const CodeSpec& spec_of(Code);
const CodeSpec& code_at(std::size_t index);
std::optional<Code> code_named(std::string_view name);

std::string_view name_of(Action);  ///< `START`, `THROTTLE`, `STOP`, `NOOP`
std::string_view name_of(Rule);    ///< `R1` … `R5`, `OVERRIDE`, `AUTONOMY`
inline std::string_view name_of(Code c) { return spec_of(c).name; }

}  // namespace bitgrid::core
