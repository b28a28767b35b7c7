#include <algorithm>

#include "doctor/checks.hpp"
#include "doctor/unit_file.hpp"

namespace bitgrid::doctor {
namespace {

struct Unit {
    std::string name;
    UnitFile file;
};

// Those of the three that are installed; an error that is not "not there" ends it.
core::Result<std::vector<Unit>> installed(const Machine& machine) {
    std::vector<Unit> units;
    for (const char* name : {kService, kGuard, kGateway}) {
        auto unit = read_unit(machine, name);
        if (unit) units.push_back({name, *unit});
        else if (unit.error().code != core::ErrorCode::NotFound) return unit.error();
    }
    if (units.empty())
        return core::Error{core::ErrorCode::NotFound, "no unit of BitGridAI is installed"};
    return units;
}

Seen no_units(const core::Error& error) {
    if (error.code != core::ErrorCode::NotFound) return unreadable(error);
    return missing("no unit of BitGridAI is installed", "keine Unit von BitGridAI ist installiert");
}

Seen starts(const Machine& machine, const House&) {
    for (const char* name : {kService, kGateway})
        if (is_enabled(machine, name)) return good(name, name);
    const auto units = installed(machine);
    if (!units) return no_units(units.error());
    return missing("installed, and no start brings it", "installiert, aber kein Start bringt es");
}

// What is wanted and is not there.
std::string gaps_of(const UnitFile& unit) {
    std::string gaps;
    const auto want = [&](bool is_there, const char* name) {
        if (!is_there) gaps += (gaps.empty() ? "" : ", ") + std::string{name};
    };
    const auto user = unit.setting("User");
    want((user && !user->empty() && *user != "root" && *user != "0") || unit.is_on("DynamicUser"),
         "User");
    want(unit.is_on("NoNewPrivileges"), "NoNewPrivileges");
    const auto capabilities = unit.setting("CapabilityBoundingSet");
    want(capabilities && capabilities->empty(), "CapabilityBoundingSet=");
    want(unit.setting("ProtectSystem") == "strict", "ProtectSystem=strict");
    const auto home = unit.setting("ProtectHome");
    want(home && !home->empty() && *home != "no" && *home != "false", "ProtectHome");
    for (const char* name :
         {"PrivateTmp", "PrivateDevices", "ProtectKernelTunables", "ProtectKernelModules",
          "RestrictNamespaces", "MemoryDenyWriteExecute"})
        want(unit.is_on(name), name);
    for (const char* name :
         {"SystemCallFilter", "RestrictAddressFamilies", "MemoryMax", "TasksMax"}) {
        const auto value = unit.setting(name);
        want(value && !value->empty(), name);
    }
    return gaps;
}

Seen sandbox(const Machine& machine, const House&) {
    const auto units = installed(machine);
    if (!units) return no_units(units.error());
    std::string all;
    for (const Unit& unit : *units) {
        const std::string gaps = gaps_of(unit.file);
        if (!gaps.empty()) all += (all.empty() ? "" : "; ") + unit.name + ": " + gaps;
    }
    if (!all.empty()) return missing("not set in " + all, "nicht gesetzt in " + all);
    return good("each unit is shut in", "jede Unit ist eingeschlossen");
}

Seen watchdog(const Machine& machine, const House&) {
    const auto units = installed(machine);
    if (!units) return no_units(units.error());
    for (const Unit& unit : *units) {
        const auto value = unit.file.setting("WatchdogSec");
        if (!value || value->empty() || *value == "0")
            return missing(unit.name + " has no WatchdogSec", unit.name + " hat kein WatchdogSec");
        if (unit.file.setting("Restart").value_or("no") == "no")
            return missing(unit.name + " is not started again",
                           unit.name + " startet nicht wieder");
    }
    return good("a program that hangs is started again",
                "ein Programm, das hängt, wird neu gestartet");
}

Seen guard_starts(const Machine& machine, const House&) {
    const auto controller = read_unit(machine, kService);
    if (!controller) {
        if (controller.error().code != core::ErrorCode::NotFound)
            return unreadable(controller.error());
        if (read_unit(machine, kGateway))
            return good("a gateway needs none", "ein Gateway braucht keinen");
        return no_units(controller.error());
    }
    if (is_enabled(machine, kGuard)) return good(kGuard, kGuard);
    return missing("no start brings it", "kein Start bringt ihn");
}

// The words of a process, with spaces between them.
std::string command_of(const Machine& machine, const std::string& process) {
    auto words = machine.read("/proc/" + process + "/cmdline");
    if (!words) return {};
    std::replace(words->begin(), words->end(), '\0', ' ');
    return *words;
}

Seen guard_runs(const Machine& machine, const House&) {
    const auto processes = machine.names_in("/proc");
    if (!processes) return unreadable(processes.error());
    bool has_controller = false, has_any = false;
    for (const std::string& process : *processes) {
        if (process.find_first_not_of("0123456789") != std::string::npos) continue;
        has_any = true;
        const std::string command = command_of(machine, process);
        const std::size_t end = std::min(command.find(' '), command.size());
        if (!std::string_view{command}.substr(0, end).ends_with("bitgridd")) continue;
        if (command.find("--role guard") != std::string::npos ||
            command.find("--role=guard") != std::string::npos)
            return good("process " + process, "Prozess " + process);
        has_controller = has_controller || command.find("--role") == std::string::npos;
    }
    if (!has_any) return unknown("no process is to be seen", "kein Prozess ist zu sehen");
    if (!has_controller) return good("no controller runs here", "hier läuft keine Steuerung");
    return missing("a controller runs without its guard",
                   "eine Steuerung läuft ohne ihren Wächter");
}

constexpr Check kServiceChecks[] = {
    {"service.starts",
     {"BitGridAI starts with the machine", "BitGridAI startet mit der Maschine"},
     {"systemctl enable --now bitgrid", "systemctl enable --now bitgrid"},
     starts},
    {"service.sandbox",
     {"its programs can reach nothing that they do not need",
      "seine Programme erreichen nichts, was sie nicht brauchen"},
     {"use the units of the package: systemctl cat bitgrid, remove drop-ins that weaken them",
      "nimm die Units des Pakets: systemctl cat bitgrid, entfern Drop-ins, die sie schwächen"},
     sandbox},
    {"service.watchdog",
     {"a program that hangs is noticed and started again",
      "ein Programm, das hängt, wird bemerkt und neu gestartet"},
     {"WatchdogSec=5 and Restart=always, as in the units of the package",
      "WatchdogSec=5 und Restart=always, wie in den Units des Pakets"},
     watchdog},
    {"guard.starts",
     {"the guard starts with the machine", "der Wächter startet mit der Maschine"},
     {"systemctl enable --now bitgrid-guard", "systemctl enable --now bitgrid-guard"},
     guard_starts},
    {"guard.runs",
     {"where a controller runs, its guard runs", "wo eine Steuerung läuft, läuft ihr Wächter"},
     {"systemctl start bitgrid-guard; journalctl -u bitgrid-guard -n 20",
      "systemctl start bitgrid-guard; journalctl -u bitgrid-guard -n 20"},
     guard_runs},
};

}  // namespace

std::span<const Check> service_checks() { return kServiceChecks; }

}  // namespace bitgrid::doctor
