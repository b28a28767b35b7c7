#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/bitgrid/looking.hpp"
#include "app/bitgrid/secrets.hpp"
#include "app/restore_backup.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::app {
namespace {

struct Options {
    Looking look;
    std::string identity_file, passphrase_file;
    bool is_only_checked{false};
    RestoreOrder order;
};

struct Words {
    const char *whole, *restored, *events, *config, *keys, *no_keys, *sealed, *left_out, *next;
};
constexpr Words kEnglish{
    "{}: whole\n",
    "Restored from {}\n",
    "  {} events up to {}, chain and {} files as they were written\n",
    "  files of the configuration: {}\n",
    "  the key of the device is there\n",
    "  without the key of the device: the daemon makes a new one\n",
    "  configuration and keys are encrypted in it; --identity or --passphrase-file opens them\n",
    "  left out of it, because nobody was named who may read it: {}\n",
    "Now start bitgridd with --data {} --config {}. Every load is off until it has looked "
    "around.\n"};
constexpr Words kGerman{
    "{}: unversehrt\n",
    "Wiederhergestellt aus {}\n",
    "  {} Ereignisse bis {}, Kette und {} Dateien, wie sie geschrieben wurden\n",
    "  Dateien der Konfiguration: {}\n",
    "  der Schlüssel des Geräts ist dabei\n",
    "  ohne den Schlüssel des Geräts: die Steuerung macht einen neuen\n",
    "  Konfiguration und Schlüssel sind darin verschlüsselt; --identity oder --passphrase-file "
    "öffnet sie\n",
    "  nicht darin, weil niemand genannt war, der es lesen darf: {}\n",
    "Starte jetzt bitgridd mit --data {} --config {}. Alles bleibt aus, bis es sich umgesehen "
    "hat.\n"};

void say(const Options& o, const Restored& restored) {
    const backup::Manifest& manifest = restored.manifest;
    if (o.look.is_json) {
        std::cout << nlohmann::json{{"backup", o.order.backup},
                                    {"restored", !o.is_only_checked},
                                    {"made", wire::time_text(manifest.made)},
                                    {"events", manifest.last_event},
                                    {"head", manifest.head},
                                    {"files", manifest.files.size()},
                                    {"config_files", restored.config_files},
                                    {"left_out", manifest.left_out},
                                    {"keys", restored.has_keys}}
                         .dump()
                  << '\n';
        return;
    }
    const Words& words = o.look.is_german() ? kGerman : kEnglish;
    const auto line = [](const char* text, const auto&... values) {
        std::cout << fmt::format(fmt::runtime(text), values...);
    };
    const bool is_sealed = manifest.find(backup::kSecrets) != nullptr &&
                           restored.config_files == 0 && !restored.has_keys;
    line(o.is_only_checked ? words.whole : words.restored, o.order.backup);
    line(words.events, manifest.last_event, on_the_clock(wire::time_text(manifest.made)),
         manifest.files.size());
    if (o.is_only_checked && is_sealed) return line(words.sealed);
    line(words.config, restored.config_files);
    for (const std::string& path : manifest.left_out)
        if (path.starts_with("config/")) line(words.left_out, path);
    if (restored.has_keys) line(words.keys);
    else if (!o.is_only_checked) line(words.no_keys);
    if (!o.is_only_checked) line(words.next, o.order.data, o.order.config);
}

core::Result<void> read_key(Options& o) {
    if (!o.identity_file.empty()) {
        auto identities = identities_in(o.identity_file);
        if (!identities) return identities.error();
        o.order.key.identities = std::move(*identities);
    }
    if (!o.passphrase_file.empty()) {
        auto passphrase = passphrase_in(o.passphrase_file);
        if (!passphrase) return passphrase.error();
        o.order.key.passphrase = std::move(*passphrase);
    }
    return {};
}

int restore(Options& o) {
    if (const auto read = read_key(o); !read) return explain(read.error());
    o.order.data = o.look.data;
    const auto restored = o.is_only_checked ? check_backup(o.order) : restore_backup(o.order);
    if (!restored) return explain(restored.error());
    say(o, *restored);
    return kOk;
}

}  // namespace

void add_restore(CLI::App& app, int& exit_code) {
    auto* verb = app.add_subcommand(
        "restore", "Bring a house back from a backup into empty folders; all of it, or nothing");
    const auto o = std::make_shared<Options>();
    verb->add_option("BACKUP", o->order.backup, "its folder, …/bitgrid-20260615T031742Z")
        ->required();
    o->look.add_to(*verb);
    verb->add_option("--config", o->order.config, "folder for the configuration")
        ->capture_default_str();
    auto* identity = verb->add_option("--identity", o->identity_file,
                                      "file with the AGE-SECRET-KEY-1… that it is encrypted to");
    verb->add_option("--passphrase-file", o->passphrase_file,
                     "the passphrase is the first line of this file")
        ->excludes(identity);
    verb->add_flag("--without-secrets", o->order.is_without_secrets,
                   "where the key is lost: the past and the state, no configuration, no keys");
    verb->add_flag("--check", o->is_only_checked, "only read and check it; restores nothing");
    verb->callback([o, &exit_code] { exit_code = restore(*o); });
}

}  // namespace bitgrid::app
