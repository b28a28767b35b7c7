#pragma once
// What lies at the target, read where the secret key is: proved, opened, in order. Nothing that the
// carrier could have done to it stays unseen but the end of a stream that was cut off: against that
// helps a head that somebody wrote down.
//
// Reads each file whole, one at a time; of the others it remembers where they stand. One thread.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "mirror/segment.hpp"

namespace bitgrid::mirror {

enum class Fault : std::uint8_t {
    Damaged,        ///< no whole, signed segment: changed, cut, spliced, or another file
    ForeignSigner,  ///< signed, but not by the device
    Renamed,        ///< its name is that of another number: changed places, or played again
    Repeated,       ///< the same segment stands there twice
    Contradicting,  ///< another segment with the same number
    Missing,        ///< segments that should be there; no gap tells of them
    NotFollowing,   ///< it does not name the one before it
    NotForThisKey,  ///< sealed for others
    HeadMissing     ///< the head that was written down is not there: the end was cut off
};

struct Finding {
    Fault fault{Fault::Damaged};
    std::string file;                 ///< empty where it is about what is not there
    std::uint64_t first{0}, last{0};  ///< numbers; 0: unknown
    std::string what;                 ///< more, in words; may be empty
};

/// A stream that was found.
struct Found {
    StreamId stream{};
    crypto::PublicKey signer{};
    std::uint64_t first{0}, last{0};
    std::size_t segments{0};
    crypto::Hash head{};  ///< SHA-256 of the last segment
};

struct ReadingSetup {
    std::optional<crypto::PublicKey> signer;     ///< the device's; none: any, told with the stream
    std::optional<crypto::Hash> head;            ///< must be among them
    std::uint64_t begin{1};                      ///< those before it were taken away on purpose
    std::function<void(std::string_view)> line;  ///< each line of each segment, in order
    std::function<void(const Finding&)> found;
};

/// All of `folder` and what is below it; files whose names do not end in .bgm1 are none of ours.
/// Unavailable where the folder cannot be read.
core::Result<std::vector<Found>> read_folder(const std::filesystem::path& folder,
                                             const crypto::RecipientSecret&, const ReadingSetup&);

}  // namespace bitgrid::mirror
