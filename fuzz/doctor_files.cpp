// Any bytes as the files of a machine that is looked at: settings of the SSH server, of the broker,
// of a unit, and the kernel's table of sockets.
// mutations: 2000
#include <cstdint>
#include <cstdlib>
#include <string>

#include "doctor/broker_settings.hpp"
#include "doctor/config_lines.hpp"
#include "doctor/socket_table.hpp"
#include "doctor/ssh_settings.hpp"
#include "doctor/unit_file.hpp"

using namespace bitgrid::doctor;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text{reinterpret_cast<const char*>(data), size};
    for (const bool is_assignment : {false, true})
        for (const ConfigLine& line : config_lines(text, is_assignment))
            if (line.key.size() > size) std::abort();
    SshSettings settings;
    (void)add_ssh_settings(text, settings);
    (void)ssh_setting(settings, "permitrootlogin");
    (void)read_broker({text, text});
    UnitFile unit;
    unit.add(text);
    (void)unit.setting("User");
    (void)unit.is_on("PrivateTmp");
    if (listeners_in(text).size() > size) std::abort();
    return 0;
}
