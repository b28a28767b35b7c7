#include "doctor/broker_settings.hpp"
#include "doctor/checks.hpp"

namespace bitgrid::doctor {
namespace {

Seen no_broker(const core::Error& error) {
    if (error.code == core::ErrorCode::NotFound)
        return good("no broker on this machine", "kein Broker auf dieser Maschine");
    return unreadable(error);
}

Seen known_clients(const Machine& machine, const House&) {
    const auto broker = read_broker_settings(machine);
    if (!broker) return no_broker(broker.error());
    if (broker->lets_anyone_in)
        return missing("whoever reaches it may speak for every sensor",
                       "wer ihn erreicht, darf für jeden Sensor sprechen");
    return good("only those it knows", "nur wen er kennt");
}

Seen encrypted(const Machine& machine, const House&) {
    const auto broker = read_broker_settings(machine);
    if (!broker) return no_broker(broker.error());
    for (const BrokerListener& one : broker->listeners)
        if (!one.is_local() && !one.is_encrypted)
            return missing("port " + one.port + " is open to the network without TLS",
                           "Port " + one.port + " ist ohne TLS zum Netz hin offen");
    return good("TLS towards the network", "TLS zum Netz hin");
}

constexpr Check kBrokerChecks[] = {
    {"broker.clients",
     {"the broker lets nobody in whom it does not know",
      "der Broker lässt niemanden herein, den er nicht kennt"},
     {"bitgrid mqtt provision, or allow_anonymous false",
      "bitgrid mqtt provision, oder allow_anonymous false"},
     known_clients},
    {"broker.encrypted",
     {"the broker speaks TLS towards the network", "der Broker spricht TLS zum Netz hin"},
     {"bitgrid mqtt provision, or let port 1883 listen on 127.0.0.1 only",
      "bitgrid mqtt provision, oder lass Port 1883 nur auf 127.0.0.1 lauschen"},
     encrypted},
};

}  // namespace

std::span<const Check> broker_checks() { return kBrokerChecks; }

}  // namespace bitgrid::doctor
