#include "archive/verify.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <future>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "app/bitgrid/looking.hpp"
#include "store/chain.hpp"

namespace bitgrid::app {
namespace {

using Json = nlohmann::json;

struct Words {
    const char* journal;
    const char* no_journal_rows;
    const char* archive;
    const char* nothing_sealed;
    const char* given_up;
    const char* whole;
    const char* damaged;
    const char* more;
    const char* leftover;
};
constexpr Words kEnglish{
    "journal   {0} events, {1} to {2}\n          head {3}\n",
    "journal   no events beside what is sealed\n",
    "archive   {0} events in {1} files, {2} to {3}, signed by {4}\n          head {5}\n",
    "archive   nothing is sealed yet\n",
    "          {} files were given up by retention, as recorded\n",
    "whole: nobody changed, removed or added anything\n",
    "DAMAGED, {} place(s):\n",
    "  … and more\n",
    "          {}: a sealing was cut off; its events are in the journal, the next sealing clears "
    "it "
    "away\n"};
constexpr Words kGerman{
    "Journal   {0} Ereignisse, {1} bis {2}\n          Kopf {3}\n",
    "Journal   keine Ereignisse neben dem, was versiegelt ist\n",
    "Archiv    {0} Ereignisse in {1} Dateien, {2} bis {3}, signiert von {4}\n          Kopf {5}\n",
    "Archiv    noch nichts versiegelt\n",
    "          {} Dateien nach Ablauf gelöscht, wie vermerkt\n",
    "unversehrt: niemand hat etwas geändert, entfernt oder hinzugefügt\n",
    "BESCHÄDIGT, {} Stelle(n):\n",
    "  … und weitere\n",
    "          {}: ein Versiegeln wurde abgebrochen; die Ereignisse stehen im Journal, das nächste "
    "räumt es weg\n"};

struct Wanted {
    Looking look;
    std::string key;
    std::string head;
};

class VerifyVerb {
public:
    explicit VerifyVerb(Wanted wanted) : wanted_{std::move(wanted)} {}

    int run() {
        std::error_code error;
        has_journal_ = std::filesystem::is_regular_file(wanted_.look.database(), error);
        const bool has_archive = std::filesystem::exists(wanted_.look.data + "/heads.txt", error) ||
                                 std::filesystem::exists(wanted_.look.data + "/parquet", error);
        if (!has_journal_ && !has_archive)
            return refuse(kUnavailable, "no journal at " + wanted_.look.database() +
                                            "; --data names the folder that the daemon writes to");
        auto chain = std::async(std::launch::async, [this] {  // beside the archive: it has the time
            return has_journal_ ? store::verify(wanted_.look.database())
                                : core::Result<store::Chain>{store::Chain{}};
        });
        if (const int code = look_at_archive(); code != kOk) return code;
        look_at_journal(chain.get());
        look_at_leftovers();
        look_for_head();
        wanted_.look.is_json ? say_json() : say_words();
        return damage_.empty() ? kOk : kNo;
    }

private:
    int look_at_archive() {
        archive::ProofWanted proof;
        proof.key = wanted_.key;
        proof.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
        if (isatty(STDERR_FILENO) == 1)
            proof.progress = [](std::int64_t done, std::int64_t of) {
                std::cerr << fmt::format("\r{}/{} ", done, of);
            };
        auto proved = archive::prove(wanted_.look.data, proof);
        if (proof.progress) std::cerr << '\r';
        if (!proved)
            return refuse(proved.error().code == core::ErrorCode::BadInput ? kUsage : kUnavailable,
                          proved.error().what);
        proof_ = std::move(*proved);
        damage_ = proof_.damage;
        return kOk;
    }

    // The chain must go on in the database where the archive ends.
    void look_at_journal(const core::Result<store::Chain>& chain) {
        if (!has_journal_) return;
        if (!chain) {
            damage_.push_back(wanted_.look.database() + ": " + chain.error().what);
            return;
        }
        chain_ = *chain;
        if (proof_.last_sequence == 0) {
            if (chain_.rows > 0 && chain_.first_sequence > 1)
                damage_.push_back("the archive is missing: the journal begins with event " +
                                  std::to_string(chain_.first_sequence));
            return;
        }
        const auto joint = store::hash_at(wanted_.look.database(), proof_.last_sequence);
        if (!joint) damage_.push_back("between archive and journal: " + joint.error().what);
        else if (*joint != proof_.head)
            damage_.push_back("event " + std::to_string(proof_.last_sequence) +
                              " has another hash in the journal than in the archive");
    }

    // Where the journal does not have them, a record was cut.
    void look_at_leftovers() {
        for (const archive::Leftover& one : proof_.leftovers)
            if (chain_.rows > 0 && chain_.first_sequence <= one.first &&
                one.first <= chain_.last_sequence)
                leftovers_.push_back(one.path);
            else damage_.push_back(one.path + archive::kNotRecorded);
    }

    void look_for_head() {
        if (wanted_.head.empty() || wanted_.head == proof_.head || wanted_.head == chain_.head)
            return;
        if (has_journal_ && store::has_hash(wanted_.look.database(), wanted_.head)) return;
        const auto sealed = archive::has_head(wanted_.look.data, wanted_.key, wanted_.head);
        if (!sealed || !*sealed)
            damage_.push_back("the head " + wanted_.head +
                              " is of no event here: what it ended with is gone or was changed");
    }

    void say_json() const {
        const Json json{{"file", wanted_.look.database()},
                        {"whole", damage_.empty()},
                        {"events", chain_.rows},
                        {"first", chain_.first_sequence},
                        {"last", std::max(chain_.last_sequence, proof_.last_sequence)},
                        {"head", chain_.head.empty() ? proof_.head : chain_.head},
                        {"archive",
                         {{"seals", proof_.seals},
                          {"files", proof_.files},
                          {"given_up", proof_.given_up},
                          {"events", proof_.events},
                          {"last", proof_.last_sequence},
                          {"head", proof_.head},
                          {"key", proof_.key}}},
                        {"leftovers", leftovers_},
                        {"damage", damage_}};
        std::cout << json.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
    }

    void say_words() const {
        const Words& words = wanted_.look.is_german() ? kGerman : kEnglish;
        std::cout << wanted_.look.data << '\n';
        if (has_journal_ && chain_.rows > 0)
            std::cout << fmt::format(fmt::runtime(words.journal), chain_.rows,
                                     chain_.first_sequence, chain_.last_sequence, chain_.head);
        else if (has_journal_ && damage_.empty()) std::cout << words.no_journal_rows;
        if (proof_.seals == 0) std::cout << words.nothing_sealed;
        else
            std::cout << fmt::format(fmt::runtime(words.archive), proof_.events, proof_.files,
                                     proof_.first_day, proof_.last_day, proof_.key, proof_.head);
        if (proof_.given_up > 0)
            std::cout << fmt::format(fmt::runtime(words.given_up), proof_.given_up);
        for (const std::string& path : leftovers_)
            std::cout << fmt::format(fmt::runtime(words.leftover), path);
        if (damage_.empty()) {
            std::cout << words.whole;
            return;
        }
        std::cout << fmt::format(fmt::runtime(words.damaged), damage_.size());
        for (const std::string& place : damage_) std::cout << "  " << place << '\n';
        if (proof_.damage.size() == archive::kMostDamage) std::cout << words.more;
    }

    Wanted wanted_;
    bool has_journal_{false};
    archive::Proof proof_;
    store::Chain chain_;
    std::vector<std::string> leftovers_;
    std::vector<std::string> damage_;
};

}  // namespace

void add_verify(CLI::App& app, int& exit_code) {
    auto* verb = app.add_subcommand(
        "verify",
        "Prove that nobody changed the past: journal, sealed files, signatures; exit 1 names each "
        "place that is wrong");
    const auto wanted = std::make_shared<Wanted>();
    wanted->look.add_to(*verb);
    verb->add_option("--key", wanted->key,
                     "public key to trust, hex; default: keys/device.pub of the data folder");
    verb->add_option("--head", wanted->head,
                     "a head that was noted down before: must still be part of the chain");
    verb->callback([wanted, &exit_code] { exit_code = VerifyVerb{*wanted}.run(); });
}

}  // namespace bitgrid::app
