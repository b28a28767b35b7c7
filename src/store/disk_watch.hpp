#pragma once
// The disk that the journal lies on: warns while there is still time, and keeps a piece of it in
// reserve that is given up when it is full, so that stops and their records can still be written.
// Sizes in bytes. Owned by one thread. A disk that cannot be asked is no reason to warn: the
// writes themselves tell.
#include <string>

#include "store/files.hpp"

namespace bitgrid::store {

class DiskWatch {
public:
    struct Bounds {
        double low_share{0.20};            ///< of the disk; less free: a warning
        std::int64_t low{500'000'000};     ///< as well
        std::int64_t reserve{16'000'000};  ///< 0: none
    };
    DiskWatch(std::string folder, Files&, Bounds);

    /// Looks at the disk and makes the reserve where it is missing and there is room for twice
    /// that. Returns what is wrong, in words; empty: nothing.
    std::string look();
    /// The disk is full: gives the reserve back. False: there was none.
    bool give_up_reserve();
    /// The reserve was needed and there is no room for a new one yet.
    bool is_short() const { return is_short_; }

private:
    const std::string folder_;
    const std::string reserve_;
    Files& files_;
    const Bounds bounds_;
    bool is_short_{false};
};

}  // namespace bitgrid::store
