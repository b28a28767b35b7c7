#pragma once
// An event as the journal keeps it: its canonical text and the columns by which it is found.
// Values without owners; made on the engine's thread, written on the worker's.
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/events.hpp"
#include "ports/journal.hpp"

namespace bitgrid::store {

/// Between the engine's values and text. Called on the engine's thread only, so that it may look
/// at the configuration; decode_checkpoint() at start.
struct Codec {
    std::function<std::string(const core::Event&)> encode_event;  ///< canonical JSON
    std::function<std::string(const ports::Checkpoint&)> encode_checkpoint;
    std::function<core::Result<ports::Checkpoint>(std::string_view)> decode_checkpoint;
};

struct Row {
    std::int64_t time_ms{};
    std::string type;
    std::optional<std::string> load_id;
    std::optional<std::int64_t> block_id;
    std::optional<std::string> decision_id;
    std::optional<std::string_view> trigger;  ///< decisions only; a name of static life
    std::optional<std::string> code;
    std::string body;
    bool may_give_way{false};  ///< describes a state that later events repeat: first to go
};

Row row_of(const core::Event&, std::string body);

/// What one append() hands over: written together or not at all.
struct Batch {
    std::vector<Row> rows;
    std::string checkpoint;
    ports::Committed done;  ///< empty once it was called
};

}  // namespace bitgrid::store
