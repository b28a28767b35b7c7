// `bitgrid backup verify`: brings a backup back into a temporary folder, proves it, decides its
// newest decision again, and looks whether the house remembers the same one. The daemon has it done
// once a week; its note goes to `data/restore_test.json`.
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/backup_place.hpp"
#include "app/bitgrid/looking.hpp"
#include "app/bitgrid/recorded_past.hpp"
#include "app/bitgrid/secrets.hpp"
#include "app/config_history.hpp"
#include "app/restore_backup.hpp"
#include "archive/places.hpp"
#include "archive/verify.hpp"
#include "backup/shelf.hpp"
#include "backup/tree.hpp"
#include "files/whole_file.hpp"
#include "research/replay.hpp"
#include "wire/backup_json.hpp"
#include "wire/bounded_json.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::app {
namespace {

constexpr std::size_t kMostNote = 65'536, kMostKey = 1'000;
constexpr int kLeastPriority = 19;  // whatever the house needs goes first

struct Options {
    Looking look;
    std::string backup;
    std::string temporary;
};

struct Words {
    const char *tried, *decided, *no_decision, *failed;
};
constexpr Words kEnglish{
    "{}: restored into a temporary folder, {} events, chain and {} files whole ({:.1f} s)\n",
    "  its newest decision, {}, was decided again: the same, and the house remembers it\n",
    "  there is no decision in it yet\n", "{}: {}\n"};
constexpr Words kGerman{
    "{}: in einen vorläufigen Ordner zurückgeholt, {} Ereignisse, Kette und {} Dateien unversehrt "
    "({:.1f} s)\n",
    "  seine neueste Entscheidung, {}, fiel noch einmal genauso aus, und das Haus weiß sie\n",
    "  noch ist keine Entscheidung darin\n", "{}: {}\n"};

core::Error damaged(std::string what) { return {core::ErrorCode::Damaged, std::move(what)}; }

core::UnixTime system_time() {
    using namespace std::chrono;
    return {duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()};
}

class Trial {
public:
    explicit Trial(const Options& o)
        : o_{o},
          folder_{o.temporary.empty() ? o.look.data + "/restore_test.unfinished"
                                      : o.temporary + "/bitgrid-restore-test"} {}

    int run() {
        setpriority(PRIO_PROCESS, 0, kLeastPriority);
        const auto lock = OneAtATime::take(o_.look.data, "restore_test");
        if (!lock) return explain(lock.error());
        const auto found = o_.backup.empty() ? newest() : core::Result<std::string>{o_.backup};
        if (!found) {
            if (!backup_.empty()) leave_note(found.error().what);
            return explain(found.error());
        }
        backup_ = *found;
        const auto began = std::chrono::steady_clock::now();
        const auto tried = test();
        took_s_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
        std::error_code error;
        if (!tried && !std::filesystem::exists(backup_, error))
            return refuse(kUnavailable, backup_ + " is not there, or was removed meanwhile");
        leave_note(tried ? "" : tried.error().what);
        say(tried);
        return tried ? kOk : kNo;
    }

private:
    core::Result<std::string> newest() {
        const std::string path = o_.look.data + "/backup.json";
        const auto text = backup::read_file(path, kMostNote);
        if (!text) return text.error();
        const auto json = wire::parse_json(*text);
        const auto note = json ? wire::backup_from_json(*json) : json.error();
        if (!note) return core::Error{note.error().code, path + ": " + note.error().what};
        backup_ = note->again ? note->again->folder : std::string{};
        const std::string shelf = note->again ? note->again->folder : std::string{};
        const auto names = backup::backups_in(shelf);
        if (names.empty())
            return core::Error{core::ErrorCode::NotFound,
                               "no backup in a folder that " + path + " knows; name one"};
        return shelf + "/" + names.back();
    }

    core::Result<void> test() {
        remove_tree(folder_);
        const Scaffold scaffold{folder_};
        RestoreOrder order;
        order.backup = backup_;
        order.data = folder_ + "/data";
        order.config = folder_ + "/config";
        order.is_without_secrets = true;  // their key is not here, and should not be
        if (auto made = files::make_folders(folder_, 0700); !made) return made;
        auto restored = restore_backup(order);
        if (!restored) return restored.error();
        manifest_ = std::move(restored->manifest);
        if (auto whole = prove_past(order.data); !whole) return whole;
        return decide_again(order.data);
    }

    core::Result<void> prove_past(const std::string& data) const {
        std::error_code error;
        if (!std::filesystem::exists(data + "/heads.txt", error)) return {};
        archive::ProofWanted wanted;
        auto key = backup::read_file(o_.look.data + "/keys/device.pub", kMostKey);
        if (!key) return key.error();
        wanted.key = key->substr(0, key->find_first_of("\r\n"));
        const auto proof = archive::prove(data, wanted);
        if (!proof) return proof.error();
        if (!proof->damage.empty()) return damaged(proof->damage.front());
        return {};
    }

    core::Result<void> decide_again(const std::string& data) {
        auto past = RecordedPast::open(data);
        if (!past) return past.error();
        ports::HistoryQuery last;
        last.limit = 1;
        const auto found = past->find(last);
        if (!found) return found.error();
        if (found->empty()) return {};
        const std::string& text = found->front().json;
        const auto json = wire::parse_json(text, {std::size_t{1} << 20, 32});
        if (!json || !json->is_object()) return damaged("its newest decision cannot be read");
        decision_ = json->value("decision_id", "");
        const auto config = config_of(data, text);
        if (!config) return config.error();
        const auto again = research::replay(text, *config);
        if (!again) return again.error();
        if (!again->is_same)
            return damaged("its newest decision, " + decision_ +
                           ", is decided otherwise than it was recorded: " +
                           research::differences(*again).front());
        return remember(found->front());
    }

    static core::Result<core::Config> config_of(const std::string& data, const std::string& text) {
        ConfigHistory configs{archive::Places{data}.configs};
        if (auto journal = store::JournalReader::open(data + "/bitgrid.sqlite"))
            if (const auto events = journal->configurations())
                for (const ports::StoredEvent& event : *events)
                    (void)configs.learn(event.json, false);
        const auto config = configs.find(config_version_of(text));
        if (!config) return config.error();
        return **config;
    }

    core::Result<void> remember(const ports::StoredEvent& event) const {
        auto past = RecordedPast::open(o_.look.data);
        if (!past) return past.error();
        const auto here = past->find_decision(decision_);
        if (!here)
            return core::Error{here.error().code,
                               "the house does not know its newest decision: " + here.error().what};
        if (here->hash == event.hash && here->json == event.json) return {};
        return damaged("the house remembers another decision " + decision_);
    }

    void leave_note(const std::string& trouble) const {
        constexpr std::size_t kMostTrouble = 500;
        const std::string path = o_.look.data + "/restore_test.json";
        const wire::RestoreTestNote note{system_time(), backup_, manifest_.last_event,
                                         trouble.substr(0, kMostTrouble)};
        (void)files::write_whole(
            path, wire::restore_test_json(note).dump(-1, ' ', false,
                                                     nlohmann::json::error_handler_t::replace) +
                      "\n");
        give_to_owner_of(o_.look.data, path);
    }

    void say(const core::Result<void>& tried) const {
        if (o_.look.is_json) {
            std::cout << nlohmann::json{{"backup", backup_},
                                        {"whole", tried.has_value()},
                                        {"trouble", tried ? "" : tried.error().what},
                                        {"events", manifest_.last_event},
                                        {"decision", decision_},
                                        {"took_s", took_s_}}
                             .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)
                      << '\n';
            return;
        }
        const Words& words = o_.look.is_german() ? kGerman : kEnglish;
        const auto line = [](std::ostream& out, const char* text, const auto&... values) {
            out << fmt::format(fmt::runtime(text), values...);
        };
        if (!tried) return line(std::cerr, words.failed, backup_, tried.error().what);
        line(std::cout, words.tried, backup_, manifest_.last_event, manifest_.files.size(),
             took_s_);
        if (decision_.empty()) line(std::cout, words.no_decision);
        else line(std::cout, words.decided, decision_);
    }

    const Options& o_;
    const std::string folder_;
    std::string backup_;
    backup::Manifest manifest_;
    std::string decision_;
    double took_s_{};
};

}  // namespace

void add_backup_verify(CLI::App& backup, int& exit_code) {
    const auto o = std::make_shared<Options>();
    auto* verb = backup.add_subcommand(
        "verify",
        "Bring a backup back for a try: restored into a temporary folder, proved, and its newest "
        "decision decided again; exit 1 says what is wrong");
    verb->add_option("BACKUP", o->backup, "its folder; default: the newest that was made");
    o->look.add_to(*verb);
    verb->add_option("--in", o->temporary,
                     "folder for the temporary one, with room for all of it; default: the data "
                     "folder");
    verb->callback([o, &exit_code] { exit_code = Trial{*o}.run(); });
}

}  // namespace bitgrid::app
