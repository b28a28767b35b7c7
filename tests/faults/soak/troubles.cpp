#include "faults/soak/troubles.hpp"

#include <signal.h>

namespace bitgrid::faults {

Troubles::Troubles(Home& home, Known& known) : home_{home}, known_{known} {
    orders();
    lines();
    broker();
    controller();
    wishes();
}

void Troubles::add(std::string name, std::function<void()> begin, std::function<void()> end) {
    all_.push_back({std::move(name), std::move(begin), std::move(end)});
}
void Troubles::order(const std::string& begin, const std::string& end) {
    add(
        begin, [this, begin] { home_.order(begin); },
        end.empty() ? std::function<void()>{} : [this, end] { home_.order(end); });
}

void Troubles::orders() {
    order("hot_miner", "cool_miner");
    order("ignore_stop on", "ignore_stop off");
    order("miner_lies on", "miner_lies off");
    order("miner_starts");
    order("reboot_miner");
    order("broken_json on", "broken_json off");
    order("weld_plug on", "weld_plug off");
    for (const std::string device : {"inverter", "miner", "plug", "rod", "market"}) {
        order("cable_out " + device, "cable_in " + device);
        order("hang " + device, "cable_in " + device);
    }
    for (const char* kind : {"modbus exception", "modbus short", "modbus transaction"})
        order(kind, "modbus ok");
    order("report pv_power_w nan", "thaw");
    order("report miner.temp_c 96", "thaw");
    order("freeze grid_power_w", "thaw");
    order("cloud 0.1", "cloud 1");
    order("car_arrives 11000", "car_leaves");
    order("house_extra 3000", "house_extra 0");
    order("price_peak 60");
    order("battery_soc 45");
    order("battery_soc 90");
}
void Troubles::line(const std::string& name, const std::string& what, Line bad) {
    add(
        "line to " + name + ": " + what, [this, name, bad] { home_.line(name).set(bad); },
        [this, name] { home_.line(name).mend(); });
}
void Troubles::lines() {
    for (const std::string name : {"mqtt", "inverter", "miner", "plug", "rod"}) {
        line(name, "late", {.delay_ms = 50, .late_share = 0.1, .late_ms = 300});
        line(name, "in slices", {.slice = 3});
        line(name, "narrow", {.bytes_per_s = 20'000});
        line(name, "refuses", {.refuses = true});
        add("line to " + name + ": reset", [this, name] { home_.line(name).reset_all(); });
        add(
            "line to " + name + ": half-open",
            [this, name] {
                home_.line(name).set({.swallows = true});
                if (name == "inverter") known_.is_house_unheard = true;
            },
            [this, name] {
                if (name == "inverter") known_.is_house_unheard = false;
                home_.line(name).mend();
                home_.line(name).reset_all();
            });
    }
}
void Troubles::broker() {
    add(
        "broker killed", [this] { home_.broker().kill(); }, [this] { home_.start_broker(); });
    add(
        "broker stalled", [this] { home_.broker().pause(); }, [this] { home_.broker().resume(); });
}
void Troubles::controller() {
    add(
        "controller hangs",
        [this] {
            home_.daemon().pause();
            known_.is_controller_gone = true;
        },
        [this] {
            known_.is_controller_gone = false;
            home_.daemon().resume();
        });
    add(
        "controller killed",
        [this] {
            home_.daemon().kill();
            known_.is_controller_gone = true;
        },
        [this] {
            known_.is_controller_gone = false;
            home_.start_daemon();
        });
    add(
        "controller asked to end",
        [this] {
            home_.daemon().signal(SIGTERM);
            if (!home_.daemon().wait(15'000)) throw std::runtime_error{"it does not end"};
            known_.is_controller_gone = true;
        },
        [this] {
            known_.is_controller_gone = false;
            home_.start_daemon();
        });
}
void Troubles::wishes() {
    for (const std::string load : {"miner", "rod"})
        for (const std::string action : {"START", "STOP", "NONE"})
            add("wish: " + action + " " + load, [=, this] {
                home_.act("override", {{"load_id", load}, {"action", action}});
            });
    add(
        "emergency stop",
        [this] { known_.is_emergency = home_.act("emergency-stop").status == 200; },
        [this] {
            known_.is_emergency = false;
            home_.act("safety/ack");
        });
    add("safety acknowledged", [this] { home_.act("safety/ack"); });
}

}  // namespace bitgrid::faults
