#include <chrono>
#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/bitgrid/looking.hpp"
#include "app/installation.hpp"
#include "doctor/checks.hpp"
#include "ops/build_day.hpp"
#include "ops/yaml_tree.hpp"
#include "wire/backup_json.hpp"
#include "wire/bounded_json.hpp"

namespace bitgrid::app {
namespace {

using Json = nlohmann::json;
using doctor::Outcome;

struct Options {
    std::string root{"/"};
    doctor::House house;
    std::string language;
    bool is_json{false};

    bool is_german() const { return language.empty() ? environment_is_german() : language == "de"; }
};

bool is_loopback(const std::string& address) {
    return address == "localhost" || address == "::1" || address.starts_with("127.");
}

// Whether api.yaml names a certificate, however deep.
bool names_certificate(const ops::YamlNode& node) {
    for (const ops::YamlEntry& entry : node.entries)
        if (entry.key.find("certificate") != std::string::npos || entry.key == "tls" ||
            names_certificate(entry.value))
            return true;
    return false;
}

doctor::Page page_of(const api::ApiConfig& api, const std::string& text, bool has_accounts) {
    ops::Problems ignored;
    return {api.enabled, is_loopback(api.address), has_accounts || !api.tokens.empty(),
            names_certificate(ops::parse_yaml(text, "api.yaml", ignored)), api.port};
}

void read_config(const doctor::Machine& machine, doctor::House& house) {
    if (!machine.names_in(house.config)) return;
    const auto read = read_installation(machine.place_of(house.config), {});
    house.trouble = read ? "" : ops::format(read.problems());
    if (!read) return;
    const auto text = machine.read(house.config + "/api.yaml");
    const bool has_accounts = machine.has(house.data + "/accounts.json") ||
                              machine.has(house.data + "/accounts/accounts.json");
    house.page = page_of(read.value().api, text ? *text : std::string{}, has_accounts);
    house.watches_ups = read.value().ups.enabled;
    house.low_disk_mb = read.value().store.low_disk_mb;
}

void read_backup_note(const doctor::Machine& machine, doctor::House& house) {
    const auto text = machine.read(house.data + "/backup.json");
    if (!text) return;
    const auto json = wire::parse_json(*text);
    const auto note =
        json ? wire::backup_from_json(*json) : core::Result<wire::BackupNote>{json.error()};
    if (note && note->last_good.ms > 0) house.newest_backup = note->last_good;
}

const char* word_of(Outcome outcome, bool is_german) {
    switch (outcome) {
        case Outcome::Ok:
            return "ok";
        case Outcome::Warn:
            return is_german ? "WARNUNG" : "WARN";
        case Outcome::Missing:
            return is_german ? "FEHLT" : "MISSING";
        case Outcome::Unknown:
            break;
    }
    return is_german ? "unbekannt" : "unknown";
}

bool wants_work(const doctor::Finding& one) {
    return one.outcome == Outcome::Warn || one.outcome == Outcome::Missing;
}

void tell(const doctor::Findings& findings, bool is_german) {
    const auto said = [&](const doctor::Said& both) { return is_german ? both.de : both.en; };
    const auto padded = [](std::string text, std::size_t width) {
        text.resize(std::max(text.size(), width), ' ');
        return text;
    };
    for (const doctor::Finding& one : findings) {
        std::cout << padded(word_of(one.outcome, is_german), 10) << padded(one.id, 18)
                  << said(one.wanted) << '\n';
        if (one.outcome == Outcome::Ok) continue;
        const std::string margin(28, ' ');
        std::cout << margin << (is_german ? "Gesehen: " : "Seen: ") << said(one.seen) << '\n';
        if (wants_work(one))
            std::cout << margin << (is_german ? "Abhilfe: " : "Fix: ") << said(one.fix) << '\n';
    }
}

int report(const doctor::Findings& findings, const Options& o) {
    const bool is_german = o.is_german();
    const auto said = [&](const doctor::Said& both) { return is_german ? both.de : both.en; };
    std::map<Outcome, int> counts;
    Json checks = Json::array();
    bool is_green = true;
    for (const doctor::Finding& one : findings) {
        ++counts[one.outcome];
        is_green = is_green && !wants_work(one);
        checks.push_back({{"id", one.id},
                          {"outcome", one.outcome == Outcome::Ok        ? "ok"
                                      : one.outcome == Outcome::Warn    ? "warn"
                                      : one.outcome == Outcome::Missing ? "missing"
                                                                        : "unknown"},
                          {"wanted", said(one.wanted)},
                          {"seen", said(one.seen)},
                          {"fix", wants_work(one) ? said(one.fix) : ""}});
    }
    const int ok = counts[Outcome::Ok], unknown = counts[Outcome::Unknown];
    const int work = counts[Outcome::Warn] + counts[Outcome::Missing];
    if (o.is_json) {
        std::cout << Json{{"schema", "doctor/1"},
                          {"green", is_green},
                          {"ok", ok},
                          {"warn", counts[Outcome::Warn]},
                          {"missing", counts[Outcome::Missing]},
                          {"unknown", unknown},
                          {"checks", std::move(checks)}}
                         .dump()
                  << '\n';
    } else {
        tell(findings, is_german);
        std::cout << '\n'
                  << (is_german ? "In Ordnung: " : "In order: ") << ok
                  << (is_german ? ", zu tun: " : ", to do: ") << work
                  << (is_german ? ", nicht zu sehen: " : ", not to be seen: ") << unknown << '\n';
    }
    return is_green ? kOk : kNo;
}

int examine(Options& o) {
    const doctor::Machine machine{o.root};
    if (!machine.is_this_one() && !std::filesystem::is_directory(o.root))
        return refuse(kUsage, "--root " + o.root + " is no folder");
    using namespace std::chrono;
    o.house.now.ms = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
    o.house.built = ops::build_day();
    read_config(machine, o.house);
    read_backup_note(machine, o.house);
    return report(doctor::examine(machine, o.house), o);
}

}  // namespace

void add_doctor(CLI::App& app, int& exit_code) {
    const auto options = std::make_shared<Options>();
    CLI::App* verb = app.add_subcommand(
        "doctor", "Look whether this machine is as safe as it should be; changes nothing");
    verb->add_option("--root", options->root, "another machine's root folder")
        ->capture_default_str();
    verb->add_option("--config", options->house.config, "folder of the YAML files")
        ->capture_default_str();
    verb->add_option("--data", options->house.data, "folder of the journal")->capture_default_str();
    verb->add_option("--lang,--language", options->language,
                     "de or en; else that of the environment")
        ->check(CLI::IsMember({"de", "en"}));
    verb->add_flag("--json", options->is_json, "for machines");
    verb->callback([options, &exit_code] { exit_code = examine(*options); });
}

}  // namespace bitgrid::app
