#include "app/caretaker.hpp"

#include <boost/asio/post.hpp>

#include "app/change.hpp"

namespace bitgrid::app {
namespace {

using Outcome = ports::SettingsReply::Outcome;

constexpr std::chrono::milliseconds kBreath{10};
constexpr int kBreaths = 500;  ///< for exchanges to end before a controller goes

std::vector<core::ConfigProblem> told(const ops::Problems& problems) {
    std::vector<core::ConfigProblem> list;
    for (const ops::Problem& p : problems) {
        if (list.size() == core::kMaxConfigProblems) break;
        list.push_back({p.file, p.line, p.key, p.what, p.allowed});
    }
    return list;
}

bool is_folder(const std::filesystem::path& path) {
    std::error_code ignored;
    return std::filesystem::is_directory(path, ignored);
}

std::string in_words(const core::ConfigProblem& p) {
    std::string text = p.file;
    if (p.line > 0) text += ":" + std::to_string(p.line);
    for (const std::string* part : {&p.key, &p.what})
        if (!part->empty()) text += (text.empty() ? "" : ": ") + *part;
    if (!p.allowed.empty()) text += "; allowed: " + p.allowed;
    return text;
}

std::string in_words(const std::vector<core::ConfigProblem>& problems) {
    std::string text = "the new configuration is refused, the one before holds: ";
    text += problems.empty() ? "no reason" : in_words(problems.front());
    if (problems.size() > 1)
        text += " (and " + std::to_string(problems.size() - 1) + " more problems)";
    return text;
}

}  // namespace

Caretaker::Caretaker(boost::asio::io_context& io, ports::Clock& clock, Setup setup)
    : io_{io},
      clock_{clock},
      setup_{std::move(setup)},
      reader_{setup_.place,
              [&io](std::function<void()> call) { boost::asio::post(io, std::move(call)); }},
      news_{io},
      settle_{io},
      again_{io},
      rest_{io} {}

Caretaker::~Caretaker() {
    if (news_.is_open()) news_.release();  // the descriptor is the watch's
}

core::Result<std::unique_ptr<Caretaker>> Caretaker::open(boost::asio::io_context& io,
                                                         ports::Clock& clock, Setup setup) {
    std::unique_ptr<Caretaker> caretaker{new Caretaker{io, clock, std::move(setup)}};
    Installation first = caretaker->setup_.first.installation.value();
    caretaker->setup_.complete(first);
    caretaker->log_ = ops::Log{first.log};
    auto begun = caretaker->begin(std::move(first), "");
    if (!begun) return begun.error();
    caretaker->controller_ = std::move(begun).value();
    caretaker->accept(std::move(caretaker->setup_.first.texts));
    if (!caretaker->watch()) caretaker->watch_again();
    return caretaker;
}

core::Result<std::unique_ptr<Controller>> Caretaker::begin(Installation all,
                                                           const std::string& actor) try {
    auto opened = Controller::open(io_, clock_,
                                   {std::move(all), setup_.seed++, setup_.time, setup_.built, this,
                                    actor, setup_.sealer, setup_.is_observer});
    if (!opened) return opened.error();
    setup_.attach(**opened);
    if (const auto started = (*opened)->start(); !started) return started.error();
    return opened;
} catch (const std::exception& error) {
    return core::Error{core::ErrorCode::BadInput, error.what()};
}

void Caretaker::shut_down(std::int64_t patience_ms, std::function<void()> done) {
    settle_.cancel();
    ended_ = std::move(done);
    if (!controller_) return ended_();
    if (has_stopped_) return;  // replace() finds out
    is_leaving_ = true;
    // With this patience, should it be stopping already.
    controller_->shut_down(patience_ms, [this] { ended_(); });
}

// --- reading again -------------------------------------------------------------------------------

void Caretaker::reload(std::string actor, Answer answer) {
    if (is_leaving_) return finish(Outcome::Busy, answer);
    reader_.read([this, actor = std::move(actor), answer = std::move(answer)](ReadConfig what) {
        if (is_leaving_) return finish(Outcome::Busy, answer);
        read(actor, std::move(what), answer);
    });
}

void Caretaker::check(Answer answer) {
    reader_.read([this, answer = std::move(answer)](const ReadConfig& what) {
        if (what.installation) return finish(Outcome::Valid, answer);
        finish(Outcome::Rejected, answer, told(what.installation.problems()));
    });
}

void Caretaker::read(const std::string& actor, ReadConfig what, const Answer& answer) {
    if (!what.installation) return reject(actor, told(what.installation.problems()), answer);
    Installation next = std::move(what.installation).value();
    setup_.complete(next);
    const core::ConfigProblem block{
        "site.yaml", 0, "block_minutes", "it differs from that of the journal",
        std::to_string(controller_->config().site.block_minutes) + ", or another data folder"};
    switch (change_between(controller_->installation(), next)) {
        case Change::None:
            controller_->engine().health("config", ports::Condition::Ok, "");
            accept(std::move(what.texts));
            return finish(Outcome::Same, answer);
        case Change::Forbidden:
            return reject(actor, {block}, answer);
        case Change::Values:
            if (const auto used = controller_->use(std::move(next), actor); !used)
                return reject(actor, {{"", 0, "", used.error().what, ""}}, answer);
            log_ = ops::Log{controller_->installation().log};
            log_.info("config", "version " +
                                    std::to_string(controller_->engine().versions().config_number) +
                                    " holds");
            accept(std::move(what.texts));
            return finish(Outcome::Applied, answer);
        case Change::Parts:
            if (!is_journal_well())
                return reject(actor,
                              {{"", 0, "", "parts are made anew only while the journal is written",
                                "a disk that takes it"}},
                              answer);
            finish(Outcome::Restarts, answer);
            return rebuild(std::move(next), actor, std::move(what.texts));
    }
}

void Caretaker::finish(Outcome outcome, const Answer& answer,
                       std::vector<core::ConfigProblem> problems) {
    if (!answer || !controller_) return;
    const engine::Versions& holds = controller_->engine().versions();
    answer({outcome, holds.config_number, holds.config, std::move(problems)});
}

void Caretaker::reject(const std::string& actor, std::vector<core::ConfigProblem> problems,
                       const Answer& answer) {
    engine::Engine& engine = controller_->engine();
    const std::string words = in_words(problems);
    log_.warn("config", words);
    engine.coded("config", ports::Condition::Warn, "CONFIG_REJECTED", words);
    engine.note(core::ConfigRejected{actor, problems});
    finish(Outcome::Rejected, answer, std::move(problems));
}

void Caretaker::accept(ops::ConfigTexts texts) {
    reader_.keep(std::move(texts), [this](const core::Error& error) {
        log_.warn("config", "no copy of what was accepted: " + error.what);
    });
}

// --- one controller after another ----------------------------------------------------------------

// Overrides, lockouts and counters go from one to the next through the journal.
bool Caretaker::is_journal_well() {
    for (const ports::PartHealth& part : controller_->engine().look().health)
        if ((part.part == "journal" || part.part == "database") &&
            part.level != core::HealthLevel::Ok)
            return false;
    return true;
}

void Caretaker::rebuild(Installation next, const std::string& actor, ops::ConfigTexts texts) {
    is_leaving_ = true;
    log_.info("config", "loads stop, all parts are made anew");
    controller_->shut_down(setup_.patience_ms, [this, next = std::move(next), actor,
                                                texts = std::move(texts)]() mutable {
        has_stopped_ = true;
        boost::asio::post(
            io_, [this, next = std::move(next), actor, texts = std::move(texts)]() mutable {
                replace(std::move(next), actor, std::move(texts), kBreaths);
            });
    });
}

// Whatever is still under way refers to the one that goes.
void Caretaker::replace(Installation next, const std::string& actor, ops::ConfigTexts texts,
                        int tries) {
    if (ended_) return ended_();
    if (tries > 0 && !controller_->is_quiet()) {
        rest_.expires_after(kBreath);
        rest_.async_wait([this, next = std::move(next), actor, texts = std::move(texts),
                          tries](const boost::system::error_code& error) mutable {
            if (!error) replace(std::move(next), actor, std::move(texts), tries - 1);
        });
        return;
    }
    const Installation before = controller_->installation();
    controller_.reset();
    auto begun = begin(std::move(next), actor);
    std::string failure;
    if (!begun) {
        failure = begun.error().what;
        begun = begin(before, actor);
    }
    if (!begun) return setup_.ruined(begun.error());
    controller_ = std::move(begun).value();
    is_leaving_ = has_stopped_ = false;
    if (failure.empty()) accept(std::move(texts));
    else reject(actor, {{"", 0, "", failure, ""}}, nullptr);
}

// --- files ---------------------------------------------------------------------------------------

bool Caretaker::watch() {
    auto watch = ops::FolderWatch::on(setup_.place.folder);
    if (!watch) {
        log_.warn("config", watch.error().what + "; a signal (HUP) or the API reads it again");
        return false;
    }
    folder_.emplace(std::move(*watch));
    news_.assign(folder_->descriptor());
    heard_news();
    return true;
}

void Caretaker::heard_news() {
    news_.async_wait(news_.wait_read, [this](const boost::system::error_code& error) {
        if (error) return;
        if (folder_->read()) read_when_settled();
        if (!folder_->has_ended()) return heard_news();
        news_.release();
        folder_.reset();
        watch_again();
    });
}

// Another folder may take its place, now or in a while.
void Caretaker::watch_again() {
    again_.expires_after(std::chrono::milliseconds{setup_.settle_ms});
    again_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        if (!is_folder(setup_.place.folder) || !watch()) return watch_again();
        read_when_settled();
    });
}

void Caretaker::read_when_settled() {
    settle_.expires_after(std::chrono::milliseconds{setup_.settle_ms});
    settle_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        if (is_leaving_ || (folder_ && folder_->is_being_written())) return read_when_settled();
        reload("files", nullptr);
    });
}

}  // namespace bitgrid::app
