#pragma once
// The mirror's outbox: reads the journal onwards, closes segments and keeps them sealed on the
// device's disk until they were delivered. What was closed never changes; a crash at any step is
// repaired when it is opened again: no row is left out, none stands in two segments.
//
// In its folder: progress.json, which alone decides what was closed, and spool/ with a file for
// each segment that waits. The spool is bounded; what is dropped is told in the next segment.
// One thread, one process at a time: whoever opens it holds a lock. Failures are Unavailable, and
// leave everything as it was; Damaged: how far it was cannot be read.
#include <filesystem>
#include <optional>
#include <vector>

#include "mirror/progress.hpp"

namespace bitgrid::mirror {

/// The journal, as far as the mirror may see it. Reads; nothing else.
class Source {
public:
    /// Of the chosen types, in order.
    virtual core::Result<std::vector<Row>> rows_after(std::int64_t sequence, int most) = 0;
    /// Of any type; nothing where there is none, or none any more.
    virtual core::Result<std::optional<Row>> row(std::int64_t sequence) = 0;
    virtual core::Result<std::int64_t> oldest() = 0;  ///< of any type; 0: the journal is empty
    virtual core::Result<std::int64_t> newest() = 0;

protected:
    ~Source() = default;
};

struct OutboxRules {
    std::string consent;           ///< which opt-in it is; another one begins another stream
    std::int64_t begins_after{0};  ///< row behind which a new stream begins
    std::vector<std::string> datasets;
    bool is_anonymous{false};
    std::vector<crypto::RecipientKey> recipients;
    std::size_t most_text{std::size_t{4} << 20};  ///< bytes, at which a segment closes
    std::int64_t period_ms{900'000};              ///< after which it does
    std::uint64_t spool_bytes{500'000'000};
    std::int64_t spool_ms{30LL * 86'400'000};
};

/// A segment in the spool.
struct Waiting {
    std::uint64_t number{0};
    std::int64_t first_row{0}, last_row{0};
    core::UnixTime closed_at{};
    std::uint64_t bytes{0};
    std::filesystem::path path;
};

class Outbox {
public:
    static core::Result<Outbox> open(std::filesystem::path folder, OutboxRules, crypto::SigningKey,
                                     Files&);

    /// Closes a segment with what is new, where it is time or `at_once`. False: nothing was due.
    core::Result<bool> close(Source&, core::UnixTime now, bool at_once);
    /// Drops the oldest segments while there are too many or they are too old.
    core::Result<void> bound(core::UnixTime now);

    /// Oldest first.
    std::vector<Waiting> waiting() const;
    core::Result<std::string> content(const Waiting&);
    /// It was delivered: it need not wait any more.
    core::Result<void> forget(const Waiting&);

    const Progress& progress() const { return progress_; }

    /// Ends an opt-in: nothing waits any more, and the next one begins a new stream.
    static core::Result<void> wipe(const std::filesystem::path& folder, Files&);
    /// For those who only look. NotFound where nothing was mirrored yet.
    static core::Result<Progress> look(const std::filesystem::path& folder, Files&);
    static std::vector<Waiting> waiting_in(const std::filesystem::path& folder, Files&);

private:
    struct Draft {
        std::string lines;
        std::size_t rows{0};
        Row first, last;
        bool is_full{false};
    };

    Outbox(std::filesystem::path folder, OutboxRules, crypto::SigningKey, Files&);
    core::Result<void> begin();
    core::Result<void> repair();
    core::Result<Progress> continued(Source&, core::UnixTime now);
    core::Result<Draft> gather(Source&, std::int64_t after);
    core::Result<std::string> line_for(const Row&) const;
    core::Result<void> close(const Draft&, Progress next, core::UnixTime now);
    std::vector<Waiting> drop(Progress& next, std::uint64_t more_bytes, core::UnixTime now) const;
    core::Result<void> remove(const std::vector<Waiting>&);
    core::Result<void> keep(Progress);

    std::filesystem::path folder_;
    OutboxRules rules_;
    crypto::SigningKey signer_;
    Files& files_;
    Progress progress_;
};

}  // namespace bitgrid::mirror
