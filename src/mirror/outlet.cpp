#include "mirror/outlet.hpp"

namespace bitgrid::mirror {

core::Result<std::unique_ptr<Outlet>> make_outlet(OutletSetup setup) {
    const auto lacks = [](const char* what) {
        return core::Error{core::ErrorCode::BadInput, what};
    };
    if (setup.target.starts_with("/")) return folder_outlet(std::move(setup));
    if (setup.target.starts_with("sftp://")) {
        if (setup.known_hosts.empty()) return lacks("known_hosts: SFTP needs the server's key");
        if (setup.key_file.empty()) return lacks("key_file: SFTP needs a key of its own");
        return sftp_outlet(std::move(setup));
    }
    if (setup.target.starts_with("https://")) {
        if (setup.ca_file.empty()) return lacks("ca_file: HTTPS needs who signs the server");
        return https_outlet(std::move(setup));
    }
    return lacks("target: allowed are a path, sftp://… and https://…");
}

}  // namespace bitgrid::mirror
