#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <chrono>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/bitgrid/looking.hpp"
#include "app/bitgrid/opened_export.hpp"
#include "app/export_maker.hpp"
#include "crypto/signing_key.hpp"

namespace bitgrid::app {
namespace {

using Json = nlohmann::json;

constexpr int kLeastPriority = 19;  // whatever the house needs goes first
constexpr std::int64_t kMega = 1'000'000;

struct Words {
    const char* made;
    const char* of;
    const char* anonymous;
    const char* relative;
    const char* named;
    const char* without;
    const char* whole;
    const char* signed_by;
    const char* is_unknown_key;
};
constexpr Words kEnglish{
    "{0}\n  {1:.1f} MB, signed by {2}\n",
    "  {0} to {1}, rows: {2} decisions, {3} states, {4} energy values, {5} texts\n",
    "  without names, places and addresses\n",
    "  its first day is called 2000-01-01; the time of day is true\n",
    "  WITH the names of the house and its loads\n",
    "  {} decisions cannot be computed again: their configuration is not known any more\n",
    "whole: every file is as it was signed\n",
    "  signed by {}\n",
    "  whose key that is, --key or its owner tells\n"};
constexpr Words kGerman{
    "{0}\n  {1:.1f} MB, signiert von {2}\n",
    "  {0} bis {1}, Zeilen: {2} Entscheidungen, {3} Zustände, {4} Energiewerte, {5} Texte\n",
    "  ohne Namen, Orte und Adressen\n",
    "  der erste Tag heißt 2000-01-01; die Uhrzeit stimmt\n",
    "  MIT den Namen des Hauses und seiner Lasten\n",
    "  {} Entscheidungen lassen sich nicht mehr nachrechnen: Ihre Konfiguration ist unbekannt\n",
    "unversehrt: Jede Datei ist, wie sie signiert wurde\n",
    "  signiert von {}\n",
    "  wessen Schlüssel das ist, sagt --key oder sein Eigentümer\n"};

core::UnixTime wall_time() {
    return {std::chrono::duration_cast<std::chrono::milliseconds>(
                std::chrono::system_clock::now().time_since_epoch())
                .count()};
}

Json json_of(const archive::ExportManifest& m) {
    return Json::parse(archive::text_of(m), nullptr, false);
}

void say_content(const Words& words, const archive::ExportManifest& m) {
    std::cout << fmt::format(fmt::runtime(words.of), m.since, m.until, m.rows_of("decisions"),
                             m.rows_of("states"), m.rows_of("energy_to_value"),
                             m.rows_of("explain_sessions"));
    std::cout << (m.is_anonymous ? words.anonymous : words.named);
    if (m.is_relative) std::cout << words.relative;
    if (m.without_inputs > 0)
        std::cout << fmt::format(fmt::runtime(words.without), m.without_inputs);
}

// --- make ---

struct MakeOptions {
    Looking look;
    Period period;
    std::string range{"30d"};
    bool keeps_names{false};
    std::int64_t most_mb{2'000};
    std::int64_t most_minutes{30};
    ExportWanted wanted;
};

int exit_of(const core::Error& error) {
    switch (error.code) {
        case core::ErrorCode::BadInput:
            return kUsage;
        case core::ErrorCode::Unavailable:
            return kUnavailable;
        default:
            return kNo;
    }
}

core::Result<void> read_times(MakeOptions& o, core::UnixTime now) {
    const auto since = read_moment(o.period.since.empty() ? o.range : o.period.since, now);
    if (!since) return since.error();
    o.wanted.since = *since;
    o.wanted.until = now;
    if (o.period.until.empty()) return {};
    const auto until = read_moment(o.period.until, now);
    if (!until) return until.error();
    o.wanted.until = *until;
    return {};
}

int make(MakeOptions& o) {
    setpriority(PRIO_PROCESS, 0, kLeastPriority);
    umask(0077);  // what is in it is for its owner
    const core::UnixTime now = wall_time();
    if (const auto read = read_times(o, now); !read) return refuse(kUsage, read.error().what);
    o.wanted.data = o.look.data;
    o.wanted.is_anonymous = !o.keeps_names;
    o.wanted.most_bytes = o.most_mb * kMega;
    o.wanted.most_s = o.most_minutes * 60;
    const auto made = make_export(o.wanted, now);
    if (!made) return refuse(exit_of(made.error()), made.error().what);
    if (o.look.is_json) {
        std::cout << Json{{"file", made->path},
                          {"bytes", made->bytes},
                          {"manifest", json_of(made->manifest)}}
                         .dump(-1, ' ', false, Json::error_handler_t::replace)
                  << '\n';
        return kOk;
    }
    const Words& words = o.look.is_german() ? kGerman : kEnglish;
    std::cout << fmt::format(fmt::runtime(words.made), made->path,
                             static_cast<double>(made->bytes) / kMega, made->manifest.key);
    say_content(words, made->manifest);
    return kOk;
}

void add_make(CLI::App& group, int& exit_code) {
    auto* verb = group.add_subcommand(
        "make", "Make an export: one signed zip file, without names unless told otherwise");
    const auto o = std::make_shared<MakeOptions>();
    o->look.add_to(*verb);
    o->period.add_to(*verb);
    verb->add_option("--range", o->range, "back from now, where --since is not given")
        ->capture_default_str();
    verb->add_option("--scope", o->wanted.scope, "of timeline, states, kpi, explain, config")
        ->delimiter(',');
    verb->add_flag("--no-anonymise", o->keeps_names,
                   "keep the names of house and loads, and the ids of decisions");
    verb->add_flag("--relative-time", o->wanted.is_relative,
                   "call the first day 2000-01-01; the time of day stays");
    verb->add_option("--recipient", o->wanted.recipient,
                     "encrypt it for this key, age1…; only its owner can open it then");
    verb->add_option("--to", o->wanted.to, "folder; else exports in the data folder");
    verb->add_option("--most-days", o->wanted.most_days, "longest time")
        ->check(CLI::Range(1, 36'600))
        ->capture_default_str();
    verb->add_option("--most-mb", o->most_mb, "largest size, MB")
        ->check(CLI::Range(1, 4'000))
        ->capture_default_str();
    verb->add_option("--most-minutes", o->most_minutes, "longest work")
        ->check(CLI::Range(1, 1'440))
        ->capture_default_str();
    verb->callback([o, &exit_code] { exit_code = make(*o); });
}

// --- verify ---

struct VerifyOptions {
    std::string file;
    std::string key;
    std::string identity;
    std::string language;
    bool is_json{false};
};

int verify(const VerifyOptions& o) {
    if (!o.key.empty() && !crypto::public_key_from_hex(o.key))
        return refuse(kUsage, "--key: 64 hex digits are allowed, as in keys/device.pub");
    const auto bundle = open_export(o.file, o.key, o.identity);
    if (!bundle) return refuse_export(o.file, bundle.error());
    if (o.is_json) {
        std::cout << Json{{"file", o.file},
                          {"whole", true},
                          {"encrypted", bundle->was_encrypted()},
                          {"manifest", json_of(bundle->manifest())}}
                         .dump(-1, ' ', false, Json::error_handler_t::replace)
                  << '\n';
        return kOk;
    }
    Looking look;
    look.language = o.language;
    const Words& words = look.is_german() ? kGerman : kEnglish;
    std::cout << o.file << '\n';
    say_content(words, bundle->manifest());
    std::cout << fmt::format(fmt::runtime(words.signed_by), bundle->manifest().key);
    if (o.key.empty()) std::cout << words.is_unknown_key;
    std::cout << words.whole;
    return kOk;
}

void add_verify_export(CLI::App& group, int& exit_code) {
    auto* verb = group.add_subcommand(
        "verify", "Prove an export, anywhere, with nothing but the file: signature, every digest");
    const auto o = std::make_shared<VerifyOptions>();
    verb->add_option("FILE", o->file, "a .zip or .zip.age")->required();
    verb->add_option("--key", o->key, "public key that it must be signed by, hex");
    verb->add_option("--identity", o->identity, "file with the age key of an encrypted one");
    verb->add_option("--lang", o->language, "de or en; else that of the environment")
        ->check(CLI::IsMember({"de", "en"}));
    verb->add_flag("--json", o->is_json, "for machines");
    verb->callback([o, &exit_code] { exit_code = verify(*o); });
}

}  // namespace

void add_export(CLI::App& app, int& exit_code) {
    auto* group =
        app.add_subcommand("export", "Give parts of the past to research, and check them");
    group->require_subcommand(1);
    add_make(*group, exit_code);
    add_verify_export(*group, exit_code);
}

}  // namespace bitgrid::app
