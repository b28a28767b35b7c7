// `bitgrid mirror run`: a process of its own beside the daemon. Reads the journal, sends, and is
// told nothing by anybody but mirror.yaml and the signals that end it.
#include <fmt/format.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/bitgrid/mirror_health.hpp"
#include "app/bitgrid/mirror_place.hpp"
#include "app/bitgrid/mirror_verbs.hpp"
#include "app/power_notice.hpp"
#include "mirror/outlet.hpp"
#include "ops/folder_watch.hpp"
#include "ops/service_notify.hpp"
#include "ops/text_file.hpp"
#include "store/folder_lock.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::app {
namespace {

constexpr int kLookS = 60;  // at most so long until new rows are looked for
constexpr int kFirstPauseS = 2;
constexpr int kLongestPauseS = 600;
constexpr std::int64_t kNoteHoldsMs = 1'800'000;       // of a mirror that runs
constexpr std::int64_t kOnceHoldsMs = 2 * 86'400'000;  // of one that a timer begins

struct Options {
    MirrorPlace place;
    bool is_once{false};
};

struct Words {
    const char* off;
    const char* other;
    const char* not_journalled;
    const char* running;
    const char* sent;
    const char* closed;
    const char* again;
    const char* done;
};
constexpr Words kEnglish{
    "The mirror is off. What would leave the house, and where to, shows: bitgrid mirror on",
    "mirror.yaml says something else than was agreed to; nothing leaves. Look and agree anew: "
    "bitgrid mirror on",
    "The journal does not know of the consent yet: bitgridd writes it down when it reads "
    "mirror.yaml. Until then nothing leaves",
    "Another mirror runs here already",
    "segment {} sent, {} bytes\n",
    "segment {} closed\n",
    "{}; again in {} s\n",
    "{} segments sent, {} wait\n"};
constexpr Words kGerman{
    "Der Spiegel ist aus. Was das Haus verlassen würde, und wohin, zeigt: bitgrid mirror on",
    "In mirror.yaml steht etwas anderes als das, dem zugestimmt wurde; nichts geht hinaus. Sieh es "
    "an und stimme neu zu: bitgrid mirror on",
    "Das Journal weiß noch nichts von der Zustimmung: bitgridd schreibt sie hinein, wenn es "
    "mirror.yaml liest. Bis dahin geht nichts hinaus",
    "Hier läuft schon ein Spiegel",
    "Abschnitt {} gesendet, {} Bytes\n",
    "Abschnitt {} abgeschlossen\n",
    "{}; wieder in {} s\n",
    "{} Abschnitte gesendet, {} warten\n"};

/// SIGTERM and SIGINT, told to whoever waits; nothing is interrupted by them.
class EndSignal {
public:
    EndSignal() {
        sigemptyset(&set_);
        sigaddset(&set_, SIGTERM);
        sigaddset(&set_, SIGINT);
        pthread_sigmask(SIG_BLOCK, &set_, nullptr);
        descriptor_ = signalfd(-1, &set_, SFD_CLOEXEC | SFD_NONBLOCK);
    }
    EndSignal(const EndSignal&) = delete;
    EndSignal& operator=(const EndSignal&) = delete;
    ~EndSignal() { close(descriptor_); }

    int descriptor() const { return descriptor_; }
    bool has_come() const {
        sigset_t waiting;
        return sigpending(&waiting) == 0 &&
               (sigismember(&waiting, SIGTERM) == 1 || sigismember(&waiting, SIGINT) == 1);
    }

private:
    sigset_t set_{};
    int descriptor_{-1};
};

/// Which file it is now: another one after each change.
struct FileMark {
    ino_t inode{0};
    timespec changed{};
    off_t size{-1};

    static FileMark of(const std::string& path) {
        struct stat file {};
        if (::stat(path.c_str(), &file) != 0) return {};
        return {file.st_ino, file.st_mtim, file.st_size};
    }
    bool operator==(const FileMark& o) const {
        return inode == o.inode && size == o.size && changed.tv_sec == o.changed.tv_sec &&
               changed.tv_nsec == o.changed.tv_nsec;
    }
};

class Run {
public:
    explicit Run(const Options& o)
        : o_{o},
          words_{o.place.look.is_german() ? kGerman : kEnglish},
          service_{ops::ServiceNotify::from_environment()} {}

    int run() {
        if (const int code = read_config(); code != kOk) return code;
        const auto lock = store::FolderLock::take(o_.place.folder());
        if (!lock && lock.error().code == core::ErrorCode::Refused)
            return refuse(kUnavailable, words_.running);
        if (!lock) return refuse(kUnavailable, lock.error().what);
        service_.ready();
        return o_.is_once ? once() : for_long();
    }

private:
    int read_config() {
        mark_ = FileMark::of(o_.place.file());
        const auto read = o_.place.read();
        if (!read) {
            std::cerr << ops::format(read.problems());
            return kBadConfig;
        }
        if (!read.value().enabled) return refuse(kNo, words_.off);
        if (read.value().agreed_to != agreement_of(read.value())) return refuse(kNo, words_.other);
        config_ = read.value();
        outlet_.reset();
        return kOk;
    }

    int once() {
        if (const std::string why = why_rest(o_.place.look.data, now_by_the_clock()); !why.empty())
            return refuse(kUnavailable, why);
        auto worked = work(true);
        while (worked && *worked && goes_on()) worked = work(true);
        note_health(worked ? "" : worked.error().what);
        if (!worked) return refuse(kUnavailable, worked.error().what);
        tell(fmt::format(fmt::runtime(words_.done), sent_, waiting_));
        return kOk;
    }

    int for_long() {
        if (auto news = ops::FolderWatch::on(o_.place.config)) news_.emplace(std::move(*news));
        int pause_s = kFirstPauseS;
        while (!end_.has_come()) {
            if (mark_ != FileMark::of(o_.place.file()))
                if (const int code = read_config(); code != kOk) return code == kNo ? kOk : code;
            if (rests()) {
                note_health("");
                wait(kLookS);
                continue;
            }
            const auto worked = work(false);
            if (!worked && worked.error().code == core::ErrorCode::Timeout) continue;
            if (!worked) {
                note_trouble(worked.error());
                note_health(worked.error().what);
                tell(fmt::format(fmt::runtime(words_.again), worked.error().what, pause_s));
                wait(pause_s);
                pause_s = std::min(2 * pause_s, kLongestPauseS);
                continue;
            }
            pause_s = kFirstPauseS;
            if (!*worked) {
                note_health("");
                wait(kLookS);
            }
        }
        service_.stopping();
        return kOk;
    }

    // One step: closes a segment where it is time, sends the oldest. True: more can be sent now.
    core::Result<bool> work(bool at_once) {
        auto journal = store::JournalReader::open(o_.place.look.database());
        if (!journal) return journal.error();
        if (auto looked = consent_.look(*journal, config_); !looked) return looked.error();
        if (!consent_.is_in_force())
            return core::Error{core::ErrorCode::Unavailable, words_.not_journalled};
        auto outbox = open_outbox();
        if (!outbox) return outbox.error();
        JournalSource source{*journal, config_.datasets};
        // What waits goes out even where nothing new can be kept.
        const auto closed = outbox->close(source, now_by_the_clock(), at_once);
        if (closed && *closed)
            tell(fmt::format(fmt::runtime(words_.closed), outbox->progress().next - 1));
        if (auto bounded = outbox->bound(now_by_the_clock()); !bounded) return bounded.error();
        auto more = send_oldest(*outbox);
        if (!more) return more;
        if (!closed) return closed.error();
        return *more || *closed;
    }

    core::Result<mirror::Outbox> open_outbox() {
        auto key = crypto::SigningKey::load_or_make(o_.place.keys());
        if (!key) return key.error();
        mirror::OutboxRules rules;
        rules.consent = config_.agreed_to + " " + config_.agreed_at;
        rules.begins_after = config_.include_past ? 0 : consent_.since_row();
        rules.datasets = config_.datasets;
        rules.is_anonymous = config_.anonymise;
        for (const std::string& text : config_.recipients)
            if (auto recipient = crypto::recipient_key_from_text(text))
                rules.recipients.push_back(*recipient);
        rules.most_text = static_cast<std::size_t>(config_.segment_mib) << 20;
        rules.period_ms = std::int64_t{60'000} * config_.segment_minutes;
        rules.spool_bytes = std::uint64_t{1'000'000} * static_cast<std::uint64_t>(config_.spool_mb);
        rules.spool_ms = std::int64_t{86'400'000} * config_.spool_days;
        return mirror::Outbox::open(o_.place.folder(), std::move(rules), std::move(*key), files_);
    }

    core::Result<void> open_outlet() {
        if (outlet_) return {};
        std::string password;
        if (!config_.password_file.empty()) {
            auto text = ops::read_text_file(config_.password_file, kMostPassword);
            if (!text) return text.error();
            password = text->substr(0, text->find_first_of("\r\n"));
        }
        auto made =
            mirror::make_outlet({config_.target, config_.rate_kbit_s, config_.known_hosts,
                                 config_.key_file, config_.ca_file, config_.certificate_file,
                                 std::move(password), [this] { return goes_on(); }});
        if (!made) return made.error();
        outlet_ = std::move(*made);
        return {};
    }

    core::Result<bool> send_oldest(mirror::Outbox& outbox) {
        const auto waiting = outbox.waiting();
        waiting_ = waiting.size();
        if (waiting.empty()) return false;
        if (auto opened = open_outlet(); !opened) return opened.error();
        const mirror::Waiting& oldest = waiting.front();
        const auto bytes = outbox.content(oldest);
        if (!bytes) return bytes.error();
        const auto sent = outlet_->deliver(
            {mirror::hex_of(outbox.progress().stream), mirror::name_of(oldest.number), *bytes});
        if (!sent) return sent.error();
        if (auto forgotten = outbox.forget(oldest); !forgotten) return forgotten.error();
        ++sent_;
        --waiting_;
        note_delivery(oldest.number);
        tell(fmt::format(fmt::runtime(words_.sent), oldest.number, bytes->size()));
        return waiting_ > 0;
    }

    // For `bitgrid mirror status`; nothing depends on it.
    void note_delivery(std::uint64_t number) {
        trouble_.clear();
        keep_last({{"delivered", number}, {"delivered_at", wire::time_text(now_by_the_clock())}});
    }
    void note_trouble(const core::Error& error) {
        if (trouble_ == error.what) return;
        trouble_ = error.what;
        nlohmann::json last{{"trouble", error.what},
                            {"trouble_since", wire::time_text(now_by_the_clock())}};
        const auto before = files_.read(o_.place.folder() + "/last.json", kMostLast);
        const auto json = nlohmann::json::parse(before ? *before : "{}", nullptr, false);
        if (json.is_object())
            for (const char* key : {"delivered", "delivered_at"})
                if (json.contains(key)) last[key] = json[key];
        keep_last(last);
    }
    // For the daemon, which contains nothing of the mirror and asks it nothing.
    void note_health(const std::string& trouble) {
        const core::UnixTime now = now_by_the_clock();
        const auto progress = mirror::Outbox::look(o_.place.folder(), files_);
        const mirror::Progress none;
        const bool is_broken = !progress && progress.error().code != core::ErrorCode::NotFound;
        wire::MirrorNote note =
            is_broken
                ? wire::MirrorNote{now,
                                   {},
                                   core::HealthLevel::Error,
                                   wire::kMirrorBroken,
                                   progress.error().what}
                : judge_mirror(
                      {progress ? *progress : none,
                       mirror::Outbox::waiting_in(o_.place.folder(), files_),
                       std::uint64_t{1'000'000} * static_cast<std::uint64_t>(config_.spool_mb),
                       std::int64_t{86'400'000} * config_.spool_days, trouble},
                      now);
        note.good_until = now + (o_.is_once ? kOnceHoldsMs : kNoteHoldsMs);
        (void)files_.keep(
            o_.place.folder() + "/health.json",
            wire::mirror_json(note).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) +
                "\n");
    }
    void keep_last(const nlohmann::json& last) {
        (void)files_.keep(
            o_.place.folder() + "/last.json",
            last.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
    }

    bool rests() const { return !why_rest(o_.place.look.data, now_by_the_clock()).empty(); }
    // Asked between pieces of what is sent, too.
    bool goes_on() const {
        return !end_.has_come() && mark_ == FileMark::of(o_.place.file()) && !rests();
    }

    void tell(std::string text) {
        std::cerr << text << std::flush;
        text.pop_back();
        service_.status(text);
    }

    // Until somebody ends it, or changes the configuration.
    void wait(int seconds) {
        std::array<pollfd, 2> on{
            {{end_.descriptor(), POLLIN, 0}, {news_ ? news_->descriptor() : -1, POLLIN, 0}}};
        (void)::poll(on.data(), on.size(), seconds * 1'000);
        if (news_) (void)news_->read();
    }

    static constexpr std::size_t kMostLast = 64 << 10;
    static constexpr std::size_t kMostPassword = 4096;

    const Options& o_;
    const Words& words_;
    EndSignal end_;
    ops::ServiceNotify service_;
    mirror::Files files_;
    FileMark mark_;
    MirrorConfig config_;
    JournalledConsent consent_;
    std::optional<ops::FolderWatch> news_;
    std::unique_ptr<mirror::Outlet> outlet_;
    std::string trouble_;
    std::size_t sent_{0}, waiting_{0};
};

}  // namespace

void add_mirror_run(CLI::App& mirror, int& exit_code) {
    const auto o = std::make_shared<Options>();
    auto* verb = mirror.add_subcommand("run", "Send what is new, for as long as it runs");
    o->place.add_to(*verb);
    verb->add_flag("--once", o->is_once, "close a segment now, send all that waits, and end");
    verb->callback([o, &exit_code] { exit_code = Run{*o}.run(); });
}

}  // namespace bitgrid::app
