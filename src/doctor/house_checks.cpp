#include <sys/statvfs.h>

#include <algorithm>
#include <deque>

#include "doctor/checks.hpp"
#include "doctor/config_lines.hpp"

namespace bitgrid::doctor {
namespace {

constexpr std::int64_t kOldestBackupMs = std::int64_t{48} * 3'600'000;
constexpr std::size_t kMostFiles = 20'000;
constexpr double kLeastFreeShare = 0.1;
constexpr mode_t kOthers = 0007;
constexpr mode_t kGroupAndOthers = 0077;

Seen config_valid(const Machine& machine, const House& house) {
    if (!house.trouble) {
        const auto names = machine.names_in(house.config);
        if (!names && names.error().code != core::ErrorCode::NotFound)
            return unreadable(names.error());
        return missing("there is no " + house.config, "es gibt kein " + house.config);
    }
    if (house.trouble->empty()) return good("without a mistake", "ohne Fehler");
    return missing(*house.trouble, *house.trouble);
}

std::string octal(mode_t mode) {
    std::string text;
    for (int shift = 6; shift >= 0; shift -= 3)
        text += static_cast<char>('0' + ((mode >> static_cast<unsigned>(shift)) & 7U));
    return text;
}

Seen closed_to_others(const Machine& machine, const std::string& folder) {
    const auto status = machine.look_at(folder);
    if (!status) {
        const auto names = machine.names_in(folder);
        if (names) return good("", "");
        if (names.error().code != core::ErrorCode::NotFound) return unreadable(names.error());
        return missing("there is no " + folder, "es gibt kein " + folder);
    }
    const std::string mode = octal(status->st_mode);
    if ((status->st_mode & kOthers) != 0)
        return missing(folder + " is open to every user (" + mode + ")",
                       folder + " steht jedem Nutzer offen (" + mode + ")");
    return good(folder + " has mode " + mode, folder + " hat den Modus " + mode);
}

Seen config_closed(const Machine& machine, const House& house) {
    return closed_to_others(machine, house.config);
}
Seen data_closed(const Machine& machine, const House& house) {
    return closed_to_others(machine, house.data);
}

bool is_secret(std::string_view name) {
    for (const char* ending : {".key", "-key.pem", ".password", "-password", ".token", ".secret"})
        if (name.ends_with(ending)) return true;
    return name == "first-run-code" || name == "passwords" || name == "accounts.json" ||
           name == "sessions.json";
}

// Below both folders; which secrets others can read, and what was hidden.
Seen keys_closed(const Machine& machine, const House& house) {
    std::deque<std::string> folders{house.config, house.data};
    std::size_t files = 0, secrets = 0;
    while (!folders.empty()) {
        const std::string folder = folders.front();
        folders.pop_front();
        const auto names = machine.names_in(folder);
        if (!names) {
            if (names.error().code == core::ErrorCode::NotFound) continue;
            return unreadable(names.error());
        }
        for (const std::string& name : *names) {
            const std::string path = folder + "/" + name;
            const auto status = machine.look_at(path);
            if (!status) continue;
            if (S_ISDIR(status->st_mode)) folders.push_back(path);
            if (++files > kMostFiles) return unknown("too many files", "zu viele Dateien");
            if (!S_ISREG(status->st_mode) || !is_secret(name)) continue;
            ++secrets;
            if ((status->st_mode & kGroupAndOthers) != 0)
                return missing(path + " can be read by others (" + octal(status->st_mode) + ")",
                               path + " können andere lesen (" + octal(status->st_mode) + ")");
        }
    }
    return good(std::to_string(secrets) + " secrets, each for one user",
                std::to_string(secrets) + " Geheimnisse, jedes für einen Nutzer");
}

Seen backup_age(const Machine& machine, const House& house) {
    if (!house.newest_backup) {
        const auto note = machine.read(house.data + "/backup.json");
        if (!note && note.error().code != core::ErrorCode::NotFound)
            return unreadable(note.error());
        return missing("there is no verified backup", "es gibt keine geprüfte Sicherung");
    }
    const std::int64_t hours = (house.now - *house.newest_backup) / 3'600'000;
    const std::string age = std::to_string(hours) + " h";
    if (house.now - *house.newest_backup > kOldestBackupMs)
        return missing("the newest is " + age + " old", "die neueste ist " + age + " alt");
    return good("the newest is " + age + " old", "die neueste ist " + age + " alt");
}

Seen disk_space(const Machine& machine, const House& house) {
    struct statvfs space {};
    if (::statvfs(machine.place_of(house.data).c_str(), &space) != 0)
        return unknown(house.data + " cannot be reached", house.data + " ist nicht zu erreichen");
    const auto free_mb = static_cast<std::int64_t>(space.f_bavail) *
                         static_cast<std::int64_t>(space.f_frsize) / 1'000'000;
    const double share = space.f_blocks == 0 ? 1
                                             : static_cast<double>(space.f_bavail) /
                                                   static_cast<double>(space.f_blocks);
    const std::string free = std::to_string(free_mb) + " MB";
    if (free_mb < house.low_disk_mb)
        return missing("only " + free + " free", "nur " + free + " frei");
    if (share < kLeastFreeShare || (space.f_files > 0 && space.f_favail < 10'000))
        return poor(free + " free, less than a tenth", free + " frei, weniger als ein Zehntel");
    return good(free + " free", free + " frei");
}

// The mount under which a path lies: the longest that leads to it.
Seen disk_mount(const Machine& machine, const House& house) {
    const auto table = machine.read("/proc/mounts");
    if (!table) return unreadable(table.error());
    std::string place, kind, options;
    for (const ConfigLine& line : config_lines(*table)) {
        if (line.values.size() < 3) continue;
        const std::string& point = line.values[0];
        const bool leads =
            point == "/" || house.data == point || house.data.starts_with(point + "/");
        if (!leads || point.size() < place.size()) continue;
        place = point;
        kind = line.values[1];
        options = "," + line.values[2] + ",";
    }
    if (place.empty()) return unknown("no mount is to be seen", "keine Einbindung ist zu sehen");
    const std::string where = place + " (" + kind + ")";
    if (options.find(",ro,") != std::string::npos)
        return missing(where + " is read-only", where + " ist nur lesbar");
    for (const char* volatile_kind : {"tmpfs", "ramfs"})
        if (kind == volatile_kind)
            return missing(where + " is gone after a restart",
                           where + " ist nach einem Neustart weg");
    for (const char* other : {"vfat", "exfat", "nfs", "nfs4", "cifs", "fuse.sshfs"})
        if (kind == other)
            return poor(where + " keeps no promise after a power cut",
                        where + " hält nach einem Stromausfall kein Versprechen");
    if (options.find(",nobarrier,") != std::string::npos ||
        options.find(",barrier=0,") != std::string::npos)
        return poor(where + " is mounted without barriers",
                    where + " ist ohne Barrieren eingebunden");
    return good(where, where);
}

Seen ups(const Machine& machine, const House& house) {
    bool has_nut = false;
    if (const auto text = machine.read("/etc/nut/nut.conf")) {
        for (const ConfigLine& line : config_lines(*text, true))
            if (line.key == "mode") has_nut = !line.value().empty() && line.value() != "none";
    } else if (text.error().code == core::ErrorCode::Refused) {
        return unreadable(text.error());
    }
    if (has_nut && !house.watches_ups)
        return poor("NUT is set up, and ups.yaml does not watch it",
                    "NUT ist eingerichtet, aber ups.yaml schaut nicht hin");
    if (!has_nut && house.watches_ups)
        return poor("ups.yaml watches one, and NUT is not set up on this machine",
                    "ups.yaml schaut hin, aber NUT ist auf dieser Maschine nicht eingerichtet");
    if (!has_nut)
        return good(
            "there is none: a power cut ends everything at once, and nothing is lost",
            "es gibt keine: ein Stromausfall beendet alles sofort, und nichts geht verloren");
    return good("watched", "wird beobachtet");
}

constexpr Check kHouseChecks[] = {
    {"config.valid",
     {"the configuration has no mistake", "die Konfiguration hat keinen Fehler"},
     {"bitgrid config check --config /etc/bitgrid", "bitgrid config check --config /etc/bitgrid"},
     config_valid},
    {"files.config",
     {"the configuration is not for every user", "die Konfiguration ist nicht für jeden Nutzer"},
     {"chmod o= /etc/bitgrid", "chmod o= /etc/bitgrid"},
     config_closed},
    {"files.data",
     {"the journal is not for every user", "das Journal ist nicht für jeden Nutzer"},
     {"chmod o= /var/lib/bitgrid", "chmod o= /var/lib/bitgrid"},
     data_closed},
    {"files.keys",
     {"keys and passwords can be read by one user only",
      "Schlüssel und Passwörter kann nur ein Nutzer lesen"},
     {"chmod go= FILE; if others were on this machine, make new ones",
      "chmod go= DATEI; waren andere auf dieser Maschine, mach neue"},
     keys_closed},
    {"backup.age",
     {"there is a verified backup of the last two days",
      "es gibt eine geprüfte Sicherung der letzten zwei Tage"},
     {"systemctl enable --now bitgrid-backup.timer, systemctl start bitgrid-backup; docs/backup.md",
      "systemctl enable --now bitgrid-backup.timer, systemctl start bitgrid-backup; "
      "docs/backup.md"},
     backup_age},
    {"disk.space",
     {"there is room on the disk", "auf der Platte ist Platz"},
     {"docs/runbooks/low-disk.md", "docs/runbooks/de/low-disk.md"},
     disk_space},
    {"disk.mount",
     {"the journal lies on a disk that survives a power cut",
      "das Journal liegt auf einer Platte, die einen Stromausfall übersteht"},
     {"put /var/lib/bitgrid on a local ext4, xfs or btrfs, mounted as usual",
      "leg /var/lib/bitgrid auf ein lokales ext4, xfs oder btrfs, wie üblich eingebunden"},
     disk_mount},
    {"ups.watched",
     {"a UPS, where there is one, is watched", "eine USV, wo es eine gibt, wird beobachtet"},
     {"deploy/host/nut/README.md, and enabled: true in ups.yaml",
      "deploy/host/nut/README.md, und enabled: true in ups.yaml"},
     ups},
};

}  // namespace

std::span<const Check> house_checks() { return kHouseChecks; }

}  // namespace bitgrid::doctor
