#include "doctor/broker_settings.hpp"

#include <algorithm>
#include <optional>

#include "doctor/config_lines.hpp"
#include "doctor/unit_file.hpp"

namespace bitgrid::doctor {
namespace {

constexpr std::size_t kMostListeners = 256;

void read_setting(const ConfigLine& line, BrokerSettings& broker, std::optional<bool>& anyone) {
    if (line.key == "listener" || line.key == "port") {
        if (broker.listeners.size() == kMostListeners) return;
        const bool has_address = line.key == "listener" && line.values.size() > 1;
        broker.listeners.push_back({line.value(), has_address ? line.values[1] : "", false});
        return;
    }
    if (line.key == "allow_anonymous") anyone = anyone.value_or(false) || line.value() == "true";
    if (broker.listeners.empty()) return;
    if (line.key == "bind_address") broker.listeners.back().address = line.value();
    if (line.key == "certfile" || line.key == "psk_hint")
        broker.listeners.back().is_encrypted = true;
}

// The file that its service names, else that of Debian.
std::string main_file_of(const Machine& machine) {
    const auto unit = read_unit(machine, "mosquitto.service");
    const std::string command = unit ? unit->setting("ExecStart").value_or("") : "";
    for (const ConfigLine& line : config_lines(command))
        for (std::size_t i = 0; i + 1 < line.values.size(); ++i)
            if (line.values[i] == "-c") return line.values[i + 1];
    return "/etc/mosquitto/mosquitto.conf";
}

}  // namespace

bool BrokerListener::is_local() const {
    return port == "0" || address == "localhost" || address == "::1" || address.starts_with("127.");
}

BrokerSettings read_broker(const std::vector<std::string>& texts) {
    BrokerSettings broker;
    std::optional<bool> anyone;
    for (const std::string& text : texts)
        for (const ConfigLine& line : config_lines(text)) read_setting(line, broker, anyone);
    // Without a listener it is one for this machine only, and lets anyone in who is on it.
    broker.lets_anyone_in = anyone.value_or(broker.listeners.empty());
    return broker;
}

core::Result<BrokerSettings> read_broker_settings(const Machine& machine) {
    if (!machine.has("/usr/sbin/mosquitto"))
        return core::Error{core::ErrorCode::NotFound, "no broker"};
    auto main_file = machine.read(main_file_of(machine));
    if (!main_file) return main_file.error();
    std::vector<std::string> texts{*main_file};
    for (const ConfigLine& line : config_lines(*main_file)) {
        if (line.key != "include_dir") continue;
        for (const std::string& path : machine.files_in(line.value(), ".conf")) {
            auto text = machine.read(path);
            if (!text) return text.error();
            texts.push_back(std::move(*text));
        }
    }
    return read_broker(texts);
}

}  // namespace bitgrid::doctor
