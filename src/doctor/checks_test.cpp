#include "doctor/checks.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>

namespace bitgrid::doctor {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kHourMs = 3'600'000;

// A machine that is as it should be, in a folder; each test spoils one thing.
class DoctorTest : public ::testing::Test {
protected:
    DoctorTest() {
        std::string name = (fs::temp_directory_path() / "bitgrid-doctor-XXXXXX").string();
        root_ = ::mkdtemp(name.data());
        write("/etc/bitgrid-firewall/rules.nft", "table inet bitgrid { }\n");
        enable("bitgrid-firewall.service", "sysinit.target.wants");
        write("/usr/sbin/sshd", "");
        write("/etc/ssh/sshd_config", "Include /etc/ssh/sshd_config.d/*.conf\nX11Forwarding yes\n");
        write("/etc/ssh/sshd_config.d/00-bitgrid.conf",
              "PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin no\n");
        write("/proc/net/tcp",
              "sl local rem st\n 0: 00000000:0016 0:0 0A\n 1: 0100007F:075B 0:0 0A\n");
        write("/proc/net/tcp6", "sl local rem st\n");
        enable("chrony.service", "multi-user.target.wants");
        write("/usr/bin/unattended-upgrade", "");
        write("/etc/apt/apt.conf.d/52bitgrid",
              "APT::Periodic::Update-Package-Lists \"1\";\nAPT::Periodic::Unattended-Upgrade "
              "\"1\";\n");
        write("/etc/systemd/journald.conf.d/bitgrid.conf", "[Journal]\nSystemMaxUse=200M\n");
        write("/etc/os-release",
              "PRETTY_NAME=\"Debian GNU/Linux 12\"\nID=debian\nVERSION_ID=\"12\"\n");
        write("/proc/sys/kernel/osrelease", "6.1.0-25-arm64\n");
        write("/proc/swaps", "Filename Type Size Used Priority\n/dev/zram0 partition 1 0 5\n");
        write("/etc/passwd",
              "root:x:0:0:root:/root:/bin/bash\n"
              "bitgrid:x:992:992::/var/lib/bitgrid:/usr/sbin/nologin\n");
        for (const char* unit : {kService, kGuard}) {
            write(std::string{"/usr/lib/systemd/system/"} + unit, kUnit);
            enable(unit, "multi-user.target.wants");
        }
        write("/proc/12/cmdline", std::string{"/usr/bin/bitgridd\0--role\0guard\0", 31});
        write("/proc/13/cmdline", std::string{"/usr/bin/bitgridd\0--config\0/etc/bitgrid\0", 40});
        write("/etc/bitgrid/api.yaml", "port: 8080\n");
        write("/var/lib/bitgrid/keys/device.key", "secret", fs::perms{0600});
        for (const char* folder : {"/etc/bitgrid", "/var/lib/bitgrid", "/var/lib/bitgrid/keys"})
            fs::permissions(at(folder), fs::perms{0750});
        write("/proc/mounts", "/dev/root / ext4 rw,noatime 0 0\ntmpfs /run tmpfs rw 0 0\n");
        write("/usr/sbin/mosquitto", "");
        write("/etc/mosquitto/mosquitto.conf", "include_dir /etc/mosquitto/conf.d\n");
        write("/etc/mosquitto/conf.d/bitgrid.conf",
              "listener 8883\ncertfile /x\nallow_anonymous false\n");
        house_.trouble = "";
        house_.page = Page{};
        house_.now = {1'000 * kHourMs};
        house_.built = {900 * kHourMs};
        house_.newest_backup = core::UnixTime{990 * kHourMs};
        house_.low_disk_mb = 0;
    }
    ~DoctorTest() override {
        std::error_code ignored;
        fs::remove_all(root_, ignored);
    }

    fs::path at(const std::string& path) const { return root_ / fs::path{path}.relative_path(); }
    void write(const std::string& path, const std::string& text,
               fs::perms mode = fs::perms{0644}) const {
        fs::create_directories(at(path).parent_path());
        std::ofstream{at(path), std::ios::binary} << text;
        fs::permissions(at(path), mode);
    }
    void enable(const std::string& unit, const std::string& wants) const {
        const fs::path folder = at("/etc/systemd/system/" + wants);
        fs::create_directories(folder);
        fs::create_symlink("/lib/systemd/system/" + unit, folder / unit);
    }
    Findings look() const { return examine(Machine{root_}, house_); }
    Finding finding(const std::string& id) const {
        for (const Finding& one : look())
            if (one.id == id) return one;
        ADD_FAILURE() << "no check " << id;
        return {};
    }
    void expect(const std::string& id, Outcome outcome, const std::string& words) const {
        const Finding found = finding(id);
        EXPECT_EQ(found.outcome, outcome) << id << ": " << found.seen.en;
        EXPECT_THAT(found.seen.en, ::testing::HasSubstr(words)) << id;
        EXPECT_FALSE(found.fix.en.empty() || found.fix.de.empty()) << id;
    }

    static constexpr const char* kUnit =
        "[Service]\nUser=bitgrid\nNoNewPrivileges=yes\nCapabilityBoundingSet=\n"
        "ProtectSystem=strict\nProtectHome=yes\nPrivateTmp=yes\nPrivateDevices=yes\n"
        "ProtectKernelTunables=yes\nProtectKernelModules=yes\nRestrictNamespaces=yes\n"
        "MemoryDenyWriteExecute=yes\nSystemCallFilter=@system-service\n"
        "RestrictAddressFamilies=AF_UNIX\nMemoryMax=64M\nTasksMax=16\nWatchdogSec=5\n"
        "Restart=always\n";
    fs::path root_;
    House house_;
};

TEST_F(DoctorTest, AMachineAsItShouldBeNeedsNothing) {
    for (const Finding& one : look()) {
        EXPECT_TRUE(one.outcome == Outcome::Ok || one.outcome == Outcome::Unknown)
            << one.id << ": " << one.seen.en;
        EXPECT_FALSE(one.wanted.en.empty() || one.wanted.de.empty()) << one.id;
        EXPECT_FALSE(one.seen.en.empty() || one.seen.de.empty()) << one.id;
        // Only what must be asked of a running kernel is not in its files.
        EXPECT_EQ(one.outcome == Outcome::Unknown,
                  one.id == "firewall.holds" || one.id == "time.synchronised")
            << one.id << ": " << one.seen.en;
    }
}

TEST_F(DoctorTest, EachCheckHasAnIdOfItsOwn) {
    std::map<std::string, int> ids;
    for (const Finding& one : look()) EXPECT_EQ(++ids[one.id], 1) << one.id;
    EXPECT_EQ(ids.size(), 30U);
}

TEST_F(DoctorTest, EachProtectionThatIsGoneIsMissed) {
    struct Spoiled {
        const char* id;
        std::function<void()> spoil;
        Outcome outcome;
        const char* words;
    };
    const auto remove = [this](const char* path) { fs::remove_all(at(path)); };
    const Outcome gone = Outcome::Missing, poor = Outcome::Warn;
    const Spoiled cases[] = {
        {"firewall.starts", [&] { remove("/etc/systemd/system/sysinit.target.wants"); }, gone,
         "no start"},
        {"firewall.starts", [&] { remove("/etc/bitgrid-firewall"); }, gone, "no rules"},
        {"ssh.password", [&] { remove("/etc/ssh/sshd_config.d"); }, gone,
         "passwordauthentication is yes"},
        {"ssh.root",
         [&] { write("/etc/ssh/sshd_config.d/10-me.conf", "PermitRootLogin prohibit-password\n"); },
         gone, "prohibit-password"},
        {"sockets.listening",
         [&] {
             write("/proc/net/tcp6",
                   std::string(32, '0') + " 0\n 0: " + std::string(32, '0') + ":075B 0:0 0A\n");
         },
         poor, "TCP 1883"},
        {"page.open", [&] { house_.page->is_loopback = false; }, gone, "nobody is asked"},
        {"page.open", [&] { house_.page->wants_credential = true; }, gone, "without HTTPS"},
        {"time.service",
         [&] { remove("/etc/systemd/system/multi-user.target.wants/chrony.service"); }, gone,
         "no start"},
        {"time.plausible", [&] { house_.built = {2'000 * kHourMs}; }, gone, "before the day"},
        {"updates.security",
         [&] { write("/etc/apt/apt.conf.d/60off", "APT::Periodic::Unattended-Upgrade \"0\";\n"); },
         gone, "not turned on"},
        {"updates.security", [&] { remove("/usr/bin/unattended-upgrade"); }, gone, "not installed"},
        {"journal.limit", [&] { remove("/etc/systemd/journald.conf.d"); }, gone, "SystemMaxUse"},
        {"system.supported",
         [&] {
             write("/etc/os-release", "PRETTY_NAME=\"Debian 11\"\nID=debian\nVERSION_ID=\"11\"\n");
         },
         gone, "Debian 11"},
        {"system.supported", [&] { write("/proc/sys/kernel/osrelease", "5.4.0\n"); }, poor, "5.10"},
        {"memory.swap", [&] { write("/proc/swaps", "Filename\n/var/swap file 1 0 -2\n"); }, poor,
         "/var/swap"},
        {"user.own", [&] { write("/etc/passwd", "bitgrid:x:0:0::/:/usr/sbin/nologin\n"); }, gone,
         "root"},
        {"user.own", [&] { write("/etc/passwd", "bitgrid:x:992:992::/:/bin/bash\n"); }, poor,
         "log in"},
        {"user.own", [&] { write("/etc/passwd", "root:x:0:0::/:/bin/bash\n"); }, gone, "no user"},
        {"service.sandbox",
         [&] {
             write(std::string{"/etc/systemd/system/"} + kService + ".d/mine.conf",
                   "[Service]\nUser=root\nMemoryMax=\n");
         },
         gone, "bitgrid.service: User, MemoryMax"},
        {"service.watchdog",
         [&] {
             write(std::string{"/etc/systemd/system/"} + kGuard + ".d/mine.conf",
                   "[Service]\nWatchdogSec=0\n");
         },
         gone, "bitgrid-guard.service"},
        {"guard.runs", [&] { remove("/proc/12"); }, gone, "without its guard"},
        {"guard.starts",
         [&] { remove("/etc/systemd/system/multi-user.target.wants/bitgrid-guard.service"); }, gone,
         "no start"},
        {"service.starts",
         [&] { remove("/etc/systemd/system/multi-user.target.wants/bitgrid.service"); }, gone,
         "no start"},
        {"config.valid", [&] { house_.trouble = "rules.yaml:3: eta: found 7"; }, gone, "found 7"},
        {"files.config", [&] { fs::permissions(at("/etc/bitgrid"), fs::perms{0755}); }, gone,
         "755"},
        {"files.data", [&] { fs::permissions(at("/var/lib/bitgrid"), fs::perms{0751}); }, gone,
         "751"},
        {"files.keys",
         [&] { write("/var/lib/bitgrid/keys/device.key", "secret", fs::perms{0640}); }, gone,
         "device.key"},
        {"backup.age", [&] { house_.newest_backup = core::UnixTime{940 * kHourMs}; }, gone, "60 h"},
        {"backup.age", [&] { house_.newest_backup.reset(); }, gone, "no verified"},
        {"disk.space", [&] { house_.low_disk_mb = 2'000'000'000; }, gone, "only"},
        {"disk.mount", [&] { write("/proc/mounts", "tmpfs /var/lib tmpfs rw 0 0\n"); }, gone,
         "after a restart"},
        {"disk.mount", [&] { write("/proc/mounts", "/dev/a / ext4 ro 0 0\n"); }, gone, "read-only"},
        {"disk.mount", [&] { write("/proc/mounts", "/dev/a / vfat rw 0 0\n"); }, poor, "power cut"},
        {"ups.watched", [&] { write("/etc/nut/nut.conf", "MODE=standalone\n"); }, poor, "ups.yaml"},
        {"broker.clients", [&] { write("/etc/mosquitto/conf.d/x.conf", "allow_anonymous true\n"); },
         gone, "whoever"},
        {"broker.encrypted", [&] { write("/etc/mosquitto/conf.d/x.conf", "listener 1883\n"); },
         gone, "1883"},
        {"broker.clients",
         [&] {
             remove("/etc/mosquitto/conf.d/x.conf");
             write("/etc/bitgrid/broker/mosquitto.conf", "allow_anonymous true\n");
             write("/etc/systemd/system/mosquitto.service.d/bitgrid.conf",
                   "[Service]\nExecStart=\nExecStart=/usr/sbin/mosquitto -c "
                   "/etc/bitgrid/broker/mosquitto.conf\n");
             write("/lib/systemd/system/mosquitto.service", "[Service]\nExecStart=/x -c /y\n");
         },
         gone, "whoever"},
        {"power.voltage",
         [&] {
             write("/proc/device-tree/model", "Raspberry Pi 4 Model B");
             write("/sys/class/hwmon/hwmon1/name", "rpi_volt\n");
             write("/sys/class/hwmon/hwmon1/in0_lcrit_alarm", "1\n");
         },
         gone, "too low"},
    };
    for (const Spoiled& one : cases) {
        one.spoil();
        expect(one.id, one.outcome, one.words);
    }
}

TEST_F(DoctorTest, WhatIsNotInstalledNeedsNoProtection) {
    fs::remove(at("/usr/sbin/mosquitto"));
    fs::remove(at("/usr/sbin/sshd"));
    fs::remove(at("/usr/lib/systemd/system/bitgrid.service"));
    fs::remove(at("/usr/lib/systemd/system/bitgrid-guard.service"));
    write(std::string{"/usr/lib/systemd/system/"} + kGateway, kUnit);
    enable(kGateway, "multi-user.target.wants");
    house_.page->is_enabled = false;
    for (const char* id : {"broker.clients", "broker.encrypted", "ssh.password", "ssh.root",
                           "page.open", "guard.starts", "service.sandbox"})
        EXPECT_EQ(finding(id).outcome, Outcome::Ok) << id << ": " << finding(id).seen.en;
}

TEST_F(DoctorTest, AnEmptyMachineIsToldInWords) {
    fs::remove_all(root_);
    fs::create_directories(root_);
    house_ = {};
    for (const Finding& one : look()) EXPECT_FALSE(one.seen.en.empty()) << one.id;
    EXPECT_EQ(finding("service.starts").outcome, Outcome::Missing);
    EXPECT_EQ(finding("memory.swap").outcome, Outcome::Unknown);
}

TEST_F(DoctorTest, LinksDoNotLeadOutOfTheRoot) {
    fs::remove(at("/etc/os-release"));
    fs::create_symlink("/etc/hostname", at("/etc/os-release"));
    write("/etc/hostname", "ID=debian\nVERSION_ID=12\nPRETTY_NAME=inside\n");
    expect("system.supported", Outcome::Ok, "inside");
    const Machine machine{root_};
    fs::create_symlink("../../../../../../etc/passwd", at("/etc/out"));
    write("/etc/passwd", "inside\n");
    const auto text = machine.read("/etc/out");
    ASSERT_TRUE(text) << text.error().what;
    EXPECT_EQ(*text, "inside\n");
}

TEST_F(DoctorTest, HugeFilesAndPipesAreRefused) {
    const Machine machine{root_};
    write("/big", std::string(kMostBytes + 1, 'x'));
    EXPECT_EQ(machine.read("/big").error().code, core::ErrorCode::TooLarge);
    ASSERT_EQ(::mkfifo(at("/pipe").c_str(), 0600), 0);
    EXPECT_EQ(machine.read("/pipe").error().code, core::ErrorCode::NotFound);
}

TEST(DoctorAsks, AProgramOfThisMachine) {
    const Machine here{"/"};
    const auto said = here.ask({"/bin/echo", "two", "words"});
    ASSERT_TRUE(said) << said.error().what;
    EXPECT_EQ(*said, "two words\n");
    EXPECT_EQ(here.ask({"/bin/false"}).error().code, core::ErrorCode::Refused);
    EXPECT_EQ(here.ask({"/no/such/program"}).error().code, core::ErrorCode::NotFound);
    EXPECT_EQ(Machine{"/tmp"}.ask({"/bin/echo"}).error().code, core::ErrorCode::Unavailable);
}

}  // namespace
}  // namespace bitgrid::doctor
