#include "mirror/outbox.hpp"

#include <sodium.h>

#include <algorithm>
#include <bit>
#include <charconv>

namespace bitgrid::mirror {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostProgress = std::size_t{64} << 10;
constexpr int kRowsAtOnce = 100;
constexpr double kLeastFreePct = 5;  // what is left belongs to the journal

fs::path spool_of(const fs::path& folder) { return folder / "spool"; }
fs::path progress_of(const fs::path& folder) { return folder / "progress.json"; }

// `0000000007-120-133-1767225600000.bgm1`: number, first and last row, closed at.
std::string spool_name(const Waiting& w) {
    std::string name = name_of(w.number);
    name.erase(name.rfind('.'));
    return name + '-' + std::to_string(w.first_row) + '-' + std::to_string(w.last_row) + '-' +
           std::to_string(w.closed_at.ms) + ".bgm1";
}

template <class Number>
bool take(std::string_view& text, Number& number, std::string_view behind) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (error != std::errc{} || !text.starts_with(behind)) return false;
    text.remove_prefix(behind.size());
    return true;
}

std::optional<Waiting> waiting_from(const fs::path& path) {
    Waiting w;
    const std::string name = path.filename().string();
    std::string_view rest = name;
    if (!take(rest, w.number, "-") || !take(rest, w.first_row, "-") ||
        !take(rest, w.last_row, "-") || !take(rest, w.closed_at.ms, ".bgm1") || !rest.empty())
        return std::nullopt;
    std::error_code fault;
    w.bytes = fs::file_size(path, fault);
    if (fault) return std::nullopt;
    w.path = path;
    return w;
}

bool was_dropped(const Progress& progress, std::uint64_t number) {
    for (const Gap& gap : progress.gaps)
        if (gap.reason == GapReason::SpoolFull && number >= gap.first_segment &&
            number <= gap.last_segment)
            return true;
    return false;
}

// About what a segment with so many bytes of events takes.
std::uint64_t size_with(std::size_t lines) {
    constexpr std::size_t kOtherLines = 1'024;
    constexpr std::size_t kHeadAndTags = 1'024;
    return std::max(kSmallestText, std::bit_ceil(lines + kOtherLines)) + kHeadAndTags;
}

std::string fresh_salt() {
    std::array<unsigned char, 32> salt;
    randombytes_buf(salt.data(), salt.size());
    return crypto::hex(salt);
}

}  // namespace

Outbox::Outbox(fs::path folder, OutboxRules rules, crypto::SigningKey signer, Files& files)
    : folder_{std::move(folder)},
      rules_{std::move(rules)},
      signer_{std::move(signer)},
      files_{files} {}

core::Result<Outbox> Outbox::open(fs::path folder, OutboxRules rules, crypto::SigningKey signer,
                                  Files& files) {
    Outbox outbox{std::move(folder), std::move(rules), std::move(signer), files};
    if (auto made = files.make_folder(spool_of(outbox.folder_)); !made) return made.error();
    auto known = look(outbox.folder_, files);
    if (known && known->consent == outbox.rules_.consent) {
        outbox.progress_ = std::move(*known);
        if (auto repaired = outbox.repair(); !repaired) return repaired.error();
        return outbox;
    }
    if (!known && known.error().code != core::ErrorCode::NotFound) return known.error();
    if (auto begun = outbox.begin(); !begun) return begun.error();
    return outbox;
}

// What was sealed under another opt-in was meant for another place, or other eyes.
core::Result<void> Outbox::begin() {
    if (auto wiped = wipe(folder_, files_); !wiped) return wiped;
    Progress fresh;
    fresh.consent = rules_.consent;
    fresh.stream = fresh_stream();
    fresh.salt = fresh_salt();
    fresh.cursor = rules_.begins_after;
    return keep(std::move(fresh));
}

core::Result<void> Outbox::repair() {
    for (const std::string& name : files_.names_in(spool_of(folder_))) {
        const fs::path path = spool_of(folder_) / name;
        const auto w = waiting_from(path);
        const bool is_whole = w && w->number < progress_.next && !was_dropped(progress_, w->number);
        if (is_whole) continue;
        if (auto removed = files_.remove(path); !removed) return removed;
    }
    return {};
}

core::Result<void> Outbox::keep(Progress next) {
    if (auto kept = files_.keep(progress_of(folder_), text_of(next)); !kept) return kept;
    progress_ = std::move(next);
    return {};
}

core::Result<bool> Outbox::close(Source& source, core::UnixTime now, bool at_once) {
    auto next = continued(source, now);
    if (!next) return next.error();
    const auto newest = source.newest();
    if (!newest) return newest.error();
    const auto draft = gather(source, next->cursor);
    if (!draft) return draft.error();
    const std::int64_t age = now - progress_.closed_at;
    const bool is_due = at_once || draft->is_full || age < 0 || age >= rules_.period_ms;
    if (draft->rows == 0 || !is_due) return false;
    next->cursor = draft->last.sequence;
    next->cursor_hash = draft->last.hash;
    // Rows of no interest behind the last one may be pruned without being missed.
    if (!draft->is_full && *newest > next->cursor) {
        const auto last = source.row(*newest);
        if (!last) return last.error();
        if (*last) {
            next->cursor = (*last)->sequence;
            next->cursor_hash = (*last)->hash;
        }
    }
    if (auto closed = close(*draft, std::move(*next), now); !closed) return closed.error();
    return true;
}

// Where to read on: further in the same journal, or at the beginning of another one.
core::Result<Progress> Outbox::continued(Source& source, core::UnixTime now) {
    Progress next = progress_;
    if (next.cursor == 0) return next;
    const auto row = source.row(next.cursor);
    if (!row) return row.error();
    const auto oldest = source.oldest();
    if (!oldest) return oldest.error();
    const bool is_same = *row && (next.cursor_hash.empty() || (*row)->hash == next.cursor_hash);
    if (is_same || (!*row && *oldest == next.cursor + 1)) return next;
    if (!*row && *oldest > next.cursor) {
        note(next, {GapReason::JournalPruned, 0, 0, next.cursor + 1, *oldest - 1, now});
        return next;
    }
    note(next, {GapReason::JournalReplaced, 0, 0, 0, 0, now});
    next.cursor = 0;
    next.cursor_hash.clear();
    return next;
}

core::Result<std::string> Outbox::line_for(const Row& row) const {
    if (rules_.is_anonymous) return anonymous_line_of(row, progress_.salt);
    if (row.json.find('\n') != std::string::npos)
        return core::Error{core::ErrorCode::Damaged,
                           "row " + std::to_string(row.sequence) + " is not as the journal writes"};
    return line_of(row);
}

core::Result<Outbox::Draft> Outbox::gather(Source& source, std::int64_t after) {
    Draft draft;
    while (!draft.is_full) {
        const auto rows = source.rows_after(after, kRowsAtOnce);
        if (!rows) return rows.error();
        for (const Row& row : *rows) {
            const auto line = line_for(row);
            if (!line) return line.error();
            draft.is_full = draft.rows > 0 && draft.lines.size() + line->size() > rules_.most_text;
            if (draft.is_full) break;
            draft.lines += *line;
            if (draft.rows++ == 0) draft.first = row;
            draft.last = row;
            after = row.sequence;
        }
        if (rows->size() < kRowsAtOnce) break;
    }
    return draft;
}

core::Result<void> Outbox::close(const Draft& draft, Progress next, core::UnixTime now) {
    const auto free = files_.free_pct(folder_);
    if (free && *free < kLeastFreePct)
        return core::Error{core::ErrorCode::Unavailable,
                           "the disk is nearly full: the mirror waits, the journal goes on"};
    std::string text =
        line_of(Contents{next.stream, next.next, now, rules_.datasets, rules_.is_anonymous,
                         draft.first.sequence, draft.last.sequence, draft.rows});
    // What gives way to this segment is told in it.
    const auto dropped = drop(next, size_with(draft.lines.size()), now);
    for (Gap& gap : next.gaps) {
        text += line_of(gap);
        if (gap.told_in == 0) gap.told_in = next.next;
    }
    text += draft.lines;
    const auto segment = seal({next.stream, next.next, next.previous}, padded(std::move(text)),
                              rules_.recipients, signer_);
    if (!segment) return segment.error();
    const Waiting made{next.next, draft.first.sequence, draft.last.sequence, now, 0, {}};
    const fs::path path = spool_of(folder_) / spool_name(made);
    if (auto kept = files_.keep(path, *segment); !kept) return kept;
    ++next.next;
    next.previous = crypto::sha256(*segment);
    next.closed_at = now;
    if (auto kept = keep(std::move(next)); !kept) {
        (void)files_.remove(path);  // else repair() does it: it was not closed
        return kept;
    }
    return remove(dropped);
}

core::Result<void> Outbox::bound(core::UnixTime now) {
    Progress next = progress_;
    const auto dropped = drop(next, 0, now);
    if (dropped.empty()) return {};
    if (auto kept = keep(std::move(next)); !kept) return kept;
    return remove(dropped);
}

// The newest of all stays, however large it is.
std::vector<Waiting> Outbox::drop(Progress& next, std::uint64_t more_bytes,
                                  core::UnixTime now) const {
    std::vector<Waiting> all = waiting();
    std::uint64_t bytes = more_bytes;
    for (const Waiting& w : all) bytes += w.bytes;
    std::vector<Waiting> dropped;
    for (std::size_t i = 0; i + (more_bytes > 0 ? 0 : 1) < all.size(); ++i) {
        const Waiting& w = all[i];
        if (bytes <= rules_.spool_bytes && now - w.closed_at <= rules_.spool_ms) break;
        bytes -= w.bytes;
        note(next, {GapReason::SpoolFull, w.number, w.number, w.first_row, w.last_row, now});
        dropped.push_back(w);
    }
    return dropped;
}

core::Result<void> Outbox::remove(const std::vector<Waiting>& dropped) {
    for (const Waiting& w : dropped)
        if (auto removed = files_.remove(w.path); !removed) return removed;
    return {};
}

std::vector<Waiting> Outbox::waiting_in(const fs::path& folder, Files& files) {
    std::vector<Waiting> all;
    for (const std::string& name : files.names_in(spool_of(folder)))
        if (auto w = waiting_from(spool_of(folder) / name)) all.push_back(std::move(*w));
    return all;
}

std::vector<Waiting> Outbox::waiting() const {
    std::vector<Waiting> all = waiting_in(folder_, files_);
    std::erase_if(all, [&](const Waiting& w) {
        return w.number >= progress_.next || was_dropped(progress_, w.number);
    });
    return all;
}

core::Result<std::string> Outbox::content(const Waiting& w) {
    return files_.read(w.path, kMostSegment);
}

core::Result<void> Outbox::forget(const Waiting& w) {
    if (auto removed = files_.remove(w.path); !removed) return removed;
    Progress next = progress_;
    std::erase_if(next.gaps,
                  [&](const Gap& gap) { return gap.told_in > 0 && gap.told_in <= w.number; });
    if (next.gaps.size() == progress_.gaps.size()) return {};
    return keep(std::move(next));
}

// The spool first: without progress, files in it would belong to nobody.
core::Result<void> Outbox::wipe(const fs::path& folder, Files& files) {
    for (const std::string& name : files.names_in(spool_of(folder)))
        if (auto removed = files.remove(spool_of(folder) / name); !removed) return removed;
    if (auto removed = files.remove(unfinished(progress_of(folder))); !removed) return removed;
    return files.remove(progress_of(folder));
}

core::Result<Progress> Outbox::look(const fs::path& folder, Files& files) {
    const auto text = files.read(progress_of(folder), kMostProgress);
    if (!text) return text.error();
    return progress_from_text(*text);
}

}  // namespace bitgrid::mirror
