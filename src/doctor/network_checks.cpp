#include <algorithm>
#include <set>

#include "doctor/checks.hpp"
#include "doctor/socket_table.hpp"
#include "doctor/ssh_settings.hpp"
#include "doctor/unit_file.hpp"

namespace bitgrid::doctor {
namespace {

constexpr std::uint16_t kSsh = 22, kHttps = 443, kPage = 8443, kMqttTls = 8883;

Seen firewall_starts(const Machine& machine, const House&) {
    if (!machine.has("/etc/bitgrid-firewall/rules.nft"))
        return missing("/etc/bitgrid-firewall has no rules",
                       "/etc/bitgrid-firewall hat keine Regeln");
    if (!is_enabled(machine, kFirewall))
        return missing("the rules are there, and no start loads them",
                       "die Regeln sind da, aber kein Start lädt sie");
    return good("rules in /etc/bitgrid-firewall, loaded at every start",
                "Regeln in /etc/bitgrid-firewall, bei jedem Start geladen");
}

Seen firewall_holds(const Machine& machine, const House&) {
    const auto table = machine.ask({"/usr/sbin/nft", "list", "table", "inet", "bitgrid"});
    if (!table) {
        if (table.error().code == core::ErrorCode::NotFound)
            return missing("nftables is not installed", "nftables ist nicht installiert");
        if (table.error().code != core::ErrorCode::Refused) return unreadable(table.error());
        if (!machine.ask({"/usr/sbin/nft", "list", "tables"}))
            return unknown("only root may see the firewall", "nur root darf die Firewall sehen");
        return missing("the table inet bitgrid is not loaded",
                       "die Tabelle inet bitgrid ist nicht geladen");
    }
    for (const char* hook : {"hook input", "hook output", "hook forward"}) {
        const std::size_t at = table->find(hook);
        const std::size_t end = at == std::string::npos ? at : table->find('\n', at);
        if (end == std::string::npos ||
            table->substr(at, end - at).find("policy drop") == std::string::npos)
            return missing(std::string{"it lets pass what no rule names: "} + hook,
                           std::string{"sie lässt durch, was keine Regel nennt: "} + hook);
    }
    return good("closed in, out and forward", "geschlossen für herein, hinaus und hindurch");
}

Seen ssh_passwords(const Machine& machine, const House&) {
    const auto settings = read_ssh_settings(machine);
    if (!settings) {
        if (settings.error().code == core::ErrorCode::NotFound)
            return good("no SSH server", "kein SSH-Server");
        return unreadable(settings.error());
    }
    for (const char* key :
         {"passwordauthentication", "kbdinteractiveauthentication", "permitemptypasswords"})
        if (ssh_setting(*settings, key) != "no")
            return missing(std::string{key} + " is " + ssh_setting(*settings, key),
                           std::string{key} + " ist " + ssh_setting(*settings, key));
    if (ssh_setting(*settings, "pubkeyauthentication") != "yes")
        return poor("keys are refused as well", "auch Schlüssel werden abgewiesen");
    return good("keys only", "nur Schlüssel");
}

Seen ssh_root(const Machine& machine, const House&) {
    const auto settings = read_ssh_settings(machine);
    if (!settings) {
        if (settings.error().code == core::ErrorCode::NotFound)
            return good("no SSH server", "kein SSH-Server");
        return unreadable(settings.error());
    }
    const std::string value = ssh_setting(*settings, "permitrootlogin");
    if (value == "no") return good("root stays out", "root bleibt draußen");
    return missing("permitrootlogin is " + value, "permitrootlogin ist " + value);
}

Seen listening(const Machine& machine, const House& house) {
    std::set<int> expected{kSsh, kHttps, kPage, kMqttTls};
    if (house.page && house.page->is_enabled) expected.insert(house.page->port);
    std::set<int> open;
    bool is_seen = false;
    for (const char* path : {"/proc/net/tcp", "/proc/net/tcp6"}) {
        const auto table = machine.read(path);
        if (!table) continue;
        is_seen = true;
        for (const Listener& one : listeners_in(*table))
            if (!one.is_loopback && !expected.contains(one.port)) open.insert(one.port);
    }
    if (!is_seen) return unknown("/proc/net/tcp is not there", "/proc/net/tcp ist nicht da");
    if (open.empty()) return good("only what is expected", "nur was erwartet wird");
    std::string ports;
    for (const int port : open) ports += (ports.empty() ? "" : ", ") + std::to_string(port);
    return poor("also open to the network: TCP " + ports, "auch offen zum Netz: TCP " + ports);
}

Seen page_open(const Machine&, const House& house) {
    if (!house.page) return unknown("api.yaml could not be read", "api.yaml war nicht zu lesen");
    if (!house.page->is_enabled) return good("there is no page", "es gibt keine Seite");
    if (house.page->is_loopback)
        return good("only from this machine", "nur von dieser Maschine aus");
    if (!house.page->wants_credential)
        return missing("the network reaches it, and nobody is asked who they are",
                       "das Netz erreicht sie, und niemand wird gefragt, wer er ist");
    if (!house.page->is_encrypted)
        return missing("the network reaches it without HTTPS: tokens travel readable",
                       "das Netz erreicht sie ohne HTTPS: Zugänge reisen lesbar");
    return good("HTTPS, and only for those who may", "HTTPS, und nur für die, die dürfen");
}

constexpr Check kNetworkChecks[] = {
    {"firewall.starts",
     {"the firewall is loaded at every start", "die Firewall wird bei jedem Start geladen"},
     {"lay it as deploy/host/README.md says, then: systemctl enable bitgrid-firewall",
      "leg sie an, wie deploy/host/README.md es sagt, dann: systemctl enable bitgrid-firewall"},
     firewall_starts},
    {"firewall.holds",
     {"the firewall is closed now", "die Firewall ist jetzt geschlossen"},
     {"bitgrid-firewall check && bitgrid-firewall try, then from a new connection: "
      "bitgrid-firewall "
      "keep",
      "bitgrid-firewall check && bitgrid-firewall try, dann aus einer neuen Verbindung: "
      "bitgrid-firewall keep"},
     firewall_holds},
    {"ssh.password",
     {"SSH takes keys and no passwords", "SSH nimmt Schlüssel und keine Passwörter"},
     {"first see that your key works, then copy deploy/host/ssh/00-bitgrid.conf to "
      "/etc/ssh/sshd_config.d/: sshd -t && systemctl reload ssh",
      "prüf zuerst, dass dein Schlüssel geht, dann kopier deploy/host/ssh/00-bitgrid.conf nach "
      "/etc/ssh/sshd_config.d/: sshd -t && systemctl reload ssh"},
     ssh_passwords},
    {"ssh.root",
     {"nobody logs in as root", "niemand meldet sich als root an"},
     {"PermitRootLogin no, as in deploy/host/ssh/00-bitgrid.conf",
      "PermitRootLogin no, wie in deploy/host/ssh/00-bitgrid.conf"},
     ssh_root},
    {"sockets.listening",
     {"only expected services are open to the network",
      "nur erwartete Dienste sind zum Netz hin offen"},
     {"which program is it: ss -ltnp; remove it, or let it listen on 127.0.0.1",
      "welches Programm ist es: ss -ltnp; entfern es, oder lass es auf 127.0.0.1 lauschen"},
     listening},
    {"page.open",
     {"whoever reaches the page over the network must sign in, over HTTPS",
      "wer die Seite über das Netz erreicht, muss sich anmelden, über HTTPS"},
     {"make accounts and certificates (bitgrid user, bitgrid ca), or address: 127.0.0.1 in "
      "api.yaml",
      "leg Konten und Zertifikate an (bitgrid user, bitgrid ca), oder address: 127.0.0.1 in "
      "api.yaml"},
     page_open},
};

}  // namespace

std::span<const Check> network_checks() { return kNetworkChecks; }

}  // namespace bitgrid::doctor
