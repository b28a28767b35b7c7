#pragma once
// Keeps one load off: commands it off, cuts its relay, repeats both until the load shows that it is
// off, and begins again where it draws again.
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/config.hpp"
#include "core/time.hpp"
#include "ports/load_driver.hpp"

namespace bitgrid::guard {

/// Real time in milliseconds.
struct KeeperTimes {
    std::int64_t relay_after{
        1'500};  ///< the load may stop by itself first; off is due 5 s after a hang
    std::int64_t repeat{10'000};  ///< after tries at 0, 1, 3 and 7 s
    std::int64_t alarm_after{15'000};
    std::int64_t silence{60'000};  ///< a measurement that is older says nothing
};

/// Engine thread only. Hands are given with hold() and used until let_go(); they must live as long.
class Keeper {
public:
    struct Hands {
        ports::LoadDriver* driver;  ///< never null
        ports::Relay* relay;        ///< null: none
    };
    using Tell = std::function<void(bool is_alarm, const std::string& what)>;

    Keeper(core::LoadConfig, core::Watts standby, Tell);

    void hold(Hands, core::MonoTime now);
    void let_go();
    /// Called often while it holds.
    void look(core::MonoTime now);
    void measured(core::Watts, core::MonoTime now);

    bool is_off() const { return is_off_; }               ///< it has shown so since hold()
    bool draws(core::MonoTime now) const;                 ///< it shows that it runs
    bool is_under_way() const { return under_way_ > 0; }  ///< an answer is still to come

private:
    void begin(core::MonoTime now);
    void command(core::MonoTime now);
    void cut(core::MonoTime now);
    void take_turn(core::MonoTime now);
    bool has_shown_off(core::MonoTime now) const;
    ports::CommandDone answer(bool Keeper::*heard);

    core::LoadConfig config_;
    core::Watts standby_;
    Tell tell_;
    KeeperTimes times_{};
    std::optional<Hands> hands_;
    core::MonoTime begun_at_{};
    core::MonoTime next_try_{};
    int tries_{0};
    std::uint64_t commands_{0};
    int under_way_{0};
    bool is_accepted_{false};  ///< the driver took an off since it began
    bool is_open_{false};      ///< the relay said so since it began
    std::optional<core::MonoTime> cut_at_;
    bool is_off_{false};
    bool is_alarmed_{false};
    std::optional<core::Watts> power_;
    core::MonoTime power_at_{};
    std::shared_ptr<int> hold_token_;  ///< answers to an earlier hold are not heard
};

}  // namespace bitgrid::guard
