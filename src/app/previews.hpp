#pragma once
// Answers previews for the API: takes the moment from the engine or the journal, and has it judged
// on the worker of the history, so that the engine does not wait for it.
#include <memory>

#include "engine/engine.hpp"
#include "ports/narrator.hpp"
#include "ports/what_if.hpp"
#include "store/sqlite_history.hpp"

namespace bitgrid::app {

/// Engine thread; whatever is handed in must outlive the history's worker. Reads only.
class Previews final : public ports::WhatIf {
public:
    Previews(const engine::Engine&, store::SqliteHistory&, const ports::Narrator&);
    virtual ~Previews();

    void ask(const std::string& request, Answer) override;

private:
    struct Worker;  ///< what only the worker uses

    const engine::Engine& engine_;
    store::SqliteHistory& history_;
    std::shared_ptr<Worker> worker_;
};

}  // namespace bitgrid::app
