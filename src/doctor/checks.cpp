#include "doctor/checks.hpp"

#include <exception>

namespace bitgrid::doctor {

Seen unreadable(const core::Error& error) {
    switch (error.code) {
        case core::ErrorCode::Refused:
            return unknown(error.what + "; try again as root",
                           error.what + "; versuch es noch einmal als root");
        case core::ErrorCode::Unavailable:
            return unknown("only the files of that machine are here, it does not run",
                           "hier liegen nur die Dateien dieser Maschine, sie läuft nicht");
        default:
            return unknown(error.what, error.what);
    }
}

Findings examine(const Machine& machine, const House& house) {
    Findings findings;
    for (const auto& part :
         {network_checks(), system_checks(), service_checks(), house_checks(), broker_checks()})
        for (const Check& check : part) {
            Seen seen = unknown("", "");
            try {
                seen = check.look(machine, house);
            } catch (const std::exception& error) {
                seen = unknown(error.what(), error.what());
            }
            findings.push_back({check.id,
                                seen.outcome,
                                {check.wanted.en, check.wanted.de},
                                std::move(seen.words),
                                {check.fix.en, check.fix.de}});
        }
    return findings;
}

}  // namespace bitgrid::doctor
