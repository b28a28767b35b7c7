#include "app/bitgrid/opened_export.hpp"

#include <fstream>
#include <sstream>

#include "app/bitgrid/looking.hpp"
#include "crypto/age.hpp"

namespace bitgrid::app {

core::Result<archive::ExportBundle> open_export(const std::string& file, const std::string& key,
                                                const std::string& identity) {
    archive::BundleWanted wanted;
    wanted.key = key;
    if (!identity.empty()) {
        std::ifstream in{identity, std::ios::binary};
        std::ostringstream text;
        text << in.rdbuf();
        if (!in) return core::Error{core::ErrorCode::Unavailable, identity + ": cannot be read"};
        auto keys = crypto::age::identities_in(text.str());
        if (!keys) return core::Error{keys.error().code, identity + ": " + keys.error().what};
        wanted.identities = std::move(*keys);
    }
    return archive::ExportBundle::open(file, wanted);
}

int refuse_export(const std::string& file, const core::Error& error) {
    const int code = error.code == core::ErrorCode::Unavailable ? kUnavailable
                     : error.code == core::ErrorCode::Damaged   ? kNo
                                                                : kBadInput;
    return refuse(code, error.what.starts_with(file) ? error.what : file + ": " + error.what);
}

}  // namespace bitgrid::app
