#include "app/bitgrid/broker_files.hpp"

#include <fmt/format.h>

#include <set>

#include "adapters/mqtt/mqtt_config.hpp"

namespace bitgrid::app {
namespace {

/// The lines of one user, each once.
class User {
public:
    explicit User(const std::string& name) : text_{"user " + name + "\n"} {}
    User& may(const char* what, const std::string& topic) {
        // A topic with a space would end where it stands: it is nobody's.
        const std::string line = fmt::format("topic {} {}\n", what, topic);
        if (!topic.empty() && topic.find_first_of(" \t\r\n") == std::string::npos &&
            known_.insert(line).second)
            text_ += line;
        return *this;
    }
    std::string text() const { return text_ + "\n"; }

private:
    std::string text_;
    std::set<std::string> known_;
};

constexpr const char* kSaysItsState[] = {"status",  "state",  "state/#", "load/#",
                                         "event/#", "health", "health/#"};
constexpr const char* kCoreSays[] = {"autonomy",           "autonomy/ack",   "emergency_stop",
                                     "emergency_stop/ack", "safety/ack/ack", "command/+"};
constexpr const char* kWishes[] = {"load/+/override/set", "autonomy/set", "emergency_stop/set",
                                   "safety/ack/set"};
constexpr const char* kAnswers[] = {"load/+/override/ack", "autonomy/ack", "emergency_stop/ack",
                                    "safety/ack/ack"};

void may_read_plugs(User& user, const Installation& all) {
    for (const DeviceConfig& device : all.devices) {
        if (device.type != DeviceType::MqttPlug && device.type != DeviceType::MqttRelay) continue;
        user.may("read", device.topics.state_topic).may("read", device.topics.power_topic);
    }
}

void may_use_plugs(User& user, const Installation& all) {
    for (const DeviceConfig& device : all.devices)
        if (device.type == DeviceType::MqttPlug || device.type == DeviceType::MqttRelay)
            user.may("write", device.topics.command_topic);
    may_read_plugs(user, all);
}

std::string core(const std::string& root, const Installation& all) {
    User user{"core"};
    for (const char* topic : kSaysItsState) user.may("write", root + topic);
    for (const char* topic : kCoreSays) user.may("write", root + topic);
    for (const char* topic : kWishes) user.may("read", root + topic);
    user.may("read", root + "command/+/ack").may("read", root + "telemetry/+/+");
    user.may("read", root + "gateway/#").may("readwrite", root + "controller/claim");
    user.may("readwrite", root + "controller/watching").may("readwrite", root + "fence/+");
    for (const adapters::MqttSensorConfig& sensor : all.mqtt_sensors)
        user.may("read", sensor.topic);
    may_use_plugs(user, all);
    return user.text();
}

// It only ever says off, which gateways obey from whoever may speak to them.
std::string guard(const std::string& root, const Installation& all) {
    User user{"guard"};
    user.may("write", root + "command/+").may("read", root + "command/+/ack");
    user.may("readwrite", root + "fence/+");
    may_use_plugs(user, all);
    return user.text();
}

// It hears what the core hears of the house, and says nothing but that it is there, to itself.
std::string observer(const std::string& root, const Installation& all) {
    User user{"observer"};
    user.may("read", root + "telemetry/+/+").may("readwrite", root + "fence/+");
    for (const adapters::MqttSensorConfig& sensor : all.mqtt_sensors)
        user.may("read", sensor.topic);
    may_read_plugs(user, all);
    return user.text();
}

std::string home_assistant(const std::string& root) {
    User user{"homeassistant"};
    for (const char* topic : kSaysItsState) user.may("read", root + topic);
    for (const char* topic : {"autonomy", "emergency_stop"}) user.may("read", root + topic);
    for (const char* topic : kAnswers) user.may("read", root + topic);
    for (const char* topic : kWishes) user.may("write", root + topic);
    user.may("readwrite", "homeassistant/#");
    return user.text();
}

std::string reader(const std::string& root) {
    User user{"reader"};
    for (const char* topic : kSaysItsState) user.may("read", root + topic);
    user.may("read", root + "gateway/#").may("read", root + "telemetry/+/+");
    return user.text();
}

std::string gateway(const std::string& root, const std::string& site, const EnrolledGateway& g) {
    User user{g.id};
    user.may("read", root + "controller/claim");
    user.may("write", root + "gateway/" + g.id + "/#");
    user.may("readwrite", root + "fence/gateway-" + g.id + "-" + site);
    for (const std::string& signal : g.signals)
        user.may("write", root + "telemetry/" + g.id + "/" + signal);
    for (const std::string& device : g.devices)
        user.may("write", root + "telemetry/" + device + "/+")
            .may("read", root + "command/" + device)
            .may("write", root + "command/" + device + "/ack");
    return user.text();
}

}  // namespace

// Mosquitto 2.1 warns of per_listener_settings, which says there what is so by itself.
std::string broker_configuration(const BrokerPlan& plan) {
    std::string text = fmt::format(
        "# Written by `bitgrid mqtt provision` for Mosquitto {}. Change it by the options of that\n"
        "# command: what is changed here by hand is not replaced unless you ask for it.\n"
        "{}allow_anonymous false\npassword_file {}/passwd\nacl_file {}/acl\n"
        "persistence false\nset_tcp_nodelay true\nsys_interval 0\n"
        "max_packet_size 65536\nmax_queued_messages 200\nmax_queued_bytes 1048576\n"
        "max_inflight_messages 20\nmax_keepalive 60\npersistent_client_expiration 1h\n"
        "memory_limit 67108864\nlog_dest stderr\nconnection_messages true\n",
        plan.version, plan.version == "2.0" ? "per_listener_settings false\n" : "", plan.folder,
        plan.folder);
    if (!plan.run_as.empty()) text += "user " + plan.run_as + "\n";
    text += fmt::format(
        "\n# Programs of this machine.\nlistener 0 {}\nmax_connections 64\n"
        "use_username_as_clientid true\n",
        plan.socket);
    if (plan.lan.empty()) return text;
    text += fmt::format(
        "\n# Gateways, each by its certificate.\nlistener {} {}\nmax_connections 64\n"
        "cafile {}/ca.crt\ncertfile {}/broker.crt\nkeyfile {}/broker.key\ncrlfile {}/crl.pem\n"
        "tls_version tlsv1.2\nrequire_certificate true\nuse_identity_as_username true\n"
        "use_username_as_clientid true\n",
        plan.port, plan.lan, plan.folder, plan.folder, plan.folder, plan.folder);
    return text;
}

std::string access_list(const Installation& all, const std::vector<EnrolledGateway>& gateways) {
    const std::string root = adapters::topic_root(all.mqtt, all.config.site.id) + "/";
    std::string text =
        "# Written by `bitgrid mqtt provision`: what is not named here, nobody may.\n\n" +
        core(root, all) + guard(root, all) + observer(root, all) + home_assistant(root) +
        reader(root);
    for (const EnrolledGateway& one : gateways) text += gateway(root, all.config.site.id, one);
    return text;
}

}  // namespace bitgrid::app
