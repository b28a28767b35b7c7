#include "store/journal_file.hpp"

#include <iterator>

namespace bitgrid::store {
namespace {

constexpr std::size_t kMostPossible = 8;

std::string path_in(const std::string& folder) { return folder + "/bitgrid.sqlite"; }

bool is_same(const ports::Receipt& end, const Restored& found) {
    return end.sequence == found.last_sequence && end.hash == found.head;
}

}  // namespace

JournalFile::JournalFile(std::string folder, Codec codec, Files& files, Bounds bounds)
    : folder_{std::move(folder)},
      path_{path_in(folder_)},
      codec_{std::move(codec)},
      files_{&files},
      bounds_{bounds},
      disk_{folder_, files, bounds.disk} {}

core::Result<JournalFile> JournalFile::open(std::string folder, const Codec& codec, Files& files,
                                            Bounds bounds) {
    JournalFile file{std::move(folder), codec, files, bounds};
    auto begun = file.begin();
    // The reserve may be what is missing to open.
    if (!begun && begun.error().code == core::ErrorCode::Unavailable &&
        file.disk_.give_up_reserve())
        begun = file.begin();
    if (!begun) return begun.error();
    return file;
}

core::Result<void> JournalFile::begin() {
    // A log without its file: a file was being set aside when we were stopped.
    if (!files_->exists(path_) && files_->exists(path_ + "-wal"))
        if (auto moved = set_aside(path_, *files_); !moved) return moved.error();
    auto writer = open_checked(Database::Access::Write);
    if (!writer) return writer.error();
    writer_ = std::move(*writer);
    end_ = {restored_.last_sequence, restored_.head};
    return {};
}

core::Result<ChainWriter> JournalFile::open_checked(Database::Access access) {
    auto opened = open_journal(path_, access, codec_, *files_);
    if (!opened && opened.error().code == core::ErrorCode::Damaged) {
        const auto aside = set_aside(path_, *files_);
        if (!aside) return aside.error();
        set_aside_ = "the journal was damaged and is kept as " + *aside + " (" +
                     opened.error().what + "); a new one has begun";
        opened = open_journal(path_, Database::Access::Write, codec_, *files_);
    }
    if (!opened) return opened.error();
    restored_ = std::move(opened->restored);
    restored_.warning = set_aside_;
    return ChainWriter::open(std::move(opened->database));
}

core::Result<void> JournalFile::open_again() {
    auto writer = open_checked(Database::Access::WriteExisting);
    if (!writer) return writer.error();
    if (!recognise_end())
        return core::Error{core::ErrorCode::Unavailable,
                           path_ + ": this is not the journal that was being written"};
    writer_ = std::move(*writer);
    return {};
}

bool JournalFile::recognise_end() {
    written_.clear();
    if (restored_.is_memory_lost) {  // a new file
        possible_.clear();
        end_ = {restored_.last_sequence, restored_.head};
    }
    if (is_same(end_, restored_)) return true;
    for (const Receipts& answers : possible_)
        for (std::size_t i = 0; i < answers.size(); ++i)
            if (answers[i] && is_same(*answers[i], restored_)) {
                const auto first = answers.begin();
                written_.assign(first, first + static_cast<std::ptrdiff_t>(i) + 1);
                return true;
            }
    return false;
}

core::Result<Receipts> JournalFile::write(std::span<const Batch> batches) {
    if (!writer_)
        if (auto opened = open_again(); !opened) return opened.error();
    if (auto tended = tend_wal(); !tended) {
        note_trouble();
        return tended.error();
    }
    auto rest = writer_->write(batches.subspan(written_.size()));
    if (!rest) {
        note_trouble();
        return rest.error();
    }
    Receipts receipts = std::move(written_);
    receipts.insert(receipts.end(), std::make_move_iterator(rest->begin()),
                    std::make_move_iterator(rest->end()));
    written_.clear();
    possible_.clear();
    for (const auto& receipt : receipts)
        if (receipt) end_ = *receipt;
    return receipts;
}

core::Result<bool> JournalFile::forget(std::int64_t sealed_through, core::UnixTime older_than) {
    if (!writer_) return false;
    auto has_more = writer_->forget(sealed_through, older_than);
    if (!has_more) note_trouble();
    return has_more;
}

core::Result<void> JournalFile::tend_wal() {
    if (writer_->wal_bytes() < bounds_.checkpoint_bytes) return {};
    const auto moved = writer_->checkpoint();
    if (!moved) return moved.error();
    is_wal_held_ = !*moved;
    if (!is_wal_held_ || writer_->wal_bytes() < bounds_.wal_bytes) return {};
    return core::Error{core::ErrorCode::Unavailable,
                       path_ +
                           ": another program has been reading it for long, so that its "
                           "write-ahead log cannot be emptied; end that program"};
}

void JournalFile::note_trouble() {
    if (const Receipts& attempted = writer_->attempted(); !attempted.empty()) {
        Receipts answers = written_;
        answers.insert(answers.end(), attempted.begin(), attempted.end());
        if (possible_.size() == kMostPossible) possible_.erase(possible_.begin());
        possible_.push_back(std::move(answers));
    }
    const Trouble trouble = writer_->trouble();
    is_full_ = trouble == Trouble::Full;
    if (is_full_) (void)disk_.give_up_reserve();
    if (trouble == Trouble::File) writer_.reset();
}

JournalFile::Warning JournalFile::warning() const {
    if (!set_aside_.empty()) return {set_aside_, "JOURNAL_DAMAGED"};
    if (is_wal_held_ && writer_ && writer_->wal_bytes() > bounds_.wal_bytes / 2)
        return {
            "another program has been reading the journal for long; end it, or nothing more "
            "can be recorded",
            "JOURNAL_HELD"};
    return {};
}

JournalFile::Warning JournalFile::look_at_disk() {
    std::string reason = disk_.look();
    if (reason.empty()) return {};
    return {std::move(reason), disk_.is_short() ? "DISK_FULL" : "DISK_LOW"};
}

void JournalFile::finish() {
    if (writer_) (void)writer_->finish();  // where it fails, the log is read at the next start
}

}  // namespace bitgrid::store
