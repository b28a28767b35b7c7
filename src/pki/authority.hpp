#pragma once
// The house's own certificate authority, in a folder: ca.crt, ca.key, server.crt, server.key,
// clients/NAME.crt and .key, crl.pem, and issued.txt, which knows every certificate that it ever
// signed (serial, end, name). The authority is good for ten years, what it signs for one; from 60 %
// of that it is to be renewed, which keeps the key, so that one file changes and not two.
//
// Any thread, one at a time; blocks on the disk. The caller says what time it is. Failures name the
// file: NotFound (there is none), Refused (it would undo something), BadInput (a name), Damaged,
// Unavailable.
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "pki/certificate.hpp"
#include "pki/revocation.hpp"

namespace bitgrid::pki {

enum class Standing : std::uint8_t { Good, RenewalDue, Expired, Revoked, Damaged };

struct Held {
    Certificate certificate;
    std::string file;
    Standing standing{Standing::Good};
};

class Authority {
public:
    /// Refused where there is one already.
    static core::Result<Authority> init(const std::string& folder, const std::string& name,
                                        const std::vector<std::string>& hosts, core::UnixTime now);
    static core::Result<Authority> open(const std::string& folder);

    /// A client's name: a-z, 0-9, `-` and `_`. Refused where it has a certificate that counts.
    core::Result<Held> issue(const std::string& name, core::UnixTime now);
    /// Of a client, or of `server`, which gets other hosts where there are any.
    core::Result<Held> renew(const std::string& name, const std::vector<std::string>& hosts,
                             core::UnixTime now);
    /// Every certificate that the name has or had.
    core::Result<void> revoke(const std::string& name, core::UnixTime now);

    /// For the broker, which keeps its key elsewhere: a server's pair under this name.
    core::Result<Pair> issue_server(const std::string& name, const std::vector<std::string>& hosts,
                                    core::UnixTime now);

    /// The authority itself, the server, the clients in the order of their names.
    core::Result<std::vector<Held>> list(core::UnixTime now) const;
    /// NotFound: the client has none.
    core::Result<Pair> pair_of(const std::string& client) const;
    const std::string& certificate() const { return own_.certificate; }
    core::Result<std::string> revocations() const;
    std::string fingerprint() const;

    static std::string objection_to_name(const std::string& name);
    static bool is_renewal_due(const Validity&, core::UnixTime now);

private:
    Authority(std::string folder, Pair own) : folder_{std::move(folder)}, own_{std::move(own)} {}
    std::string file_of(const std::string& name, const char* ending) const;
    core::Result<void> note_issued(const std::string& certificate);
    core::Result<std::string> sign_and_note(const std::string& key, Wanted, core::UnixTime now);
    Held judge(const std::string& file, const std::vector<Revoked>&, core::UnixTime now) const;
    core::Result<Held> held(const std::string& name, core::UnixTime now) const;

    std::string folder_;
    Pair own_;
};

}  // namespace bitgrid::pki
