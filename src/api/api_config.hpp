#pragma once
// api.yaml: where the API listens and who may use it.
#include <string>
#include <vector>

#include "core/config.hpp"

namespace bitgrid::api {

struct ApiConfig {
    bool enabled{true};
    std::string address{"127.0.0.1"};  ///< loopback unless the owner says otherwise
    int port{8080};                    ///< 0: any free port
    bool accounts{false};              ///< who looks signs in, even on this machine
    std::vector<std::string> tokens;   ///< `name:role:sha256`, role observer, operator or admin
    std::vector<std::string>
        allowed_hosts;  ///< names by which the page is opened, beside the address
    std::vector<std::string> allowed_origins;
    int writes_per_minute{30};
    std::string ui_folder;  ///< the built page; empty: none is served
    friend bool operator==(const ApiConfig&, const ApiConfig&) = default;
};

template <class Visitor>
void describe(Visitor& v, ApiConfig& c) {
    v("enabled", c.enabled, "whether page and API are served");
    v("address", c.address, "address to listen on; 127.0.0.1 is this machine only");
    v("port", c.port, core::Range{0, 65535}, "port to listen on");
    v("accounts", c.accounts,
      "whether everybody signs in, on this machine too; always so once there is an account or a "
      "token, or with another address than loopback");
    v("tokens", c.tokens,
      "who may come in: name:role:sha256 of the token; role observer, operator or admin");
    v("allowed_hosts", c.allowed_hosts, "host names by which the page may be opened");
    v("allowed_origins", c.allowed_origins, "other web origins that may use the API");
    v("writes_per_minute", c.writes_per_minute, core::Range{1, 10'000},
      "changes that one client may ask for in a minute");
    v("ui_folder", c.ui_folder, "folder of the built page");
}

}  // namespace bitgrid::api
