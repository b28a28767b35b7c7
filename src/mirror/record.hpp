#pragma once
// The lines of a segment's text, in this order: one that says what it holds, one for each gap, one
// for each event. An event's own text stands in its line to the byte as the journal has it, so that
// the hashes beside it can be checked; made anonymous, it is another text, and has none. Any
// thread.
//
//   {"segment":{"stream":"…","number":7,"closed_at":"…","rows":3,"first":120,"last":133,…}}
//   {"gap":{"reason":"spool_full","segments":[3,5],"rows":[61,102],"at":"…"}}
//   {"seq":120,"prev":"…","hash":"…","event":{"action":"NOOP",…}}
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "mirror/segment.hpp"

namespace bitgrid::mirror {

/// A row of the journal.
struct Row {
    std::int64_t sequence{0};
    std::string json;      ///< canonical, one line
    std::string previous;  ///< hash, hex
    std::string hash;
};

enum class GapReason : std::uint8_t {
    SpoolFull,       ///< segments were dropped that nobody had taken for too long
    JournalPruned,   ///< rows left the journal before they were read
    JournalReplaced  ///< the journal is another one than before
};

/// What the recipients will never get. Both ends included; 0: unknown, or none.
struct Gap {
    GapReason reason{GapReason::SpoolFull};
    std::uint64_t first_segment{0}, last_segment{0};
    std::int64_t first_row{0}, last_row{0};
    core::UnixTime at{};
    std::uint64_t told_in{0};  ///< first segment that tells of it; 0: none yet
    friend bool operator==(const Gap&, const Gap&) = default;
};

std::string_view word(GapReason);
std::optional<GapReason> gap_reason(std::string_view word);

struct Contents {
    StreamId stream{};
    std::uint64_t number{0};
    core::UnixTime closed_at{};
    std::vector<std::string> datasets;
    bool is_anonymous{false};
    std::int64_t first{0}, last{0};
    std::size_t rows{0};
};

std::string line_of(const Contents&);
std::string line_of(const Gap&);
std::string line_of(const Row&);

/// Of a decision what the rules saw and said: no names, no sentences, no ids; loads are called by a
/// pseudonym that `salt`, which must be secret, gives them. Damaged where it is no decision.
core::Result<std::string> anonymous_line_of(const Row&, std::string_view salt);

/// `0000000007.bgm1`: what a segment is called in its stream's folder.
std::string name_of(std::uint64_t number);
std::string hex_of(const StreamId&);

}  // namespace bitgrid::mirror
