// `bitgrid mqtt provision`: a broker that lets in whom we know, and lets each do its own.
#include <memory>

#include "app/bitgrid/broker_setup.hpp"
#include "app/bitgrid/secrets.hpp"

namespace bitgrid::app {
namespace {

struct Options {
    Looking look;
    BrokerSetup setup;
};

int provision(const Options& o) {
    const auto outcome = set_up_broker(o.look, o.setup);
    if (!outcome) return explain(outcome.error());
    return tell_outcome(o.look, o.setup, *outcome);
}

}  // namespace

void add_mqtt(CLI::App& app, int& exit_code) {
    auto* verb = app.add_subcommand("mqtt", "The message broker of the house");
    verb->require_subcommand(1);
    const auto o = std::make_shared<Options>();
    auto* make = verb->add_subcommand(
        "provision", "Write a hardened configuration for Mosquitto: users, certificates, rights");
    o->look.add_to(*make);
    make->add_option("--out", o->setup.plan.folder, "folder for the broker's files")->required();
    add_broker_options(*make, o->setup);
    make->callback([o, &exit_code] { exit_code = provision(*o); });
}

}  // namespace bitgrid::app
