#include "doctor/unit_file.hpp"

#include <algorithm>

#include "doctor/config_lines.hpp"

namespace bitgrid::doctor {
namespace {

// The first one that has the unit holds.
constexpr const char* kFolders[] = {"/etc/systemd/system", "/run/systemd/system",
                                    "/usr/lib/systemd/system", "/lib/systemd/system"};

}  // namespace

void UnitFile::add(std::string_view text) {
    bool is_service = false;
    std::string whole;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty() || line.front() == '#' || line.front() == ';') continue;
        const bool goes_on = line.back() == '\\';
        if (goes_on) line.remove_suffix(1);
        whole += line;
        if (goes_on) {
            whole += ' ';
            continue;
        }
        const std::string done = std::move(whole);
        whole.clear();
        if (done.front() == '[') {
            is_service = done == "[Service]";
            continue;
        }
        const std::size_t equals = done.find('=');
        if (!is_service || equals == std::string::npos) continue;
        const std::string_view all{done};
        entries_.push_back({std::string{trimmed(all.substr(0, equals))},
                            std::string{trimmed(all.substr(equals + 1))}});
    }
}

std::optional<std::string> UnitFile::setting(std::string_view key) const {
    const auto found = std::find_if(entries_.rbegin(), entries_.rend(),
                                    [&](const Entry& one) { return one.key == key; });
    if (found == entries_.rend()) return std::nullopt;
    return found->value;
}

bool UnitFile::is_on(std::string_view key) const {
    const auto value = setting(key);
    return value == "yes" || value == "true" || value == "1" || value == "on";
}

core::Result<UnitFile> read_unit(const Machine& machine, const std::string& name) {
    UnitFile unit;
    bool is_found = false;
    for (const char* folder : kFolders) {
        const auto text = machine.read(std::string{folder} + "/" + name);
        if (!text && text.error().code == core::ErrorCode::NotFound) continue;
        if (!text) return text.error();
        unit.add(*text);
        is_found = true;
        break;
    }
    if (!is_found) return core::Error{core::ErrorCode::NotFound, "there is no " + name};
    // Those of /etc beat those of the package.
    for (auto folder = std::rbegin(kFolders); folder != std::rend(kFolders); ++folder)
        for (const std::string& path :
             machine.files_in(std::string{*folder} + "/" + name + ".d", ".conf"))
            if (const auto text = machine.read(path)) unit.add(*text);
    return unit;
}

bool is_enabled(const Machine& machine, const std::string& name) {
    const std::string folder = "/etc/systemd/system";
    const auto names = machine.names_in(folder);
    if (!names) return false;
    return std::any_of(names->begin(), names->end(), [&](const std::string& one) {
        return (one.ends_with(".wants") || one.ends_with(".requires")) &&
               machine.has(folder + "/" + one + "/" + name);
    });
}

}  // namespace bitgrid::doctor
