#include "store/disk_watch.hpp"

#include <cmath>

namespace bitgrid::store {
namespace {

std::string megabytes(std::int64_t bytes) { return std::to_string(bytes / 1'000'000) + " MB"; }

// Downwards, so that what is too little never looks like enough.
std::string percent(double share) {
    return std::to_string(static_cast<int>(std::floor(share * 100 + 1e-9))) + " %";
}

}  // namespace

DiskWatch::DiskWatch(std::string folder, Files& files, Bounds bounds)
    : folder_{std::move(folder)},
      reserve_{folder_ + "/bitgrid.reserve"},
      files_{files},
      bounds_{bounds} {}

std::string DiskWatch::look() {
    const auto free = files_.free_bytes(folder_);
    if (!free) return {};
    const bool has_reserve = bounds_.reserve == 0 || files_.exists(reserve_);
    if (has_reserve || (*free > 2 * bounds_.reserve && files_.allocate(reserve_, bounds_.reserve)))
        is_short_ = false;
    if (is_short_)
        return "the disk of " + folder_ + " is full: only what matters is still recorded";
    if (*free < bounds_.low)
        return "only " + megabytes(*free) + " free on the disk of " + folder_ +
               " (wanted: " + megabytes(bounds_.low) + ")";
    const auto usable = files_.usable_bytes(folder_);
    if (!usable || *usable <= 0) return {};
    const double share = static_cast<double>(*free) / static_cast<double>(*usable);
    if (share < bounds_.low_share)
        return "only " + percent(share) + " (" + megabytes(*free) + ") free on the disk of " +
               folder_ + " (wanted: " + percent(bounds_.low_share) + ")";
    return {};
}

bool DiskWatch::give_up_reserve() {
    is_short_ = true;
    return bounds_.reserve > 0 && files_.remove(reserve_).has_value();
}

}  // namespace bitgrid::store
