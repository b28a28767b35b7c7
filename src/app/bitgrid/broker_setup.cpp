#include "app/bitgrid/broker_setup.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <map>
#include <sstream>

#include "app/bitgrid/house_keys.hpp"
#include "crypto/digest.hpp"
#include "pki/broker_password.hpp"
#include "pki/private_file.hpp"

namespace bitgrid::app {
namespace {

namespace fs = std::filesystem;
constexpr const char* kRecord = "/provisioned.txt";  ///< SHA-256 and name of what we wrote

using Texts = std::map<std::string, std::string>;

core::Error unfit(const std::string& what) { return {core::ErrorCode::BadInput, what}; }

/// What stands there, or nothing.
std::string now_in(const std::string& path) {
    auto text = pki::read_private(path);
    return text ? std::move(text).value() : std::string{};
}

std::map<std::string, std::string> record_of(const std::string& folder) {
    std::map<std::string, std::string> record;
    std::istringstream lines{now_in(folder + kRecord)};
    std::string digest, name;
    while (lines >> digest >> name) record[name] = digest;
    return record;
}

// The broker's own key never leaves its folder, and is not the one of the web page.
core::Result<void> add_broker_pair(pki::Authority& authority, const BrokerSetup& setup,
                                   Texts& texts) {
    const std::string& folder = setup.plan.folder;
    texts["ca.crt"] = authority.certificate();
    const auto list = authority.revocations();
    if (!list) return list.error();
    texts["crl.pem"] = *list;
    std::vector<std::string> hosts = names_of_this_host();
    hosts.insert(hosts.begin(), setup.plan.lan);
    const std::string certificate = now_in(folder + "/broker.crt");
    const std::string key = now_in(folder + "/broker.key");
    const auto known = pki::read_certificate(certificate);
    const bool is_good = known && pki::belongs_to(key, certificate) &&
                         pki::is_signed_by(authority.certificate(), certificate) &&
                         !pki::Authority::is_renewal_due(known->valid, now_on_the_wall()) &&
                         known->hosts.size() == hosts.size() && known->hosts[0] == hosts[0];
    pki::Pair pair{certificate, key};
    if (!is_good) {
        auto fresh = authority.issue_server("broker", hosts, now_on_the_wall());
        if (!fresh) return fresh.error();
        pair = std::move(fresh).value();
    }
    texts["broker.crt"] = pair.certificate;
    texts["broker.key"] = pair.key;
    return {};
}

// A password that was drawn once stays.
void add_passwords(const std::string& folder, Texts& texts) {
    std::string& lines = texts["passwd"];
    for (const std::string user : kLocalUsers) {
        const std::string name = user + ".password";
        std::string password = now_in(folder + "/" + name);
        password.resize(std::min(password.size(), password.find('\n')));
        if (password.size() < 32) password = pki::draw_password();
        texts[name] = password + "\n";
        lines += pki::password_line(user, password);
    }
}

core::Result<Texts> make_texts(const Looking& look, const BrokerSetup& setup) {
    const auto all = read_installation(setup.config, ops::Environment{});
    if (!all) return unfit(ops::format(all.problems()));
    const auto gateways = read_gateways(setup.config, all.value().config);
    if (!gateways) return unfit(ops::format(gateways.problems()));
    Texts texts;
    texts["mosquitto.conf"] = broker_configuration(setup.plan);
    texts["acl"] = access_list(all.value(), gateways.value());
    add_passwords(setup.plan.folder, texts);
    if (setup.plan.lan.empty()) return texts;
    auto authority = pki::Authority::open(pki_folder(look));
    if (!authority)
        return unfit(authority.error().what + "; --lan needs certificates, first: bitgrid ca init");
    if (const auto added = add_broker_pair(*authority, setup, texts); !added) return added.error();
    return texts;
}

std::vector<std::string> changed_by_hand(const std::string& folder, const Texts& texts) {
    const auto record = record_of(folder);
    std::vector<std::string> changed;
    for (const auto& [name, text] : texts) {
        const std::string there = now_in(folder + "/" + name);
        const bool is_password = name.ends_with(".password");
        if (there.empty() || there == text || is_password) continue;
        const auto known = record.find(name);
        if (known == record.end() || known->second != crypto::sha256_hex(there))
            changed.push_back(folder + "/" + name);
    }
    return changed;
}

struct Words {
    const char* changed;
    const char* written;
    const char* nothing;
    const char* next;
};
constexpr Words kEnglish{
    "changed by hand, and not replaced: {}\nNothing was written. Say --replace to replace it.\n",
    "written: {}\n", "Nothing has changed.\n",
    "The broker reads them as its own user: chown -R mosquitto: {}\nIt starts with: mosquitto -c "
    "{}/mosquitto.conf; after a change: systemctl restart mosquitto.\n"};
constexpr Words kGerman{
    "von Hand geändert, und nicht ersetzt: {}\nNichts wurde geschrieben. Mit --replace wird es "
    "ersetzt.\n",
    "geschrieben: {}\n", "Nichts hat sich geändert.\n",
    "Der Broker liest sie als eigener Benutzer: chown -R mosquitto: {}\nEr startet mit: mosquitto "
    "-c {}/mosquitto.conf; nach einer Änderung: systemctl restart mosquitto.\n"};

}  // namespace

core::Result<BrokerOutcome> set_up_broker(const Looking& look, const BrokerSetup& given) {
    BrokerSetup setup = given;
    BrokerPlan& plan = setup.plan;
    plan.folder = fs::absolute(plan.folder).lexically_normal().string();
    if (plan.folder.ends_with('/')) plan.folder.pop_back();
    if (plan.socket.empty()) plan.socket = plan.folder + "/broker.sock";
    for (const std::string& path : {plan.folder, plan.socket})
        if (path.find_first_of(" \t\n") != std::string::npos)
            return unfit(path + ": a path without spaces is allowed");
    if (!plan.lan.empty())
        if (const std::string wrong = pki::objection_to_host(plan.lan); !wrong.empty())
            return unfit("--lan: " + wrong);
    const auto texts = make_texts(look, setup);
    if (!texts) return texts.error();
    BrokerOutcome outcome;
    outcome.changed_by_hand = changed_by_hand(plan.folder, *texts);
    if (!outcome.changed_by_hand.empty() && !setup.may_replace) return outcome;
    if (const auto made = pki::make_private_folder(plan.folder); !made) return made.error();
    std::string record;
    for (const auto& [name, text] : *texts) {
        record += crypto::sha256_hex(text) + " " + name + "\n";
        const std::string path = plan.folder + "/" + name;
        if (now_in(path) == text) continue;
        if (const auto kept = pki::keep_private(path, text); !kept) return kept.error();
        outcome.written.push_back(path);
    }
    if (now_in(plan.folder + kRecord) != record)
        if (const auto kept = pki::keep_private(plan.folder + kRecord, record); !kept)
            return kept.error();
    return outcome;
}

void add_broker_options(CLI::App& verb, BrokerSetup& setup) {
    verb.add_option("--lan", setup.plan.lan,
                    "address at which the broker listens for gateways; without it nobody comes "
                    "over the network");
    verb.add_option("--port", setup.plan.port, "where it listens for them")
        ->check(CLI::Range(1, 65'535));
    verb.add_option(
        "--socket", setup.plan.socket,
        "where it listens for programs of this machine; else broker.sock in the folder");
    verb.add_option("--broker-version", setup.plan.version, "of Mosquitto")
        ->check(CLI::IsMember({"2.0", "2.1"}));
    verb.add_option("--run-as", setup.plan.run_as, "user of the broker; else Mosquitto's own");
    verb.add_option("--config", setup.config, "folder of the configuration");
    verb.add_flag("--replace", setup.may_replace, "also what was changed by hand");
}

int tell_outcome(const Looking& look, const BrokerSetup& setup, const BrokerOutcome& outcome) {
    const Words& words = look.is_german() ? kGerman : kEnglish;
    if (!outcome.changed_by_hand.empty() && !setup.may_replace) {
        for (const std::string& path : outcome.changed_by_hand)
            std::cerr << fmt::format(fmt::runtime(words.changed), path);
        return kNo;
    }
    for (const std::string& path : outcome.written)
        std::cout << fmt::format(fmt::runtime(words.written), path);
    if (outcome.written.empty()) std::cout << words.nothing;
    else std::cout << fmt::format(fmt::runtime(words.next), setup.plan.folder, setup.plan.folder);
    return kOk;
}

}  // namespace bitgrid::app
