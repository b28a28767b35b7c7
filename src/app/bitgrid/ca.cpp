// `bitgrid ca`: the house's own certificate authority, for HTTPS and for MQTT with TLS.
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/bitgrid/house_keys.hpp"
#include "app/bitgrid/secrets.hpp"
#include "store/folder_lock.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::app {
namespace {

using Json = nlohmann::json;

struct Options {
    Looking look;
    std::string name;
    std::vector<std::string> hosts;
};

struct Words {
    const char* made;
    const char* issued;
    const char* renewed;
    const char* nothing_due;
    const char* revoked;
    const char* columns[4];
    const char* standings[5];
    const char* purposes[3];
};
constexpr Words kEnglish{
    "The authority of this house stands in {}. Its fingerprint (SHA-256):\n{}\nWhoever has ca.key "
    "can pretend to be anything in this house: keep {} in your backups and nowhere else.\n",
    "{}: valid until {}\n",
    "{}: valid until {}; whoever uses it reads it at the next start or reload\n",
    "Nothing is due for renewal.\n",
    "{} is revoked. The broker knows once it has the list: bitgrid mqtt provision, then restart "
    "it.\n",
    {"Name", "For", "Valid until", "State"},
    {"good", "renewal due", "expired", "revoked", "damaged"},
    {"authority", "server", "client"}};
constexpr Words kGerman{
    "Die Zertifizierungsstelle dieses Hauses liegt in {}. Ihr Fingerabdruck (SHA-256):\n{}\nWer "
    "ca.key hat, kann sich in diesem Haus als alles ausgeben: Bewahre {} in den Sicherungen auf "
    "und "
    "nirgends sonst.\n",
    "{}: gültig bis {}\n",
    "{}: gültig bis {}; wer es benutzt, liest es beim nächsten Start oder Neuladen\n",
    "Nichts muss erneuert werden.\n",
    "{} ist gesperrt. Der Broker weiß es, sobald er die Liste hat: bitgrid mqtt provision, dann "
    "ihn "
    "neu starten.\n",
    {"Name", "Für", "Gültig bis", "Zustand"},
    {"gut", "Erneuerung fällig", "abgelaufen", "gesperrt", "beschädigt"},
    {"Zertifizierungsstelle", "Server", "Client"}};

const Words& words_for(const Options& o) { return o.look.is_german() ? kGerman : kEnglish; }

/// What machines read, whatever the language.
constexpr const char* kStandings[] = {"good", "renewal_due", "expired", "revoked", "damaged"};
constexpr const char* kPurposes[] = {"authority", "server", "client"};

std::string end_of(const pki::Held& held) { return wire::time_text(held.certificate.valid.until); }

int init(const Options& o) {
    const std::vector<std::string> hosts = o.hosts.empty() ? names_of_this_host() : o.hosts;
    const auto made =
        pki::Authority::init(pki_folder(o.look), "BitGridAI", hosts, now_on_the_wall());
    if (!made) return explain(made.error());
    std::cout << fmt::format(fmt::runtime(words_for(o).made), pki_folder(o.look),
                             made->fingerprint(), pki_folder(o.look));
    return kOk;
}

int issue(const Options& o, pki::Authority& authority) {
    const auto held = authority.issue(o.name, now_on_the_wall());
    if (!held) return explain(held.error());
    std::cout << fmt::format(fmt::runtime(words_for(o).issued), held->file, end_of(*held));
    return kOk;
}

int renew(const Options& o, pki::Authority& authority) {
    std::vector<std::string> names{o.name};
    if (o.name.empty()) {
        names.clear();
        const auto all = authority.list(now_on_the_wall());
        if (!all) return explain(all.error());
        for (const pki::Held& held : *all)
            if (held.standing == pki::Standing::RenewalDue ||
                held.standing == pki::Standing::Expired)
                if (held.certificate.purpose != pki::Purpose::Authority)
                    names.push_back(held.certificate.name);
    }
    if (names.empty()) std::cout << words_for(o).nothing_due;
    for (const std::string& name : names) {
        const auto held = authority.renew(name, o.hosts, now_on_the_wall());
        if (!held) return explain(held.error());
        std::cout << fmt::format(fmt::runtime(words_for(o).renewed), held->file, end_of(*held));
    }
    return kOk;
}

int revoke(const Options& o, pki::Authority& authority) {
    const auto revoked = authority.revoke(o.name, now_on_the_wall());
    if (!revoked) return explain(revoked.error());
    std::cout << fmt::format(fmt::runtime(words_for(o).revoked), o.name);
    return kOk;
}

Json json_of(const pki::Held& held) {
    return {{"name", held.certificate.name},
            {"purpose", kPurposes[static_cast<int>(held.certificate.purpose)]},
            {"serial", held.certificate.serial},
            {"valid_from", wire::time_text(held.certificate.valid.from)},
            {"valid_until", end_of(held)},
            {"hosts", held.certificate.hosts},
            {"fingerprint_sha256", held.certificate.fingerprint},
            {"file", held.file},
            {"state", kStandings[static_cast<int>(held.standing)]}};
}

int show(const Options& o, pki::Authority& authority) {
    const auto all = authority.list(now_on_the_wall());
    if (!all) return explain(all.error());
    bool is_good = true;
    Json list = Json::array();
    const Words& words = words_for(o);
    constexpr const char* kRow = "{:<20} {:<22} {:<21} {}\n";
    std::string table =
        fmt::format(kRow, words.columns[0], words.columns[1], words.columns[2], words.columns[3]);
    for (const pki::Held& held : *all) {
        is_good = is_good && held.standing != pki::Standing::Damaged &&
                  held.standing != pki::Standing::Expired;
        list.push_back(json_of(held));
        const bool is_read = !held.certificate.name.empty();
        table +=
            fmt::format(kRow, is_read ? held.certificate.name : held.file,
                        is_read ? words.purposes[static_cast<int>(held.certificate.purpose)] : "",
                        is_read ? end_of(held).substr(0, 16) + "Z" : "",
                        words.standings[static_cast<int>(held.standing)]);
    }
    std::cout << (o.look.is_json ? list.dump(2) + "\n" : table);
    return is_good ? kOk : kNo;
}

using Act = int (*)(const Options&, pki::Authority&);

// One at a time: two that change the same folder would undo each other.
int with_authority(const Options& o, Act act) {
    auto authority = pki::Authority::open(pki_folder(o.look));
    if (!authority) return explain_missing_authority(authority.error(), o.look);
    const auto lock = store::FolderLock::take(pki_folder(o.look));
    if (!lock) return explain(lock.error());
    return act(o, *authority);
}

CLI::App* add_act(CLI::App& verb, const char* name, const char* what, Act act, int& exit_code) {
    const auto o = std::make_shared<Options>();
    auto* part = verb.add_subcommand(name, what);
    o->look.add_to(*part);
    if (act == issue || act == revoke)
        part->add_option("name", o->name, "of the client: a-z, 0-9, - and _")->required();
    if (act == renew) {
        part->add_option("name", o->name, "a client or server; without: all that are due");
        part->add_option("--host", o->hosts, "with server: its names and addresses from now on");
    }
    part->callback([o, act, &exit_code] { exit_code = with_authority(*o, act); });
    return part;
}

}  // namespace

void add_ca(CLI::App& app, int& exit_code) {
    auto* verb =
        app.add_subcommand("ca", "The house's own certificates, for HTTPS and for MQTT with TLS");
    verb->require_subcommand(1);
    const auto o = std::make_shared<Options>();
    auto* make = verb->add_subcommand("init", "Make the authority, and the server's certificate");
    o->look.add_to(*make);
    make->add_option("--host", o->hosts,
                     "name or address by which this host is reached, also several times; else its "
                     "own name and localhost");
    make->callback([o, &exit_code] { exit_code = init(*o); });
    add_act(*verb, "issue", "Make a client's key and certificate", issue, exit_code);
    add_act(*verb, "renew", "Sign for another year what has lived three fifths of its own", renew,
            exit_code);
    add_act(*verb, "revoke", "Let no certificate of a client count any more", revoke, exit_code);
    add_act(*verb, "show", "List them, and how they stand", show, exit_code);
}

}  // namespace bitgrid::app
