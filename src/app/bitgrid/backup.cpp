#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/backup_tool.hpp"
#include "app/bitgrid/looking.hpp"
#include "app/bitgrid/secrets.hpp"
#include "app/make_backup.hpp"
#include "app/power_notice.hpp"
#include "backup/tree.hpp"
#include "wire/backup_json.hpp"
#include "wire/bounded_json.hpp"

namespace bitgrid::app {
namespace {

struct Options {
    Looking look;
    std::string passphrase_file, restic, borg;
    bool is_again{false};
    bool needs_mains{false};
    BackupOrder order;
};

struct Words {
    const char *made, *handed, *content, *keys, *keys_left_out, *config_open, *left_out, *removed;
};
constexpr Words kEnglish{
    "Backup: {}\n",
    "Handed to {}: {}\n",
    "  {} events, {} files, {:.1f} MB new, read back and checked ({:.1f} s)\n",
    "  Configuration and keys are in it, encrypted.\n",
    "  The key of this device is NOT in it. With --recipient age1… or --passphrase-file it goes "
    "in, encrypted.\n",
    "  The configuration lies open in it.\n",
    "  Left out, because nobody is named who may read it: {}\n",
    "  Removed: {}\n"};
constexpr Words kGerman{
    "Sicherung: {}\n",
    "An {} übergeben: {}\n",
    "  {} Ereignisse, {} Dateien, {:.1f} MB neu, zurückgelesen und geprüft ({:.1f} s)\n",
    "  Konfiguration und Schlüssel sind verschlüsselt dabei.\n",
    "  Der Schlüssel dieses Geräts ist NICHT dabei. Mit --recipient age1… oder --passphrase-file "
    "kommt er verschlüsselt hinein.\n",
    "  Die Konfiguration liegt offen darin.\n",
    "  Ausgelassen, weil niemand genannt ist, der es lesen darf: {}\n",
    "  Entfernt: {}\n"};

constexpr std::size_t kMostNote = 65'536;
constexpr int kLeastPriority = 19;

core::UnixTime system_time() {
    using namespace std::chrono;
    return {duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()};
}

double megabytes(std::int64_t bytes) { return static_cast<double>(bytes) / 1e6; }

void say_in_json(const BackupMade& made, double took_s) {
    std::cout
        << nlohmann::json{{"folder", made.folder},          {"events", made.manifest.last_event},
                          {"head", made.manifest.head},     {"files", made.manifest.files.size()},
                          {"bytes", made.manifest.bytes()}, {"new_bytes", made.new_bytes},
                          {"keys", made.has_keys},          {"left_out", made.manifest.left_out},
                          {"removed", made.removed},        {"took_s", took_s}}
               .dump()
        << '\n';
}

void say(const Options& o, const BackupMade& made, double took_s) {
    if (o.look.is_json) return say_in_json(made, took_s);
    const Words& words = o.look.is_german() ? kGerman : kEnglish;
    const auto line = [](const char* text, const auto&... values) {
        std::cout << fmt::format(fmt::runtime(text), values...);
    };
    if (!made.folder.empty()) line(words.made, made.folder);
    if (!o.restic.empty()) line(words.handed, "restic", o.restic);
    if (!o.borg.empty()) line(words.handed, "borg", o.borg);
    line(words.content, made.manifest.last_event, made.manifest.files.size(),
         megabytes(made.new_bytes), took_s);
    if (made.has_keys) line(words.keys);
    if (made.leaves_out_keys) line(words.keys_left_out);
    if (made.manifest.find(backup::kSecrets) == nullptr) line(words.config_open);
    for (const std::string& path : made.manifest.left_out)
        if (path.starts_with("config/")) line(words.left_out, path);
    for (const std::string& name : made.removed) line(words.removed, name);
}

void prepare_tool(Options& o) {
    const bool is_borg = !o.borg.empty();
    if (!is_borg && o.restic.empty()) return;
    o.order.target = is_borg ? "borg " + o.borg : "restic " + o.restic;
    o.order.hand_over = [repository = is_borg ? o.borg : o.restic, is_borg](
                            const std::string& folder, const std::string& name) {
        return hand_to(is_borg ? BackupTool::Borg : BackupTool::Restic, repository, folder, name);
    };
}

// The daemon has one made like the newest: it knows neither where to nor for whom.
core::Result<void> take_over(Options& o) {
    const std::string path = o.look.data + "/backup.json";
    const auto text = backup::read_file(path, kMostNote);
    if (!text) return text.error();
    const auto json = wire::parse_json(*text);
    const auto note = json ? wire::backup_from_json(*json) : json.error();
    if (!note) return core::Error{note.error().code, path + ": " + note.error().what};
    if (!note->again)
        return core::Error{core::ErrorCode::BadInput,
                           path +
                               ": the newest good backup did not go to a folder; --again makes "
                               "another one like it"};
    o.order.shelf = note->again->folder;
    o.order.config = note->again->config;
    o.order.keep = static_cast<std::size_t>(note->again->keep);
    o.order.lock.recipients = note->again->recipients;
    o.passphrase_file = note->again->passphrase_file;
    return {};
}

int back_up(Options& o) {
    using namespace std::chrono;
    if (o.is_again) {
        setpriority(PRIO_PROCESS, 0, kLeastPriority);  // the daemon has it done beside its work
        if (const auto taken = take_over(o); !taken) return explain(taken.error());
    }
    if (o.needs_mains)
        if (const std::string why = why_rest(o.look.data, system_time()); !why.empty())
            return refuse(kUnavailable, why);
    if (o.order.shelf.empty() && o.restic.empty() && o.borg.empty())
        return refuse(kUsage, "where to? --to FOLDER, --restic REPO or --borg REPO");
    if (!o.passphrase_file.empty()) {
        auto passphrase = passphrase_in(o.passphrase_file);
        if (!passphrase) return explain(passphrase.error());
        o.order.lock.passphrase = std::move(*passphrase);
        o.order.passphrase_file = std::filesystem::absolute(o.passphrase_file).string();
    }
    prepare_tool(o);
    o.order.data = o.look.data;
    o.order.now = system_time();
    const auto began = steady_clock::now();
    const auto made = make_backup(o.order);
    if (!made) return explain(made.error());
    say(o, *made, duration<double>(steady_clock::now() - began).count());
    return kOk;
}

}  // namespace

void add_backup(CLI::App& app, int& exit_code) {
    auto* verb = app.add_subcommand(
        "backup",
        "Copy the house to a safe place while it runs: journal, past, configuration, keys");
    const auto o = std::make_shared<Options>();
    o->look.add_to(*verb);
    verb->add_option("--config", o->order.config, "folder of the configuration")
        ->capture_default_str();
    auto* to =
        verb->add_option("--to", o->order.shelf, "folder in which backups lie, one folder each");
    verb->add_option("--keep", o->order.keep, "so many newest stay in --to")
        ->capture_default_str()
        ->check(CLI::Range(std::size_t{1}, std::size_t{10'000}));
    auto* recipient =
        verb->add_option("--recipient", o->order.lock.recipients,
                         "age1…: configuration and keys go in, encrypted to it; may be repeated");
    verb->add_option("--passphrase-file", o->passphrase_file,
                     "the same with the passphrase in the first line of this file")
        ->excludes(recipient);
    auto* restic = verb->add_option("--restic", o->restic,
                                    "give it to restic, into this repository; password as restic "
                                    "wants it, e.g. RESTIC_PASSWORD_FILE");
    verb->add_option("--borg", o->borg,
                     "give it to borg, into this repository; password as borg wants it, e.g. "
                     "BORG_PASSCOMMAND")
        ->excludes(restic);
    verb->add_flag("--again", o->is_again,
                   "like the newest good one to a folder: the same place, the same recipients")
        ->excludes(to)
        ->excludes(recipient)
        ->excludes(restic);
    verb->add_flag("--unless-on-battery", o->needs_mains,
                   "not while the daemon says that the host lives on its UPS: exit 69 then");
    add_backup_verify(*verb, exit_code);
    verb->callback([o, verb, &exit_code] {
        if (verb->get_subcommands().empty()) exit_code = back_up(*o);
    });
}

}  // namespace bitgrid::app
