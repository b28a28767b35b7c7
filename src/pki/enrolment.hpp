#pragma once
// What a gateway is given to become one: where the broker is, whom to trust, its own key, and the
// loads that it will run. A secret: it is the gateway, to whoever has it.
// Pure; any thread. For bytes from anybody: bounded, never an exception; BadInput says what is
// wrong.
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "pki/certificate.hpp"

namespace bitgrid::pki {

struct Enrolment {
    std::string site;  ///< id, in topics
    std::string root;  ///< of all topics
    std::string gateway;
    std::string host;
    int port{8883};
    std::string authority;  ///< PEM
    Pair own;
    nlohmann::json loads;  ///< as in loads.yaml
};

std::string enrolment_text(const Enrolment&);
/// Also refused where certificate, key and authority do not belong together, or not to `gateway`.
core::Result<Enrolment> read_enrolment(std::string_view text);

}  // namespace bitgrid::pki
