// `bitgrid update`: pack, keygen, check, apply, back, status.
#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

#include "app/bitgrid/looking.hpp"
#include "app/bitgrid/secrets.hpp"
#include "app/bitgrid/update_record.hpp"
#include "app/bitgrid/update_run.hpp"
#include "store/schema.hpp"
#include "update/bundle.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::app {
namespace {

using Json = nlohmann::json;

struct Options {
    UpdateOrder order;
    std::string key;     ///< file, or hex; empty: update.pub of the configuration
    std::string secret;  ///< file
    std::string version, folder, out;
    std::string architecture{update::own_architecture()};
};

int refuse_with(const std::string& what, const core::Error& error) {
    return explain({error.code, what + ": " + error.what});
}

// --- for those who release ---

int make_key(const Options& o) {
    const auto key = crypto::SigningKey::make_file(o.out);
    if (!key) return explain(key.error());
    std::cout << crypto::hex(key->public_key()) << '\n';
    return kOk;
}

int pack(const Options& o) {
    using namespace std::chrono;
    const auto version = update::read_version(o.version);
    if (!version) return explain(version.error());
    const auto key = crypto::SigningKey::load_file(o.secret);
    if (!key) return refuse_with("--key", {core::ErrorCode::BadInput, key.error().what});
    const auto tables = static_cast<std::int64_t>(store::migrations().size());
    const auto now = duration_cast<milliseconds>(system_clock::now().time_since_epoch());
    const auto packed = update::pack_bundle(
        {o.folder, *version, o.architecture, tables, wire::time_text({now.count()})}, *key, o.out);
    if (!packed) return explain(packed.error());
    std::cerr << "bitgrid: written: " << o.out << '\n';
    return kOk;
}

// --- for those who update ---

// A file with the key in its first line, or the key itself.
core::Result<std::string> trusted_key(const Options& o) {
    const std::string place = o.key.empty() ? o.order.config + "/update.pub" : o.key;
    if (crypto::public_key_from_hex(place)) return place;
    std::ifstream file{place};
    std::string line;
    if (!std::getline(file, line)) {
        const char* const way =
            o.key.empty() ? ": there is no key of whom updates are trusted from. Put the key that "
                            "the project publishes there, or name it with --key"
                          : ": no key can be read";
        return core::Error{core::ErrorCode::Refused, place + way};
    }
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    if (const auto good = crypto::public_key_from_hex(line); !good)
        return core::Error{core::ErrorCode::BadInput, place + ": " + good.error().what};
    return line;
}

const char* way_text(const UpdateWords& words, update::Way way) {
    switch (way) {
        case update::Way::Newer:
            return words.way_newer;
        case update::Way::Same:
            return words.way_same;
        case update::Way::MinorBack:
            return words.way_back;
        default:
            return words.way_too_far;
    }
}

int tell_checked(const Options& o, const update::Manifest& m) {
    const auto current = update::Places{o.order.programs}.current();
    const UpdateWords& words = update_words(o.order.look.is_german());
    if (o.order.look.is_json) {
        std::cout << Json{{"version", update::text_of(m.version)},
                          {"architecture", m.architecture},
                          {"files", m.files.size()},
                          {"bytes", m.bytes()},
                          {"tables", m.tables},
                          {"made", m.made},
                          {"key", m.key},
                          {"current", current ? Json(update::text_of(*current)) : Json{}}}
                         .dump()
                  << '\n';
        return kOk;
    }
    std::cout << fmt::format(fmt::runtime(words.is_update), update::text_of(m.version),
                             m.architecture, m.files.size(), static_cast<double>(m.bytes()) / 1e6)
              << fmt::format(fmt::runtime(words.signed_by), m.key);
    if (!current) std::cout << fmt::format(fmt::runtime(words.no_program_yet), o.order.programs);
    else
        std::cout << fmt::format(
            fmt::runtime(way_text(words, update::way_between(*current, m.version))),
            update::text_of(*current));
    return kOk;
}

int check(const Options& o) {
    const auto key = trusted_key(o);
    if (!key) return explain(key.error());
    auto bundle = update::Bundle::open(o.order.file, *key);
    if (!bundle) return refuse_with(o.order.file, bundle.error());
    const auto parent = std::filesystem::temp_directory_path().string();
    if (const auto whole = bundle->unpack_below(parent); !whole)
        return refuse_with(o.order.file, whole.error());
    return tell_checked(o, bundle->manifest());
}

int with_lock(const Options& o, int (*work)(UpdateRun&)) {
    const auto lock = UpdateLock::take(o.order.look.data);
    if (!lock) return explain(lock.error());
    UpdateRun run{o.order};
    if (const auto code = run.carry_on()) return *code;
    return work(run);
}

int apply(Options& o) {
    auto key = trusted_key(o);
    if (!key) return explain(key.error());
    o.order.key = std::move(*key);
    listen_for_end();
    if (o.order.is_first) return UpdateRun{o.order}.apply();
    return with_lock(o, [](UpdateRun& run) { return run.apply(); });
}

int back(const Options& o) {
    listen_for_end();
    return with_lock(o, [](UpdateRun& run) { return run.back(); });
}

std::string told_newest(const UpdateWords& words, const wire::UpdateState& s) {
    const std::string when = on_the_clock(wire::time_text(s.ended));
    switch (s.outcome) {
        case wire::UpdateOutcome::Done:
            return fmt::format(fmt::runtime(words.status_done), s.from, s.to, when,
                               static_cast<double>(s.down_ms) / 1'000);
        case wire::UpdateOutcome::GivenUp:
            return fmt::format(fmt::runtime(words.status_given_up), s.to, when, s.why);
        case wire::UpdateOutcome::Returned:
            return fmt::format(fmt::runtime(words.status_returned), s.to, s.from, when, s.why);
        default:
            return fmt::format(fmt::runtime(words.under_way), s.to,
                               words.steps[static_cast<std::size_t>(s.step)]);
    }
}

int tell_status(const Options& o) {
    const update::Places places{o.order.programs};
    const auto current = places.current(), previous = places.previous();
    const auto state = read_update(o.order.look.data);
    const auto name = [](const std::optional<update::Version>& v) {
        return v ? update::text_of(*v) : std::string{};
    };
    if (!state && state.error().code != core::ErrorCode::NotFound)
        return refuse(kNo, state.error().what);
    if (o.order.look.is_json) {
        std::cout << Json{{"current", name(current)},
                          {"previous", name(previous)},
                          {"newest", state ? wire::update_json(*state) : Json{}}}
                         .dump()
                  << '\n';
        return kOk;
    }
    const UpdateWords& words = update_words(o.order.look.is_german());
    const auto line = [&](const char* text, const std::string& value) {
        std::cout << fmt::format(fmt::runtime(text), value.empty() ? words.status_none : value);
    };
    line(words.status_current, name(current));
    line(words.status_previous, name(previous));
    std::cout << (state ? told_newest(words, *state) : std::string{words.nobody_yet});
    return kOk;
}

// Whoever may not write there is only told; so is everybody while an update runs.
int status(const Options& o) {
    listen_for_end();
    if (const auto lock = UpdateLock::take(o.order.look.data); lock)
        if (const auto code = UpdateRun{o.order}.carry_on(); code && *code != kOk) return *code;
    return tell_status(o);
}

// --- the command line ---

void add_places(CLI::App& verb, Options& o) {
    verb.add_option("--programs", o.order.programs, "folder of versions/, current and previous")
        ->capture_default_str();
}
void add_trust(CLI::App& verb, Options& o) {
    verb.add_option("FILE", o.order.file, "the update")->required();
    verb.add_option("--key", o.key,
                    "public key that it must be signed by, or a file with it; else update.pub in "
                    "--config");
}
void add_house(CLI::App& verb, Options& o) {
    UpdateOrder& order = o.order;
    add_places(verb, o);
    order.daemon.add_address_to(verb);
    verb.add_option("--service", order.service,
                    "program that is called with stop or start; else systemctl");
    verb.add_option("--units", order.units, "units for systemctl")->capture_default_str();
    verb.add_option("--watch-s", order.watch_s, "so long the house must have been well with it")
        ->capture_default_str()
        ->check(CLI::Range(0, 86'400));
    verb.add_option("--patience-s", order.patience_s, "at most so long until it is")
        ->capture_default_str()
        ->check(CLI::Range(1, 86'400));
}
void add_change(CLI::App& verb, Options& o) {
    UpdateOrder& order = o.order;
    add_house(verb, o);
    verb.add_option("--backups", order.backups, "folder for the backup before")
        ->capture_default_str();
    verb.add_flag("--now", order.is_now,
                  "orders every load off instead of waiting until none runs");
    verb.add_option("--wait-min", order.wait_min, "at most so long until every load is off")
        ->capture_default_str()
        ->check(CLI::Range(0, 100'000));
}

}  // namespace

void add_update(CLI::App& app, int& exit_code) {
    auto* verb = app.add_subcommand(
        "update", "Another version of the program, tried first and taken back where it fails");
    verb->require_subcommand(1);
    const auto o = std::make_shared<Options>();
    const auto add = [&](const char* name, const char* what, int (*work)(Options&)) {
        auto* sub = verb->add_subcommand(name, what);
        sub->callback([o, work, &exit_code] {
            o->order.daemon.speak(o->order.look.language);
            exit_code = work(*o);
        });
        return sub;
    };
    const auto add_folders = [&](CLI::App* sub) {
        o->order.look.add_to(*sub);
        sub->add_option("--config", o->order.config, "folder of the configuration")
            ->capture_default_str();
    };
    auto* looked = add("check", "Verify an update and tell what it is; changes nothing",
                       [](Options& all) { return check(all); });
    add_trust(*looked, *o);
    add_folders(looked);
    add_places(*looked, *o);
    auto* applied = add("apply", "Update: backup, replay gate, self-test, switch, watch",
                        [](Options& all) { return apply(all); });
    add_trust(*applied, *o);
    add_folders(applied);
    add_change(*applied, *o);
    applied->add_flag("--accept-changes", o->order.accepts_changes,
                      "also where it would have decided recorded days otherwise");
    applied->add_flag("--older", o->order.may_be_older, "also one minor version back");
    applied->add_flag("--first", o->order.is_first,
                      "there is no program yet: only put it there, no house is asked");
    auto* returned =
        add("back", "By hand to the version before", [](Options& all) { return back(all); });
    add_folders(returned);
    add_change(*returned, *o);
    auto* told = add("status", "Which versions are there, and what became of the newest update",
                     [](Options& all) { return status(all); });
    add_folders(told);
    add_house(*told, *o);
    auto* packed = add("pack", "For releases: a folder with bin/, lib/, share/ as one signed file",
                       [](Options& all) { return pack(all); });
    packed->add_option("DIR", o->folder, "what goes in")->required();
    packed->add_option("FILE", o->out, "the update, a new file")->required();
    packed->add_option("--key", o->secret, "file with the secret key of releases")->required();
    packed->add_option("--version", o->version, "e.g. 1.4.2")->required();
    packed->add_option("--architecture", o->architecture, "amd64 or arm64")->capture_default_str();
    auto* made = add("keygen", "For releases: a new secret key; prints the public one",
                     [](Options& all) { return make_key(all); });
    made->add_option("--out", o->out, "new file for the secret key")->required();
}

}  // namespace bitgrid::app
