#include "doctor/ssh_settings.hpp"

#include "doctor/config_lines.hpp"

namespace bitgrid::doctor {
namespace {

constexpr int kDeepest = 8;
constexpr const char* kFolder = "/etc/ssh/";

// `*.conf` in one folder, as Debian does it, or one file.
std::vector<std::string> included(const Machine& machine, const std::string& pattern) {
    const std::string path = pattern.starts_with('/') ? pattern : kFolder + pattern;
    const std::size_t star = path.find('*');
    if (star == std::string::npos) return {path};
    const std::size_t slash = path.rfind('/');
    if (star < slash) return {};
    return machine.files_in(path.substr(0, slash), path.substr(star + 1));
}

}  // namespace

bool add_ssh_settings(std::string_view text, SshSettings& settings, const Machine* machine,
                      int depth) {
    for (const ConfigLine& line : config_lines(text, true)) {
        if (line.key == "match") return false;
        if (line.key != "include") {
            settings.emplace(line.key, in_small_letters(line.value()));
            continue;
        }
        if (machine == nullptr || depth == kDeepest) continue;
        for (const std::string& pattern : line.values)
            for (const std::string& path : included(*machine, pattern))
                // A `Match` in an included file ends with that file.
                if (const auto inner = machine->read(path))
                    (void)add_ssh_settings(*inner, settings, machine, depth + 1);
    }
    return true;
}

core::Result<SshSettings> read_ssh_settings(const Machine& machine) {
    if (!machine.has("/usr/sbin/sshd"))
        return core::Error{core::ErrorCode::NotFound, "no SSH server"};
    SshSettings settings;
    if (const auto said = machine.ask({"/usr/sbin/sshd", "-T"})) {
        (void)add_ssh_settings(*said, settings);
        return settings;
    }
    const auto text = machine.read("/etc/ssh/sshd_config");
    if (!text) {
        if (text.error().code == core::ErrorCode::NotFound) return settings;
        return text.error();
    }
    (void)add_ssh_settings(*text, settings, &machine);
    return settings;
}

std::string ssh_setting(const SshSettings& settings, const std::string& key) {
    static const SshSettings defaults{{"passwordauthentication", "yes"},
                                      {"kbdinteractiveauthentication", "yes"},
                                      {"permitemptypasswords", "no"},
                                      {"permitrootlogin", "prohibit-password"},
                                      {"pubkeyauthentication", "yes"}};
    // The older name of the same setting.
    if (key == "kbdinteractiveauthentication" && !settings.contains(key) &&
        settings.contains("challengeresponseauthentication"))
        return settings.at("challengeresponseauthentication");
    const auto found = settings.find(key);
    if (found != settings.end()) return found->second;
    const auto usual = defaults.find(key);
    return usual == defaults.end() ? std::string{} : usual->second;
}

}  // namespace bitgrid::doctor
