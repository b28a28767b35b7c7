#pragma once
// TLS for the broker: 1.2 or newer, its certificate and its name checked, our own shown if we have
// one. The name is checked here and not by libmosquitto, which only ever sees an address.
#include <openssl/types.h>

#include <memory>
#include <string>

#include "adapters/mqtt/mqtt_config.hpp"
#include "core/result.hpp"

namespace bitgrid::adapters {

/// BadInput names the file that cannot be used, or says that our own certificate is not valid now.
core::Result<std::shared_ptr<SSL_CTX>> make_tls(const MqttConfig&);

/// Why a handshake by this context failed, in words of what to do; empty: not by TLS.
std::string tls_failure(const SSL_CTX*);

}  // namespace bitgrid::adapters
