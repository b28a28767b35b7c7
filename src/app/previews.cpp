#include "app/previews.hpp"

#include "app/recall.hpp"
#include "research/what_if.hpp"

namespace bitgrid::app {

struct Previews::Worker {
    const ports::Narrator& narrator;
    Recall recall{};

    core::Result<std::string> answer(const research::WhatIfBasis& basis,
                                     const research::WhatIfRequest& request) const {
        const auto told = research::what_if(basis, request, narrator);
        if (!told) return told.error();
        return told->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    }

    core::Result<std::string> answer(store::JournalReader& journal,
                                     research::WhatIfRequest request) {
        const auto basis = recall.decision(journal, request.decision_id);
        if (!basis) return basis.error();
        // Who asks about a decision asks about its load.
        if (request.load.empty()) request.load = basis->recorded.front().value("load_id", "");
        return answer(*basis, request);
    }
};

Previews::Previews(const engine::Engine& engine, store::SqliteHistory& history,
                   const ports::Narrator& narrator)
    : engine_{engine}, history_{history}, worker_{std::make_shared<Worker>(Worker{narrator})} {}

Previews::~Previews() = default;

void Previews::ask(const std::string& request, Answer done) {
    auto wanted = research::what_if_request(request);
    if (!wanted) return done(wanted.error());
    if (!wanted->decision_id.empty())
        return history_.look(
            [worker = worker_, wanted = std::move(*wanted)](store::JournalReader& journal) {
                return worker->answer(journal, wanted);
            },
            std::move(done));
    auto moment = engine_.next_case();
    if (!moment) return done(core::Error{core::ErrorCode::Unavailable, "no decision was made yet"});
    history_.look([worker = worker_, wanted = std::move(*wanted),
                   basis = research::WhatIfBasis{std::move(*moment), "", {}}](
                      store::JournalReader&) { return worker->answer(basis, wanted); },
                  std::move(done));
}

}  // namespace bitgrid::app
