#pragma once
// Moves a finished piece of the journal into the cold store: Parquet files with a temporary name,
// synced, read back and checked, renamed, and only then recorded and signed in heads.txt. A crash
// at any step leaves the records as they were; the next sealing clears away what they do not name
// and does it again. One sealer at a time per data folder, on one thread; the journal is only read.
#include <string>

#include "archive/datasets.hpp"
#include "archive/heads.hpp"
#include "archive/parquet_file.hpp"
#include "archive/places.hpp"

namespace bitgrid::archive {

class Sealer {
public:
    /// What is made of the events beside their rows.
    struct Makers {
        InputsOf inputs;
        KpisOf kpis;
    };

    /// Reads what was sealed so far; makes the device's key where there is none. Damaged where
    /// heads.txt is not as it was written: then nothing is added to it. Refused where another
    /// process seals.
    static core::Result<Sealer> open(const std::string& data_folder);

    /// Sequence number of the newest event in the cold store; 0: none.
    std::int64_t sealed_through() const { return heads_.last_sequence(); }
    const Heads& heads() const { return heads_; }
    const crypto::PublicKey& public_key() const { return key_.public_key(); }

    /// Events that follow sealed_through() without a gap, all of one day (UTC). Damaged where they
    /// do not follow from each other or from what is sealed. Unavailable, and all as it was, where
    /// it cannot be written. Returns the first event that only `events` can hold, in words.
    core::Result<std::string> seal(std::vector<wire::EventRow>, const Makers&, core::UnixTime now);

    /// Deletes a sealed file; that it is gone, and why, is recorded first.
    core::Result<void> give_up(const std::string& path, const std::string& why, core::UnixTime now);

    Sealer(Sealer&&) noexcept;
    Sealer& operator=(Sealer&&) = delete;
    ~Sealer();

private:
    struct Lock;
    Sealer(Places, crypto::SigningKey, Heads, std::unique_ptr<Lock>);

    core::Result<void> clear_leftovers();
    core::Result<void> check_run(const std::vector<wire::EventRow>&) const;
    template <class Row>
    core::Result<void> add_files(Duckdb&, std::string_view dataset, const std::vector<Row>&, Seal&);
    core::Result<void> record(const std::string& lines);

    Places places_;
    crypto::SigningKey key_;
    Heads heads_;
    std::unique_ptr<Lock> lock_;
};

}  // namespace bitgrid::archive
