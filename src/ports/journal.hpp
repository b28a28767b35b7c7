#pragma once
// The memory that is asked before acting: what was acknowledged survives a power cut.
#include <functional>
#include <string>
#include <vector>

#include "core/events.hpp"
#include "core/memory.hpp"
#include "core/result.hpp"
#include "ports/charge.hpp"

namespace bitgrid::ports {

/// Blocks that were decided, both ends included.
struct BlockRange {
    core::BlockId first{};
    core::BlockId last{};
    friend bool operator==(const BlockRange&, const BlockRange&) = default;
};

/// What must survive a restart beside the events: written in the same transaction.
struct Checkpoint {
    core::Memory memory;
    std::vector<std::string> load_ids;      ///< names of memory.loads, in order
    std::vector<std::string> override_ids;  ///< of the running overrides, empty where none
    std::vector<std::string> actors;        ///< who set them
    core::BlockId last_block{};             ///< newest block that was decided
    bool is_stopped{false};                 ///< the run ended cleanly
    std::vector<BlockRange> decided{};      ///< all that were decided, see engine/decided_blocks
    std::int64_t block_ms{0};               ///< length of those blocks; 0: as configured
    core::UnixTime saved_at{};              ///< by the clock of then
    Tenure tenure{};                        ///< of the site, where another controller might have it
    std::int64_t config_number{0};          ///< of the newest accepted configuration; 0: unknown
    std::string config_seal{};              ///< hash of all that was set in it
    core::UnixTime drill_time{};            ///< of the newest self-test; 0: none
    core::DrillReported drill{};            ///< the newest self-test
    bool is_research_on{false};             ///< parts of the past may be given away as files
};

struct Receipt {
    std::int64_t sequence{};  ///< of the last event of the batch
    std::string hash;         ///< of the last event, hex
};

using Committed = std::function<void(core::Result<Receipt>)>;

/// Engine thread only. append() never blocks: it hands the batch to a bounded worker and calls back
/// on the engine thread once it is on disk (or has failed; then the batch waits in a bounded queue
/// and is written when it can be).
class Journal {
public:
    virtual void append(std::vector<core::Event>, Checkpoint, Committed) = 0;

protected:
    ~Journal() = default;
};

/// The journal read back, newest first. Queries run on the worker and call back on the engine
/// thread.
struct HistoryQuery {
    core::UnixTime since{};
    core::UnixTime until{};  ///< 0: now
    std::string load;        ///< empty: all
    std::string code;        ///< empty: all; a prefix of a code is allowed
    bool only_decisions{true};
    int limit{100};          ///< 1 to 1000
    std::int64_t before{0};  ///< cursor: sequence numbers below this one; 0: from the newest
};

struct StoredEvent {
    std::int64_t sequence{};
    std::string type;
    std::string json;  ///< canonical text, as hashed
    std::string prev_hash;
    std::string hash;
};

class History {
public:
    virtual void find(HistoryQuery,
                      std::function<void(core::Result<std::vector<StoredEvent>>)>) = 0;
    virtual void find_decision(std::string decision_id,
                               std::function<void(core::Result<StoredEvent>)>) = 0;

protected:
    ~History() = default;
};

}  // namespace bitgrid::ports
