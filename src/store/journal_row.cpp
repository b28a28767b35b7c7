#include "store/journal_row.hpp"

#include "wire/words.hpp"

namespace bitgrid::store {
namespace {

std::string text_of(core::Code code) { return std::string{core::name_of(code)}; }
std::string text_of(const std::string& code) { return code; }

struct Columns {
    Row& row;

    void operator()(const std::shared_ptr<const core::DecisionEvent>& decision) const {
        row.load_id = decision->load_id;
        row.block_id = decision->block;
        row.decision_id = decision->decision_id;
        row.trigger = wire::word(decision->trigger);
        row.code = text_of(decision->decision.code);
    }
    template <class Happening>
    void operator()(const Happening& what) const {
        if constexpr (requires { what.load_id; }) row.load_id = what.load_id;
        if constexpr (requires { what.code; })
            if (std::string code = text_of(what.code); !code.empty()) row.code = std::move(code);
    }
};

template <class... Types>
bool is_any_of(const core::Happening& what) {
    return (std::holds_alternative<Types>(what) || ...);
}

}  // namespace

Row row_of(const core::Event& event, std::string body) {
    Row row;
    row.time_ms = event.time.ms;
    row.type = core::type_of(event);
    row.body = std::move(body);
    row.may_give_way = is_any_of<core::HealthChanged, core::EnergyPathDecided, core::AuthFailed,
                                 core::RateLimited>(event.what);
    std::visit(Columns{row}, event.what);
    return row;
}

}  // namespace bitgrid::store
