#include <CLI/CLI.hpp>

#include "app/bitgrid/verbs.hpp"

namespace {

using namespace bitgrid::app;

constexpr AddVerb kVerbs[] = {
    add_status,  add_stop,    add_ack,     add_override, add_autonomy, add_drill,      add_timeline,
    add_explain, add_what_if, add_decide,  add_simulate, add_kpi,      add_compare,    add_sweep,
    add_demo,    add_config,  add_seal,    add_verify,   add_replay,   add_export,     add_research,
    add_backup,  add_restore, add_key,     add_mirror,   add_user,     add_token,      add_audit,
    add_ca,      add_mqtt,    add_gateway, add_doctor,   add_update,   add_completion, add_version,
};

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{
        "BitGridAI: decides by readable rules when the loads of a solar home run, and explains "
        "why."};
    app.require_subcommand(1);
    app.set_help_all_flag("--help-all", "Help for every verb");
    int exit_code = kOk;
    for (const AddVerb add : kVerbs) add(app, exit_code);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = app.exit(error);
        return code == 0 ? kOk : kUsage;
    } catch (const std::exception& error) {
        std::cerr << "bitgrid: " << error.what() << '\n';
        return kNo;
    }
    return exit_code;
}
