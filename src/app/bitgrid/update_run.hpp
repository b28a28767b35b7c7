#pragma once
// An update as it runs: each step written down before it is done. Cut off before the service was
// touched it is undone, after that it goes on: the new program proves itself, or the old one and
// its database come back. Never switches a load off unless told so. Blocks for minutes; one thread.
#include <fmt/format.h>

#include <chrono>
#include <iostream>
#include <optional>
#include <span>
#include <string>

#include "app/bitgrid/looking.hpp"
#include "app/bitgrid/update_gates.hpp"
#include "app/bitgrid/update_house.hpp"
#include "app/bitgrid/update_service.hpp"
#include "app/bitgrid/update_words.hpp"
#include "update/bundle.hpp"
#include "update/places.hpp"

namespace bitgrid::app {

struct UpdateOrder {
    Looking look;
    Daemon daemon;
    std::string file, key;  ///< key: public, hex
    std::string programs{"/opt/bitgridai"};
    std::string config{"config"};
    std::string backups{"/var/backups/bitgrid"};
    std::string service;
    std::vector<std::string> units{"bitgrid.service", "bitgrid-guard.service"};
    bool may_be_older{false}, accepts_changes{false}, is_now{false}, is_first{false};
    int watch_s{120};     ///< so long the house must have been well
    int patience_s{300};  ///< at most so long until it is
    int wait_min{1'440};  ///< for the loads to be off
};

class UpdateRun {
public:
    explicit UpdateRun(const UpdateOrder&);

    // Exit codes of the verbs, with everything said.
    int apply();
    int back();
    /// What was cut off is undone or carried on; none: there is nothing of that kind.
    std::optional<int> carry_on();

private:
    using Step = wire::UpdateStep;
    using Done = core::Result<void>;
    struct Task {
        Step step;
        Done (UpdateRun::*work)();
    };

    Done check_order();
    Done place_first();
    Done verify();
    Done unpack();
    Done try_out();
    Done back_up();
    Done replay();
    Done self_test();
    Done wait_for_quiet();
    Done stop();
    Done save();
    Done change_over();
    Done start();
    Done watch();
    Done bring_back();

    Done take(const Task&);
    int go_through(std::span<const Task> before);
    int change_over_and_watch(std::span<const Task> tasks);
    int commit();
    void finish(wire::UpdateOutcome, const std::string& why);
    void undo();
    int give_up(const core::Error&);
    int return_to_old(const std::string& why);
    void hold() const;
    std::string why_not_well(const HouseSeen&, const std::string& version, bool is_strict) const;
    std::string wait_until_well(const std::string& version, int watch_s, int patience_s,
                                bool is_strict);
    Done check_tables(std::int64_t most) const;
    std::string evidence() const;

    template <class... Values>
    void say(const char* text, const Values&... values) const {
        if (!o_.look.is_json) std::cout << fmt::format(fmt::runtime(text), values...) << std::flush;
    }
    Done keep() const;

    const UpdateOrder& o_;
    const UpdateWords& words_;
    update::Places places_;
    std::optional<UpdateService> service_;
    std::optional<update::Bundle> bundle_;
    update::Version from_, to_;
    wire::UpdateState state_;
    bool has_unpacked_{false};
    std::optional<std::chrono::steady_clock::time_point> down_since_;  ///< the order to stop
};

/// A person asked it to end; heard until the service is touched.
void listen_for_end();
bool is_asked_to_end();

}  // namespace bitgrid::app
