// `bitgrid mirror on` and `off`: a person agrees, or takes it back. Both change mirror.yaml; the
// daemon reads it again and writes it, with who and when, into the journal.
#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <thread>

#include "app/bitgrid/mirror_place.hpp"
#include "app/bitgrid/mirror_verbs.hpp"
#include "app/bitgrid/mirror_words.hpp"
#include "ops/field_table.hpp"
#include "ops/text_file.hpp"
#include "ops/yaml_tree.hpp"
#include "store/folder_lock.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::app {
namespace {

struct Options {
    MirrorPlace place;
    std::string who;
    bool is_agreed{false};
};

struct Words {
    const char* ask;
    const char* yes;
    const char* not_agreed;
    const char* agreed;
    const char* off;
    const char* still_runs;
};
constexpr Words kEnglish{
    "Nobody else can read it, and nothing ever comes back from there. You can end it at any time: "
    "bitgrid mirror off\n"
    "Type yes to agree: ",
    "yes",
    "Not agreed; nothing changed.",
    "Agreed by {}. It begins once bitgridd has written that into the journal: by itself within "
    "seconds, or at its next start. The mirror runs as `bitgrid mirror run`.\n",
    "The mirror is off. What waited to be sent is gone; what was sent is where it was sent to.\n",
    "The mirror is off, but its process has not ended yet, and what waits is still there. End it "
    "and say `bitgrid mirror off` again"};
constexpr Words kGerman{
    "Niemand sonst kann es lesen, und von dort kommt nie etwas zurück. Du kannst es jederzeit "
    "beenden: bitgrid mirror off\n"
    "Zum Zustimmen ja eintippen: ",
    "ja",
    "Nicht zugestimmt; nichts geändert.",
    "Zugestimmt von {}. Es beginnt, sobald bitgridd das ins Journal geschrieben hat: von selbst "
    "binnen Sekunden, oder beim nächsten Start. Der Spiegel läuft als `bitgrid mirror run`.\n",
    "Der Spiegel ist aus. Was noch zu senden war, ist gelöscht; was gesendet wurde, liegt am "
    "Ziel.\n",
    "Der Spiegel ist aus, aber sein Prozess ist noch nicht zu Ende, und was wartet, ist noch da. "
    "Beende ihn und sage noch einmal `bitgrid mirror off`"};

const Words& words_for(const MirrorPlace& place) {
    return place.look.is_german() ? kGerman : kEnglish;
}

std::string person() {
    if (const char* const sudo = std::getenv("SUDO_USER"); sudo != nullptr && *sudo != '\0')
        return sudo;
    const passwd* const user = getpwuid(getuid());
    return user != nullptr ? user->pw_name : std::to_string(getuid());
}

// One top-level line for each key, in its old place where it has one: the rest, comments too, is
// the owner's.
std::string with_keys(const std::string& text, std::map<std::string, std::string> keys) {
    std::istringstream lines{text};
    std::string line, changed, end;
    for (bool is_first = true; std::getline(lines, line); is_first = false) {
        const std::string key = line.substr(0, line.find(':'));
        if (is_first && line == "---") end = "...\n";
        else if (const auto value = keys.find(key); value != keys.end()) {
            changed += key + ": " + value->second + "\n";
            keys.erase(value);
            continue;
        }
        if (line != "...") changed += line + "\n";
    }
    for (const auto& [key, value] : keys) changed += key + ": " + value + "\n";
    return (end.empty() ? "---\n" : "") + changed + "...\n";
}

// Whole or not at all, with the rights that it had.
core::Result<void> replace(const std::string& path, const std::string& text) {
    class Rights final : public mirror::Files {
    public:
        explicit Rights(const std::string& path) { is_known_ = ::stat(path.c_str(), &was_) == 0; }

    private:
        core::Result<void> rename_into_place(const std::filesystem::path& path) override {
            const std::string beside = mirror::unfinished(path).string();
            const mode_t mode = is_known_ ? was_.st_mode & 07777 : 0644;
            if (is_known_ && ::chown(beside.c_str(), was_.st_uid, was_.st_gid) != 0 &&
                geteuid() == 0)
                return core::Error{core::ErrorCode::Unavailable, beside + ": keeps no owner"};
            if (::chmod(beside.c_str(), mode) != 0)
                return core::Error{core::ErrorCode::Unavailable, beside + ": keeps no rights"};
            return Files::rename_into_place(path);
        }
        struct stat was_ {};
        bool is_known_{false};
    } files{path};
    return files.keep(path, text);
}

core::Result<std::string> file_text(const MirrorPlace& place) {
    std::error_code fault;
    if (!std::filesystem::exists(place.file(), fault)) return std::string{};
    return ops::read_text_file(place.file(), ops::kMaxYamlBytes);
}

std::string quoted(const std::string& text) { return ops::json_text(text); }

int refuse_problems(const ops::Problems& problems) {
    std::cerr << ops::format(problems);
    return kBadConfig;
}

bool agreed(const Options& o, const MirrorConfig& config, const Words& words) {
    std::cerr << told_plan(config, o.place.look.is_german());
    if (o.is_agreed) return true;
    std::cerr << words.ask << std::flush;
    std::string typed;
    return std::getline(std::cin, typed) && typed == words.yes;
}

int switch_on(const Options& o) {
    const Words& words = words_for(o.place);
    const auto read = o.place.read();
    if (!read) return refuse_problems(read.problems());
    MirrorConfig config = read.value();
    config.enabled = true;
    ops::Problems problems;
    check_mirror(config, ops::Places{o.place.file()}, problems);
    if (!problems.empty()) return refuse_problems(problems);
    if (!agreed(o, config, words)) return refuse(kNo, words.not_agreed);
    const std::string who = o.who.empty() ? person() : o.who;
    const auto text = file_text(o.place);
    if (!text) return refuse(kUnavailable, text.error().what);
    const auto kept =
        replace(o.place.file(),
                with_keys(*text, {{"enabled", "true"},
                                  {"agreed_by", quoted(who)},
                                  {"agreed_at", quoted(wire::time_text(now_by_the_clock()))},
                                  {"agreed_to", quoted(agreement_of(config))}}));
    if (!kept) return refuse(kUnavailable, kept.error().what);
    std::cout << fmt::format(fmt::runtime(words.agreed), who);
    return kOk;
}

// A running mirror notices that it is off, and goes.
core::Result<void> wipe_when_free(const std::string& folder) {
    constexpr int kTries = 100;
    constexpr std::chrono::milliseconds kPause{200};
    mirror::Files files;
    for (int i = 0;; ++i) {
        const auto lock = store::FolderLock::take(folder);
        if (lock) return mirror::Outbox::wipe(folder, files);
        if (lock.error().code != core::ErrorCode::Refused || i == kTries) return lock.error();
        std::this_thread::sleep_for(kPause);
    }
}

int switch_off(const Options& o) {
    const Words& words = words_for(o.place);
    const auto text = file_text(o.place);
    if (!text) return refuse(kUnavailable, text.error().what);
    if (!text->empty()) {
        const auto kept = replace(o.place.file(), with_keys(*text, {{"enabled", "false"},
                                                                    {"agreed_by", "\"\""},
                                                                    {"agreed_at", "\"\""},
                                                                    {"agreed_to", "\"\""}}));
        if (!kept) return refuse(kUnavailable, kept.error().what);
    }
    std::error_code fault;
    if (std::filesystem::exists(o.place.folder(), fault)) {
        const auto wiped = wipe_when_free(o.place.folder());
        if (!wiped && wiped.error().code == core::ErrorCode::Refused)
            return refuse(kUnavailable, words.still_runs);
        if (!wiped) return refuse(kUnavailable, wiped.error().what);
    }
    std::cout << words.off;
    return kOk;
}

}  // namespace

void add_mirror_on(CLI::App& mirror, int& exit_code) {
    const auto o = std::make_shared<Options>();
    auto* on = mirror.add_subcommand("on", "Show what would leave the house, and agree to it");
    o->place.add_to(*on);
    on->add_flag("--yes", o->is_agreed, "agree without being asked");
    on->add_option("--as", o->who, "who agrees; else the user of this machine");
    on->callback([o, &exit_code] { exit_code = switch_on(*o); });
    const auto other = std::make_shared<Options>();
    auto* off = mirror.add_subcommand("off", "End it, and delete what waits to be sent");
    other->place.add_to(*off);
    off->callback([other, &exit_code] { exit_code = switch_off(*other); });
}

}  // namespace bitgrid::app
