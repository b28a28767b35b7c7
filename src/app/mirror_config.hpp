#pragma once
// mirror.yaml: what may leave the house, where to, for whom, and who agreed to that. Only data: the
// daemon reads it to write it into the journal, and does nothing else with it.
#include <string>
#include <vector>

#include "core/config.hpp"
#include "ops/places.hpp"

namespace bitgrid::app {

struct MirrorConfig {
    bool enabled{false};
    std::string target;
    std::vector<std::string> recipients;
    std::vector<std::string> datasets{"decisions"};
    bool include_past{false};
    bool anonymise{false};
    int rate_kbit_s{256};
    int spool_mb{500};
    int spool_days{30};
    int segment_minutes{15};
    int segment_mib{4};
    std::string known_hosts;
    std::string key_file;
    std::string ca_file;
    std::string certificate_file;
    std::string password_file;
    std::string agreed_by;
    std::string agreed_at;
    std::string agreed_to;
    friend bool operator==(const MirrorConfig&, const MirrorConfig&) = default;
};

template <class Visitor>
void describe(Visitor& v, MirrorConfig& c) {
    v("enabled", c.enabled, "set by `bitgrid mirror on` and `off`, with the three keys at the end");
    v("target", c.target, "folder (`/media/mirror`), `sftp://user@host/path`, `https://host/path`");
    v("recipients", c.recipients, "one or two public keys of `bitgrid mirror keygen`");
    v("datasets", c.datasets, "what leaves: decisions, events, configuration");
    v("include_past", c.include_past, "also what the journal held before the consent");
    v("anonymise", c.anonymise, "decisions only, without names, sentences and ids");
    v("rate_kbit_s", c.rate_kbit_s, core::Range{8, 1'000'000}, "at most so fast");
    v("spool_mb", c.spool_mb, core::Range{16, 100'000},
      "segments that wait for the target, MB; the oldest give way");
    v("spool_days", c.spool_days, core::Range{1, 365}, "days that a segment waits at most");
    v("segment_minutes", c.segment_minutes, core::Range{1, 1440}, "a segment closes after so long");
    v("segment_mib", c.segment_mib, core::Range{1, 8}, "or when it holds so much, MiB");
    v("known_hosts", c.known_hosts, "SFTP: file with the server's key; no other is believed");
    v("key_file", c.key_file,
      "SFTP: private key to log in with; HTTPS: key of the client's certificate");
    v("ca_file", c.ca_file, "HTTPS: certificate that signs the server's; no other is believed");
    v("certificate_file", c.certificate_file, "HTTPS: the client's certificate; empty: none");
    v("password_file", c.password_file,
      "HTTPS: file with the password of the user in the target in one line; empty: none");
    v("agreed_by", c.agreed_by, "who agreed");
    v("agreed_at", c.agreed_at, "when");
    v("agreed_to", c.agreed_to, "digest of what: other values, and nothing leaves");
}

/// Where it is on: a target of one of the three forms with what proves it, recipients that are
/// keys, known datasets.
void check_mirror(const MirrorConfig&, const ops::Places&, ops::Problems&);

/// Of everything that a consent is about: where to, for whom, and what.
std::string agreement_of(const MirrorConfig&);

}  // namespace bitgrid::app
