#include <sys/timex.h>

#include <algorithm>
#include <charconv>

#include "doctor/checks.hpp"
#include "doctor/config_lines.hpp"
#include "doctor/unit_file.hpp"

namespace bitgrid::doctor {
namespace {

constexpr int kOldestDebian = 12;
constexpr int kOldestKernel[] = {5, 10};

Seen time_service(const Machine& machine, const House&) {
    for (const char* unit : {"chrony.service", "systemd-timesyncd.service", "ntpsec.service"})
        if (is_enabled(machine, unit)) return good(unit, unit);
    return missing("no start brings a time service", "kein Start bringt einen Zeitdienst");
}

Seen time_synchronised(const Machine& machine, const House&) {
    if (!machine.is_this_one()) return unreadable({core::ErrorCode::Unavailable, ""});
    timex state{};
    const int word = adjtimex(&state);
    if (word == -1) return unknown("the kernel does not say", "der Kernel sagt es nicht");
    if (word == TIME_ERROR || (state.status & STA_UNSYNC) != 0)
        return poor("the kernel says: not synchronised", "der Kernel sagt: nicht abgeglichen");
    return good("the kernel says: synchronised", "der Kernel sagt: abgeglichen");
}

Seen time_plausible(const Machine&, const House& house) {
    if (house.now < house.built)
        return missing("the clock is before the day on which this program was built",
                       "die Uhr steht vor dem Tag, an dem dieses Programm gebaut wurde");
    return good("after the day on which this program was built",
                "nach dem Tag, an dem dieses Programm gebaut wurde");
}

Seen security_updates(const Machine& machine, const House&) {
    if (!machine.has("/usr/bin/unattended-upgrade"))
        return missing("unattended-upgrades is not installed",
                       "unattended-upgrades ist nicht installiert");
    std::string lists, upgrades;
    for (const std::string& path : machine.files_in("/etc/apt/apt.conf.d", "")) {
        const auto text = machine.read(path);
        if (!text) continue;
        for (const ConfigLine& line : config_lines(*text)) {
            const std::string value = line.value().substr(0, line.value().find_first_of("\";"));
            if (line.key == "apt::periodic::update-package-lists") lists = value;
            if (line.key == "apt::periodic::unattended-upgrade") upgrades = value;
        }
    }
    const auto is_off = [](const std::string& days) { return days.empty() || days == "0"; };
    if (is_off(lists) || is_off(upgrades))
        return missing("installed, and not turned on", "installiert, aber nicht eingeschaltet");
    return good("looked for and installed by themselves",
                "werden von selbst gesucht und eingespielt");
}

Seen journal_limit(const Machine& machine, const House&) {
    std::vector<std::string> paths{"/etc/systemd/journald.conf"};
    for (const char* folder : {"/usr/lib/systemd/journald.conf.d", "/etc/systemd/journald.conf.d"})
        for (std::string& path : machine.files_in(folder, ".conf"))
            paths.push_back(std::move(path));
    std::string limit;
    for (const std::string& path : paths) {
        const auto text = machine.read(path);
        if (!text) continue;
        for (const ConfigLine& line : config_lines(*text, true))
            if (line.key == "systemmaxuse") limit = line.value();
    }
    if (limit.empty())
        return missing("SystemMaxUse is not set: up to 4 GB", "SystemMaxUse fehlt: bis zu 4 GB");
    return good("at most " + limit, "höchstens " + limit);
}

// `12` of VERSION_ID="12"; 0: none.
int number_at_start(std::string_view text) {
    int number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

Seen system_supported(const Machine& machine, const House&) {
    const auto release = machine.read("/etc/os-release");
    if (!release) return unreadable(release.error());
    std::string name, id, version;
    for (const ConfigLine& line : config_lines(*release, true)) {
        if (line.key == "pretty_name") name = line.value();
        if (line.key == "id") id = line.value();
        if (line.key == "version_id") version = line.value();
    }
    const auto kernel = machine.read("/proc/sys/kernel/osrelease");
    if (kernel) {
        const int major = number_at_start(*kernel);
        const std::size_t dot = kernel->find('.');
        const int minor = dot == std::string::npos
                              ? 0
                              : number_at_start(std::string_view{*kernel}.substr(dot + 1));
        if (std::pair{major, minor} < std::pair{kOldestKernel[0], kOldestKernel[1]})
            return poor("a kernel older than 5.10", "ein Kernel, der älter ist als 5.10");
    }
    if ((id == "debian" || id == "raspbian") && number_at_start(version) < kOldestDebian)
        return missing(name + ": nobody mends it any more", name + ": niemand bessert es mehr aus");
    return good(name, name);
}

Seen swap(const Machine& machine, const House&) {
    const auto table = machine.read("/proc/swaps");
    if (!table) return unreadable(table.error());
    for (const ConfigLine& line : config_lines(*table)) {
        if (line.key == "filename" || line.key.starts_with("/dev/zram")) continue;
        return poor("memory is written to " + line.key,
                    "Arbeitsspeicher wird auf " + line.key + " geschrieben");
    }
    return good("none on a disk", "keiner auf einem Datenträger");
}

Seen voltage(const Machine& machine, const House&) {
    const auto model = machine.read("/proc/device-tree/model");
    if (!model || model->find("Raspberry Pi") == std::string::npos)
        return good("no Raspberry Pi", "kein Raspberry Pi");
    const auto sensors = machine.names_in("/sys/class/hwmon");
    for (const std::string& one : sensors ? *sensors : std::vector<std::string>{}) {
        const std::string folder = "/sys/class/hwmon/" + one;
        const auto name = machine.read(folder + "/name");
        if (!name || !name->starts_with("rpi_volt")) continue;
        const auto alarm = machine.read(folder + "/in0_lcrit_alarm");
        if (!alarm) return unreadable(alarm.error());
        if (alarm->starts_with('1'))
            return missing("too low, now or since the start",
                           "zu niedrig, jetzt oder seit dem Start");
        return good("enough", "genügt");
    }
    return unknown("this kernel does not measure it", "dieser Kernel misst sie nicht");
}

Seen own_user(const Machine& machine, const House&) {
    const auto users = machine.read("/etc/passwd");
    if (!users) return unreadable(users.error());
    std::string_view rest{*users};
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        const std::string_view line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (!line.starts_with("bitgrid:")) continue;
        const std::size_t number = line.find(':', line.find(':') + 1);
        if (number != std::string_view::npos && line.substr(number + 1).starts_with("0:"))
            return missing("bitgrid is another name of root",
                           "bitgrid ist ein anderer Name von root");
        if (!line.ends_with("/nologin") && !line.ends_with("/false"))
            return poor("one can log in as bitgrid", "man kann sich als bitgrid anmelden");
        return good("bitgrid, without a login", "bitgrid, ohne Anmeldung");
    }
    return missing("there is no user bitgrid", "es gibt keinen Nutzer bitgrid");
}

constexpr Check kSystemChecks[] = {
    {"time.service",
     {"a service keeps the clock right", "ein Dienst hält die Uhr richtig"},
     {"apt-get install chrony; deploy/host/chrony/bitgrid.conf",
      "apt-get install chrony; deploy/host/chrony/bitgrid.conf"},
     time_service},
    {"time.synchronised",
     {"the clock is synchronised now", "die Uhr ist jetzt abgeglichen"},
     {"chronyc tracking, chronyc sources; does the firewall let _chrony out?",
      "chronyc tracking, chronyc sources; lässt die Firewall _chrony hinaus?"},
     time_synchronised},
    {"time.plausible",
     {"the clock can be right", "die Uhr kann stimmen"},
     {"docs/runbooks/time-drift.md", "docs/runbooks/de/time-drift.md"},
     time_plausible},
    {"updates.security",
     {"security updates of Debian come by themselves",
      "Sicherheitsaktualisierungen von Debian kommen von selbst"},
     {"apt-get install unattended-upgrades; copy deploy/host/apt/52bitgrid to /etc/apt/apt.conf.d/",
      "apt-get install unattended-upgrades; kopier deploy/host/apt/52bitgrid nach "
      "/etc/apt/apt.conf.d/"},
     security_updates},
    {"journal.limit",
     {"the system's log cannot fill the disk",
      "das Protokoll des Systems kann die Platte nicht füllen"},
     {"copy deploy/host/journald/bitgrid.conf to /etc/systemd/journald.conf.d/",
      "kopier deploy/host/journald/bitgrid.conf nach /etc/systemd/journald.conf.d/"},
     journal_limit},
    {"system.supported",
     {"the system still gets corrections", "das System wird noch ausgebessert"},
     {"Debian 12 or newer, with its kernel", "Debian 12 oder neuer, mit seinem Kernel"},
     system_supported},
    {"memory.swap",
     {"no memory on the disk: keys would lie there, and cards wear out",
      "kein Arbeitsspeicher auf der Platte: Schlüssel lägen dort, und Karten nutzen sich ab"},
     {"swapoff -a and remove it from /etc/fstab (on a Pi: apt-get purge dphys-swapfile), or zram",
      "swapoff -a und aus /etc/fstab entfernen (am Pi: apt-get purge dphys-swapfile), oder zram"},
     swap},
    {"power.voltage",
     {"the power supply is strong enough", "das Netzteil ist stark genug"},
     {"the Pi's own power supply, a short cable", "das Netzteil des Pi, ein kurzes Kabel"},
     voltage},
    {"user.own",
     {"the programs have a user of their own", "die Programme haben einen eigenen Nutzer"},
     {"adduser --system --group --home /var/lib/bitgrid bitgrid (the package does it)",
      "adduser --system --group --home /var/lib/bitgrid bitgrid (das Paket tut es)"},
     own_user},
};

}  // namespace

std::span<const Check> system_checks() { return kSystemChecks; }

}  // namespace bitgrid::doctor
