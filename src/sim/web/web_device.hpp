#pragma once
// What a simulated device says over HTTP, apart from how HTTP is spoken. Engine thread only;
// answers at once.
#include <map>
#include <string>
#include <string_view>

#include "sim/faults.hpp"

namespace bitgrid::sim {

struct WebRequest {
    std::string method;  ///< upper case
    std::string path;    ///< decoded, without the query
    std::map<std::string, std::string> query;
    std::string body;

    std::string query_or(const std::string& key, const std::string& fallback) const;
};

struct WebAnswer {
    int status{200};
    std::string body;
    std::string type{"application/json"};
};

class WebDevice {
public:
    virtual ~WebDevice() = default;
    virtual WebAnswer answer(const WebRequest&) = 0;
    /// Its line; a device without power is cut off too.
    virtual Link link() = 0;
};

/// Splits `/rpc/Switch.Set?id=0&on=true`; broken escapes stay as they are.
WebRequest parse_request(std::string method, std::string_view target, std::string body);

}  // namespace bitgrid::sim
