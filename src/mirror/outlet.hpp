#pragma once
// Where segments go, one way: a folder, an SFTP server, an HTTPS server. Nothing that the other
// side says is read but whether it took a segment. One thread. Delivering twice is harmless: the
// name and the bytes are the same.
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace bitgrid::mirror {

struct Parcel {
    std::string stream;      ///< hex: its folder at the target
    std::string name;        ///< `0000000007.bgm1`
    std::string_view bytes;  ///< of its owner
};

class Outlet {
public:
    virtual ~Outlet() = default;
    /// Returns once it is there for good. Blocks, as long as the rate asks for. Unreachable: try
    /// again later. Refused: the other side is not who it should be, or does not let us. Timeout:
    /// `goes_on` said no.
    virtual core::Result<void> deliver(const Parcel&) = 0;
};

struct OutletSetup {
    std::string target;  ///< path of a folder, sftp://user@host[:port]/path, https://host/path
    int rate_kbit_s{256};
    std::string known_hosts;       ///< SFTP: file with the server's key; nothing else is believed
    std::string key_file;          ///< SFTP: private key; HTTPS: that of the client's certificate
    std::string ca_file;           ///< HTTPS: who signed the server's certificate; no others
    std::string certificate_file;  ///< HTTPS: the client's; empty: none
    std::string password;          ///< HTTPS: for the user in the target; empty: none
    std::function<bool()> goes_on{[] { return true; }};  ///< asked while it blocks
};

/// BadInput where the target is none of the three, or lacks what proves the other side.
core::Result<std::unique_ptr<Outlet>> make_outlet(OutletSetup);

/// The three of them. https_outlet and sftp_outlet talk through libcurl.
std::unique_ptr<Outlet> folder_outlet(OutletSetup);
std::unique_ptr<Outlet> sftp_outlet(OutletSetup);
std::unique_ptr<Outlet> https_outlet(OutletSetup);

}  // namespace bitgrid::mirror
