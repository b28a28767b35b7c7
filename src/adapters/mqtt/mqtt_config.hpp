#pragma once
// Keys of mqtt.yaml: where the broker is and how we show who we are.
#include <string>
#include <vector>

#include "core/config.hpp"

namespace bitgrid::adapters {

enum class MqttVersion : std::uint8_t { V5, V311 };

struct MqttConfig {
    bool enabled{true};
    std::string host{"127.0.0.1"};
    int port{1883};
    std::string socket;  ///< path of a broker on this machine; empty: by host and port
    MqttVersion version{MqttVersion::V5};
    std::string client_id{"bitgrid"};  ///< the site's id is appended
    std::string root{"bitgrid"};       ///< topics are `<root>/<site>/…`
    std::string username;              ///< empty: anonymous
    std::string password_file;         ///< one line; empty: no password
    bool tls{false};
    std::string tls_ca_file;           ///< empty: the system's
    std::string tls_certificate_file;  ///< our own, PEM; empty: none
    std::string tls_key_file;
    int keepalive_s{10};
    std::int64_t queue_messages{10'000};
    int wishes_per_minute{120};   ///< more are refused; stops have an allowance of their own
    bool accept_telemetry{true};  ///< signals under `<root>/<site>/telemetry/<device>/<signal>`

    /// Whether it speaks for the site: `<root>/<site>/status` says online, and offline after us.
    bool is_voice{true};
    bool is_private{false};  ///< a broker of our own: no other controller can be there
    /// Waits between attempts to connect, real time, each up to a fifth shorter by chance, so that
    /// a whole house does not come back in the same moment; the last one repeats. After five
    /// minutes the second row.
    std::vector<int> backoff_ms{1'000, 2'000, 4'000};
    std::vector<int> long_backoff_ms{10'000, 20'000, 30'000};
    friend bool operator==(const MqttConfig&, const MqttConfig&) = default;
};

template <class Visitor>
void describe(Visitor& v, MqttConfig& c) {
    v("enabled", c.enabled, "whether to speak MQTT at all");
    v("host", c.host, "name or address of the broker");
    v("port", c.port, core::Range{1, 65535}, "1883, with TLS usually 8883");
    v("socket", c.socket,
      "path of the Unix socket of a broker on this machine, instead of host and port");
    v.choice("version", c.version, {"5", "3.1.1"}, "MQTT protocol");
    v("client_id", c.client_id, "our name at the broker; the site's id is appended");
    v("root", c.root, "topics are <root>/<site>/...");
    v("username", c.username, "empty: anonymous");
    v("password_file", c.password_file, "file with the password in one line; empty: none");
    v("tls", c.tls, "encrypt, and check the broker's certificate and name");
    v("tls_ca_file", c.tls_ca_file, "PEM of the authority that signed it; empty: the system's");
    v("tls_certificate_file", c.tls_certificate_file, "our own certificate, PEM; empty: none");
    v("tls_key_file", c.tls_key_file, "its private key, PEM");
    v("keepalive_s", c.keepalive_s, core::Range{5, 15}, "longest silence before a ping");
    v("queue_messages", c.queue_messages, core::Range{100, 1'000'000},
      "most messages that wait while the broker is away");
    v("wishes_per_minute", c.wishes_per_minute, core::Range{1, 1'000'000},
      "most commands that are obeyed; stops have 600 of their own");
    v("accept_telemetry", c.accept_telemetry, "take signals from telemetry/<device>/<signal>");
}

inline std::string topic_root(const MqttConfig& config, const std::string& site_id) {
    return config.root + "/" + site_id;
}

}  // namespace bitgrid::adapters
