#pragma once
// The sealed past, read: which files hold a stretch of time, and their rows. What heads.txt does
// not record is not read. Reads beside a running daemon and a running sealing; each reader opens
// its own. One thread at a time.
#include <string>
#include <string_view>
#include <vector>

#include "archive/heads.hpp"
#include "archive/parquet_file.hpp"
#include "archive/places.hpp"

namespace bitgrid::archive {

struct Stretch {
    core::UnixTime since{};
    core::UnixTime until{};  ///< 0: to the end
    std::string load;        ///< empty: all
};

class ColdStore {
public:
    /// Nothing sealed yet is no error. Damaged where heads.txt is not as it was written; `verify`
    /// says more.
    static core::Result<ColdStore> open(const std::string& data_folder);

    std::int64_t sealed_through() const { return heads_.last_sequence(); }
    const Heads& heads() const { return heads_; }

    /// Files of a dataset that may hold rows of the stretch, oldest first, as full paths.
    std::vector<std::string> files(std::string_view dataset, const Stretch&) const;

    /// SQL that takes the rows of the stretch.
    static std::string condition(const Stretch&);

private:
    ColdStore(Places places, Heads heads) : places_{std::move(places)}, heads_{std::move(heads)} {}

    Places places_;
    Heads heads_;
};

}  // namespace bitgrid::archive
