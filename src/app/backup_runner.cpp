#include "app/backup_runner.hpp"

#include <array>
#include <filesystem>
#include <fstream>

#include "wire/bounded_json.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::app {
namespace {

constexpr std::int64_t kFirstBackupLookMs = 60'000;  // the start is for other things
constexpr std::int64_t kBackupLookMs = std::int64_t{10} * 60'000;
constexpr std::int64_t kBackupPatienceMs = std::int64_t{60} * 60'000;
constexpr const char* kRestorePart = "restore_test";
constexpr const char* kRestoreFailed = "RESTORE_FAILED";
constexpr int kBackupNotNow = 69;  ///< exit of `bitgrid`

core::Result<nlohmann::json> read_small_json(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    std::array<char, 16'384> text{};
    file.read(text.data(), text.size());
    return wire::parse_json({text.data(), static_cast<std::size_t>(file.gcount())});
}

core::Result<wire::BackupNote> read_backup_note(const std::string& data) {
    const auto json = read_small_json(data + "/backup.json");
    return json ? wire::backup_from_json(*json) : json.error();
}

core::Result<wire::RestoreTestNote> read_restore_note(const std::string& data) {
    const auto json = read_small_json(data + "/restore_test.json");
    return json ? wire::restore_test_from_json(*json) : json.error();
}

}  // namespace

BackupRunner::BackupRunner(World world, std::string program, std::string data)
    : world_{world}, program_{std::move(program)}, data_{std::move(data)} {}

void BackupRunner::start() {
    if (program_.empty()) return;
    if (auto test = read_restore_note(data_)) tell(*test);
    look_again(kFirstBackupLookMs);
}

void BackupRunner::stop() {
    timer_.reset();
    patience_.reset();
    child_.reset();
}

void BackupRunner::rest(bool rests) {
    rests_ = rests;
    if (rests_ && child_) child_->terminate();
}

// The newest change counts: while somebody still edits, nothing is copied.
void BackupRunner::config_changed() {
    changed_at_ = world_.clock.mono();
    if (timer_) look_again(kSettleMs);
}

void BackupRunner::look_again(std::int64_t delay_ms) {
    timer_ = world_.clock.after(delay_ms, [this] { look(); });
}

void BackupRunner::look() {
    look_again(kBackupLookMs);
    if (child_ || rests_) return;
    const auto note = read_backup_note(data_);
    if (!note || !note->again) {
        changed_at_.reset();  // nobody makes backups that we could make, too
        return;
    }
    if (changed_at_ && is_backup_due()) return begin(Job::Backup);
    if (is_test_due(*note)) return begin(Job::Test);
}

bool BackupRunner::is_backup_due() const {
    const core::MonoTime now = world_.clock.mono();
    return now - *changed_at_ >= kSettleMs && (!backed_up_at_ || now - *backed_up_at_ >= kPauseMs);
}

bool BackupRunner::is_test_due(const wire::BackupNote& note) const {
    if (note.last_good.ms == 0) return false;
    if (tried_at_ && world_.clock.mono() - *tried_at_ < kDayMs) return false;
    if (!tested_) return true;
    const std::int64_t age = world_.clock.wall() - tested_->time;
    // A clock that was set back makes no test of the future.
    if (age < 0) return true;
    return note.last_good - tested_->time > 0 &&
           age >= (tested_->trouble.empty() ? kWeekMs : kDayMs);
}

void BackupRunner::begin(Job job) {
    std::vector<std::string> command{program_, "backup"};
    if (job == Job::Backup) command.emplace_back("--again");
    else command.emplace_back("verify");
    command.insert(command.end(), {"--data", data_});
    (job == Job::Backup ? backed_up_at_ : tried_at_) = world_.clock.mono();
    auto child = ChildProcess::start(world_.io, std::move(command),
                                     [this, job](int code) { ended(job, code); });
    if (!child)
        return world_.health.coded(kRestorePart, ports::Condition::Warn, kRestoreFailed,
                                   child.error().what);
    // What changes from here on is not surely in it.
    if (job == Job::Backup) changed_at_.reset();
    child_ = std::move(*child);
    patience_ = world_.clock.after(kBackupPatienceMs, [this] { child_->kill(); });
}

void BackupRunner::ended(Job job, int code) {
    patience_.reset();
    child_.reset();
    const bool was_cut_off = rests_ && code != 0;
    if (job == Job::Backup) {
        // The nightly one is another try; if there is none for long, health says so anyway.
        if (was_cut_off) changed_at_ = world_.clock.mono();
        return;
    }
    if (was_cut_off) {
        tried_at_.reset();
        return;
    }
    const auto note = read_restore_note(data_);
    const bool is_new = note && (!tested_ || !(*note == *tested_));
    if (code == kBackupNotNow && !is_new) return;  // another one tries it, or it was just replaced
    if (!is_new)
        return world_.health.coded(
            kRestorePart, ports::Condition::Warn, kRestoreFailed,
            "the test ended with " + std::to_string(code) + " and left no report");
    tell(*note);
}

void BackupRunner::tell(const wire::RestoreTestNote& note) {
    tested_ = note;
    const std::string name = std::filesystem::path{note.backup}.filename().string();
    const bool is_well = note.trouble.empty();
    world_.health.coded(
        kRestorePart, is_well ? ports::Condition::Ok : ports::Condition::Warn,
        is_well ? "" : kRestoreFailed,
        is_well ? name + " was restored and decided again on " + wire::time_text(note.time) +
                      ": the same"
                : name + " was tried on " + wire::time_text(note.time) + ": " + note.trouble);
}

}  // namespace bitgrid::app
