// `bitgrid gateway enrol`, on the core, and `join`, on the gateway.
#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <memory>

#include "app/bitgrid/broker_setup.hpp"
#include "app/bitgrid/house_keys.hpp"
#include "app/bitgrid/secrets.hpp"
#include "app/shown_config.hpp"
#include "ops/field_table.hpp"
#include "pki/enrolment.hpp"
#include "pki/private_file.hpp"
#include "store/folder_lock.hpp"

namespace bitgrid::app {
namespace {

using Json = nlohmann::json;

struct Options {
    Looking look;
    BrokerSetup setup;
    EnrolledGateway gateway;
    std::string broker;
    std::string file;
    bool may_replace{false};
};

struct Words {
    const char* enrolled;
    const char* joined;
    const char* restart;
};
constexpr Words kEnglish{
    "{} is enrolled. Bring {} there by a way you trust; it is a secret. There:\n\n    bitgrid "
    "gateway join {}\n\nThe authority that it will trust (SHA-256): {}\n",
    "This is now the gateway {} of {}. Delete {}. Write its devices into {}/devices.yaml, then: "
    "bitgridd --role gateway --config {}\n",
    "The broker must read its files again: systemctl restart mosquitto\n"};
constexpr Words kGerman{
    "{} ist aufgenommen. Bringe {} auf einem Weg dorthin, dem du traust; es ist geheim. Dort:\n\n  "
    "  bitgrid gateway join {}\n\nDie Zertifizierungsstelle, der es vertrauen wird (SHA-256): {}\n",
    "Dies ist jetzt das Gateway {} von {}. Lösche {}. Schreibe seine Geräte in {}/devices.yaml, "
    "dann: bitgridd --role gateway --config {}\n",
    "Der Broker muss seine Dateien neu lesen: systemctl restart mosquitto\n"};

const Words& words_for(const Options& o) { return o.look.is_german() ? kGerman : kEnglish; }

int refuse_all(const ops::Problems& problems) {
    std::cerr << ops::format(problems);
    return kBadConfig;
}

std::string flow_list(const std::vector<std::string>& items) {
    std::string text;
    for (const std::string& item : items) text += (text.empty() ? "" : ", ") + item;
    return "[" + text + "]";
}

// One entry more at the end of the file: the rest, comments too, is the owner's.
core::Result<void> note_gateway(const Options& o, const core::Config& config) {
    const std::string path = o.setup.config + "/gateways.yaml";
    auto before = pki::read_private(path);
    if (!before && before.error().code != core::ErrorCode::NotFound) return before.error();
    std::string text = before ? *before : std::string{};
    if (const std::size_t end = text.rfind("\n..."); end != std::string::npos) text.resize(end + 1);
    if (!text.empty() && text.back() != '\n') text += '\n';
    text += fmt::format("- id: {}\n  devices: {}\n  signals: {}\n", o.gateway.id,
                        flow_list(o.gateway.devices), flow_list(o.gateway.signals));
    if (const auto kept = pki::keep_private(path, text); !kept) return kept;
    const auto now = read_gateways(o.setup.config, config);
    if (now) return {};
    if (before) (void)pki::keep_private(path, *before);
    else std::filesystem::remove(path);
    return core::Error{core::ErrorCode::BadInput, ops::format(now.problems())};
}

/// Known with the same rights, new, or an error.
core::Result<void> register_gateway(const Options& o, const Installation& all) {
    const auto known = read_gateways(o.setup.config, all.config);
    if (!known) return core::Error{core::ErrorCode::BadInput, ops::format(known.problems())};
    for (const EnrolledGateway& one : known.value()) {
        if (one.id != o.gateway.id) continue;
        if (one == o.gateway || (o.gateway.devices.empty() && o.gateway.signals.empty())) return {};
        return core::Error{core::ErrorCode::Refused,
                           o.setup.config + "/gateways.yaml: " + one.id +
                               " is there with other devices or signals; change it there"};
    }
    return note_gateway(o, all.config);
}

Json loads_of(const Installation& all, const std::vector<std::string>& ids) {
    Json loads = Json::array();
    const Json shown = shown_rules(all.config);
    for (const Json& load : shown.at("loads.yaml"))
        for (const std::string& id : ids)
            if (load.at("id") == id) loads.push_back(load);
    return loads;
}

core::Result<pki::Pair> pair_for(pki::Authority& authority, const std::string& name) {
    const auto issued = authority.issue(name, now_on_the_wall());
    if (!issued && issued.error().code != core::ErrorCode::Refused) return issued.error();
    return authority.pair_of(name);
}

core::Result<void> split_address(const std::string& address, pki::Enrolment& e) {
    const std::size_t colon = address.rfind(':');
    const bool has_port = colon != std::string::npos && address.find(':') == colon;
    e.host = address.substr(0, has_port ? colon : address.size());
    if (has_port) e.port = std::atoi(address.c_str() + colon + 1);
    const std::string wrong = pki::objection_to_host(e.host);
    if (wrong.empty() && e.port >= 1 && e.port <= 65'535) return {};
    return core::Error{core::ErrorCode::BadInput,
                       "--broker: found \"" + address + "\"; a name or address, and :PORT"};
}

core::Result<std::string> write_bundle(const Options& o, const Installation& all,
                                       pki::Authority& authority) {
    pki::Enrolment e;
    e.site = all.config.site.id;
    e.root = all.mqtt.root;
    e.gateway = o.gateway.id;
    e.authority = authority.certificate();
    if (const auto split = split_address(o.broker, e); !split) return split.error();
    const auto gateways = read_gateways(o.setup.config, all.config);
    for (const EnrolledGateway& one : gateways.value())
        if (one.id == o.gateway.id) e.loads = loads_of(all, one.devices);
    auto pair = pair_for(authority, o.gateway.id);
    if (!pair) return pair.error();
    e.own = std::move(pair).value();
    const std::string text = pki::enrolment_text(e);
    if (const auto read = pki::read_enrolment(text); !read) return read.error();
    const std::string file = o.file.empty() ? o.gateway.id + ".enrolment" : o.file;
    if (const auto kept = pki::keep_private(file, text); !kept) return kept.error();
    return file;
}

int enrol(const Options& o) {
    const auto read = read_installation(o.setup.config, ops::environment_of_process());
    if (!read) return refuse_all(read.problems());
    const Installation& all = read.value();
    if (!o.setup.plan.folder.empty() && o.setup.plan.lan.empty())
        return refuse(kUsage, "--broker-files: needs --lan, as bitgrid mqtt provision had it");
    auto authority = pki::Authority::open(pki_folder(o.look));
    if (!authority) return explain_missing_authority(authority.error(), o.look);
    const auto lock = store::FolderLock::take(pki_folder(o.look));
    if (!lock) return explain(lock.error());
    if (const auto known = register_gateway(o, all); !known) return explain(known.error());
    const auto file = write_bundle(o, all, *authority);
    if (!file) return explain(file.error());
    if (!o.setup.plan.folder.empty()) {
        const auto outcome = set_up_broker(o.look, o.setup);
        if (!outcome) return explain(outcome.error());
        if (tell_outcome(o.look, o.setup, *outcome) != kOk) return kNo;
        std::cout << words_for(o).restart;
    }
    std::cout << fmt::format(fmt::runtime(words_for(o).enrolled), o.gateway.id, *file, *file,
                             authority->fingerprint());
    return kOk;
}

std::string objection_to_time(const pki::Enrolment& e) {
    const auto own = pki::read_certificate(e.own.certificate);
    const core::UnixTime now = now_on_the_wall();
    if (now >= own->valid.until) return "its certificate has expired: enrol the gateway again";
    if (now < own->valid.from)
        return "its certificate is not valid yet: is this machine's clock right?";
    return {};
}

// JSON is YAML, too.
std::vector<std::pair<std::string, std::string>> files_of(const Options& o,
                                                          const pki::Enrolment& e) {
    const std::string keys = std::filesystem::absolute(pki_folder(o.look)).string();
    const std::string mqtt = fmt::format(
        "host: {}\nport: {}\nroot: {}\ntls: true\ntls_ca_file: {}/ca.crt\n"
        "tls_certificate_file: {}/gateway.crt\ntls_key_file: {}/gateway.key\n",
        ops::json_text(e.host), e.port, e.root, keys, keys, keys);
    return {{keys + "/ca.crt", e.authority},
            {keys + "/gateway.key", e.own.key},
            {keys + "/gateway.crt", e.own.certificate},
            {o.setup.config + "/site.yaml", fmt::format("id: {}\n", e.site)},
            {o.setup.config + "/gateway.yaml", fmt::format("id: {}\n", e.gateway)},
            {o.setup.config + "/loads.yaml", e.loads.dump(2) + "\n"},
            {o.setup.config + "/mqtt.yaml", mqtt}};
}

int join(const Options& o) {
    const auto text = pki::read_private(o.file);
    if (!text) return explain(text.error());
    const auto e = pki::read_enrolment(*text);
    if (!e) return refuse(kUsage, o.file + ": " + e.error().what);
    if (const std::string wrong = objection_to_time(*e); !wrong.empty())
        return refuse(kNo, o.file + ": " + wrong);
    const auto files = files_of(o, *e);
    for (const auto& [path, content] : files) {
        const auto before = pki::read_private(path);
        if (before && *before != content && !o.may_replace)
            return refuse(kNo, path + (o.look.is_german()
                                           ? ": steht schon da, mit anderem Inhalt; --replace "
                                             "ersetzt es"
                                           : ": is there already and differs; --replace replaces "
                                             "it"));
    }
    for (const std::string& folder : {pki_folder(o.look), o.setup.config})
        if (const auto made = pki::make_private_folder(folder); !made) return explain(made.error());
    for (const auto& [path, content] : files)
        if (const auto kept = pki::keep_private(path, content); !kept) return explain(kept.error());
    std::cout << fmt::format(fmt::runtime(words_for(o).joined), e->gateway, e->site, o.file,
                             o.setup.config, o.setup.config);
    return kOk;
}

}  // namespace

void add_gateway(CLI::App& app, int& exit_code) {
    auto* verb = app.add_subcommand("gateway", "Machines beside the devices, far from the core");
    verb->require_subcommand(1);
    const auto o = std::make_shared<Options>();
    auto* enrols = verb->add_subcommand(
        "enrol", "On the core: give a gateway its key and its rights, and say what to run there");
    o->look.add_to(*enrols);
    enrols->add_option("name", o->gateway.id, "a-z, 0-9, - and _")->required();
    enrols->add_option("--devices", o->gateway.devices, "ids of the loads that it switches")
        ->delimiter(',');
    enrols
        ->add_option("--signals", o->gateway.signals,
                     "signals of the house that it tells, e.g. pv_power_w,grid_import_w")
        ->delimiter(',');
    enrols->add_option("--broker", o->broker, "where the gateway finds the broker: NAME[:PORT]")
        ->required();
    enrols->add_option("--file", o->file, "file for the gateway; else NAME.enrolment");
    enrols->add_option("--broker-files", o->setup.plan.folder,
                       "folder of bitgrid mqtt provision: brought up to date as well");
    add_broker_options(*enrols, o->setup);
    enrols->callback([o, &exit_code] { exit_code = enrol(*o); });
    const auto other = std::make_shared<Options>();
    auto* joins = verb->add_subcommand("join", "On the gateway: become one, by the file of enrol");
    other->look.add_to(*joins);
    joins->add_option("file", other->file, "NAME.enrolment")->required();
    joins->add_option("--config", other->setup.config, "folder of the configuration");
    joins->add_flag("--replace", other->may_replace, "also where there is another configuration");
    joins->callback([other, &exit_code] { exit_code = join(*other); });
}

}  // namespace bitgrid::app
