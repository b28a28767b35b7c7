#pragma once
// Whether the newest update of the program ended as it should: warns for a week after one that was
// taken back, and where one stands still half-way for a day. Reads what `bitgrid update` leaves
// in the data folder, by the machine's clock, as the one who wrote it. Owned by one thread; blocks
// on the disk.
#include <string>

#include "core/time.hpp"

namespace bitgrid::store {

class UpdateWatch {
public:
    static constexpr std::int64_t kTellMs = std::int64_t{7} * 24 * 3'600'000;
    static constexpr std::int64_t kUnderWayMs = std::int64_t{24} * 3'600'000;

    struct Trouble {
        std::string words;  ///< empty: nothing is wrong
        const char* code{""};
    };

    explicit UpdateWatch(const std::string& folder) : path_{folder + "/update.json"} {}

    Trouble look(core::UnixTime now) const;

private:
    std::string path_;
};

}  // namespace bitgrid::store
