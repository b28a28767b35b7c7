#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/bitgrid/looking.hpp"
#include "store/chain.hpp"

namespace bitgrid::app {
namespace {

void say_whole(const Looking& look, const store::Chain& chain) {
    if (look.is_json) {
        std::cout << nlohmann::json{{"file", look.database()},     {"whole", true},
                                    {"events", chain.rows},        {"first", chain.first_sequence},
                                    {"last", chain.last_sequence}, {"head", chain.head}}
                         .dump()
                  << '\n';
        return;
    }
    std::cout << fmt::format("{}: whole\n", look.database());
    if (chain.rows == 0) std::cout << "  no events yet\n";
    else
        std::cout << fmt::format("  {} events, {} to {}\n  head {}\n", chain.rows,
                                 chain.first_sequence, chain.last_sequence, chain.head);
}

int say_damaged(const Looking& look, const std::string& what) {
    if (look.is_json)
        std::cout << nlohmann::json{{"file", look.database()}, {"whole", false}, {"damage", what}}
                         .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)
                  << '\n';
    else std::cout << look.database() << ": DAMAGED\n  " << what << '\n';
    return kNo;
}

int verify_journal(const Looking& look) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(look.database(), error))
        return refuse(kUnavailable, "no journal at " + look.database() +
                                        "; --data names the folder that the daemon writes to");
    const auto chain = store::verify(look.database());
    if (!chain) return say_damaged(look, chain.error().what);
    say_whole(look, *chain);
    return kOk;
}

}  // namespace

void add_verify(CLI::App& app, int& exit_code) {
    auto* verb = app.add_subcommand(
        "verify",
        "Prove that nobody changed the journal; exit 1 names the first row that is wrong");
    const auto look = std::make_shared<Looking>();
    look->add_to(*verb);
    verb->callback([look, &exit_code] { exit_code = verify_journal(*look); });
}

}  // namespace bitgrid::app
