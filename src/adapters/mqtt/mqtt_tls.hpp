#pragma once
// TLS for the broker: 1.2 or newer, its certificate and its name checked, our own shown if we have
// one. The name is checked here and not by libmosquitto, which only ever sees an address.
#include <openssl/types.h>

#include <memory>

#include "adapters/mqtt/mqtt_config.hpp"
#include "core/result.hpp"

namespace bitgrid::adapters {

/// BadInput names the file that cannot be used.
core::Result<std::shared_ptr<SSL_CTX>> make_tls(const MqttConfig&);

}  // namespace bitgrid::adapters
