#include "pki/authority.hpp"

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "pki/private_file.hpp"

namespace bitgrid::pki {
namespace {

namespace fs = std::filesystem;
constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kAuthorityMs = 3'653 * kDayMs;
constexpr std::int64_t kLeafMs = 365 * kDayMs;
constexpr std::int64_t kBackdateMs = 3'600'000;  ///< for clocks that lag
constexpr double kRenewFrom = 0.6;

core::Error refused(std::string what) { return {core::ErrorCode::Refused, std::move(what)}; }

Validity lasting(core::UnixTime now, std::int64_t ms) { return {now + -kBackdateMs, now + ms}; }

bool is_server(const std::string& name) { return name == "server"; }

}  // namespace

std::string Authority::objection_to_name(const std::string& name) {
    const bool is_plain = std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
    const bool is_taken = name == "server" || name == "ca" || name == "broker";
    if (is_plain && !name.empty() && name.size() <= 32 && !is_taken && name.front() != '-')
        return {};
    return "found \"" + name.substr(0, 60) +
           "\"; 1 to 32 of a-z, 0-9, - and _ are allowed, and not ca, server or broker";
}

bool Authority::is_renewal_due(const Validity& valid, core::UnixTime now) {
    const auto all = static_cast<double>(valid.until - valid.from);
    return static_cast<double>(now - valid.from) >= kRenewFrom * all;
}

std::string Authority::file_of(const std::string& name, const char* ending) const {
    return folder_ + (is_server(name) ? "/" : "/clients/") + name + ending;
}

// The authority's own certificate is written last: before it stands, there is no authority.
core::Result<Authority> Authority::init(const std::string& folder, const std::string& name,
                                        const std::vector<std::string>& hosts, core::UnixTime now) {
    std::error_code error;
    if (fs::exists(folder + "/ca.crt", error))
        return refused(folder + "/ca.crt: there is an authority already; it is never replaced");
    if (const auto made = make_private_folder(folder + "/clients"); !made) return made.error();
    auto key = make_key();
    if (!key) return key.error();
    const Wanted own{Purpose::Authority, name, {}, lasting(now, kAuthorityMs)};
    auto certificate = make_authority(*key, own);
    if (!certificate) return certificate.error();
    Authority authority{folder, {*certificate, *key}};
    const auto list = make_revocations(authority.own_, {}, now);
    if (!list) return list.error();
    const std::pair<const char*, std::string> first[] = {
        {"/ca.key", *key}, {"/crl.pem", *list}, {"/issued.txt", ""}};
    for (const auto& [file, text] : first)
        if (const auto kept = keep_private(folder + file, text); !kept) return kept.error();
    const auto server = authority.renew("server", hosts, now);
    if (!server) return server.error();
    if (const auto kept = keep_private(folder + "/ca.crt", *certificate); !kept)
        return kept.error();
    return authority;
}

core::Result<Authority> Authority::open(const std::string& folder) {
    auto certificate = read_private(folder + "/ca.crt");
    if (!certificate) return certificate.error();
    auto key = read_private(folder + "/ca.key");
    if (!key) return key.error();
    if (!belongs_to(*key, *certificate))
        return core::Error{core::ErrorCode::Damaged,
                           folder + "/ca.key is not the key of " + folder + "/ca.crt"};
    return Authority{folder, {std::move(*certificate), std::move(*key)}};
}

core::Result<void> Authority::note_issued(const std::string& certificate) {
    const auto read = read_certificate(certificate);
    if (!read) return read.error();
    auto known = read_private(folder_ + "/issued.txt");
    if (!known && known.error().code != core::ErrorCode::NotFound) return known.error();
    return keep_private(folder_ + "/issued.txt", (known ? *known : "") + read->serial + " " +
                                                     std::to_string(read->valid.until.ms / 1'000) +
                                                     " " + read->name + "\n");
}

// Noted before it is used: what could not be revoked later is never handed out.
core::Result<std::string> Authority::sign_and_note(const std::string& key, Wanted wanted,
                                                   core::UnixTime now) {
    wanted.valid = lasting(now, kLeafMs);
    auto certificate = sign(own_, key, wanted);
    if (!certificate) return certificate;
    if (const auto noted = note_issued(*certificate); !noted) return noted.error();
    return certificate;
}

core::Result<Held> Authority::issue(const std::string& name, core::UnixTime now) {
    if (const std::string wrong = objection_to_name(name); !wrong.empty())
        return core::Error{core::ErrorCode::BadInput, wrong};
    const auto before = held(name, now);
    const bool is_there =
        before && before->standing != Standing::Revoked && before->standing != Standing::Expired;
    if (is_there && before->standing != Standing::Damaged)
        return refused(before->file + ": " + name +
                       " has a certificate already; renew it, or revoke it first");
    auto key = make_key();
    if (!key) return key.error();
    auto certificate = sign_and_note(*key, {Purpose::Client, name, {}, {}}, now);
    if (!certificate) return certificate.error();
    if (const auto kept = keep_private(file_of(name, ".key"), *key); !kept) return kept.error();
    if (const auto kept = keep_private(file_of(name, ".crt"), *certificate); !kept)
        return kept.error();
    return held(name, now);
}

core::Result<Held> Authority::renew(const std::string& name, const std::vector<std::string>& hosts,
                                    core::UnixTime now) {
    const auto before = held(name, now);
    if (!is_server(name) && !before) return before.error();
    if (before && before->standing == Standing::Revoked)
        return refused(before->file + ": it is revoked; issue a new one");
    auto key = read_private(file_of(name, ".key"));
    const bool is_first = !key && key.error().code == core::ErrorCode::NotFound && is_server(name);
    if (is_first) {
        key = make_key();
        if (!key) return key.error();
        if (const auto kept = keep_private(file_of(name, ".key"), *key); !kept) return kept.error();
    }
    if (!key) return key.error();
    Wanted wanted{is_server(name) ? Purpose::Server : Purpose::Client, name, hosts, {}};
    if (is_server(name) && hosts.empty() && before) wanted.hosts = before->certificate.hosts;
    auto certificate = sign_and_note(*key, wanted, now);
    if (!certificate) return certificate.error();
    if (const auto kept = keep_private(file_of(name, ".crt"), *certificate); !kept)
        return kept.error();
    return held(name, now);
}

core::Result<void> Authority::revoke(const std::string& name, core::UnixTime now) {
    const auto issued = read_private(folder_ + "/issued.txt");
    if (!issued) return issued.error();
    const auto list = read_private(folder_ + "/crl.pem");
    if (!list) return list.error();
    auto revoked = read_revocations(*list);
    if (!revoked)
        return core::Error{revoked.error().code, folder_ + "/crl.pem: " + revoked.error().what};
    std::istringstream lines{*issued};
    std::string serial, until, of;
    bool is_known = false;
    while (lines >> serial >> until >> of) {
        if (of != name) continue;
        is_known = true;
        const bool is_listed =
            std::any_of(revoked->begin(), revoked->end(),
                        [&](const Revoked& one) { return one.serial == serial; });
        if (!is_listed) revoked->push_back({serial, now});
    }
    if (!is_known)
        return core::Error{core::ErrorCode::NotFound, "no certificate was ever issued for " + name};
    const auto changed = make_revocations(own_, *revoked, now);
    if (!changed) return changed.error();
    return keep_private(folder_ + "/crl.pem", *changed);
}

core::Result<Pair> Authority::issue_server(const std::string& name,
                                           const std::vector<std::string>& hosts,
                                           core::UnixTime now) {
    auto key = make_key();
    if (!key) return key.error();
    auto certificate = sign_and_note(*key, {Purpose::Server, name, hosts, {}}, now);
    if (!certificate) return certificate.error();
    return Pair{std::move(*certificate), std::move(*key)};
}

Held Authority::judge(const std::string& file, const std::vector<Revoked>& revoked,
                      core::UnixTime now) const {
    Held held{{}, file, Standing::Damaged};
    const auto text = read_private(file);
    if (!text) return held;
    auto certificate = read_certificate(*text);
    if (!certificate) return held;
    held.certificate = std::move(*certificate);
    const std::string& serial = held.certificate.serial;
    const auto key = read_private(file.substr(0, file.size() - 4) + ".key");
    if (!is_signed_by(own_.certificate, *text) || !key || !belongs_to(*key, *text)) return held;
    const bool is_revoked = std::any_of(revoked.begin(), revoked.end(),
                                        [&](const Revoked& one) { return one.serial == serial; });
    if (is_revoked) held.standing = Standing::Revoked;
    else if (now >= held.certificate.valid.until) held.standing = Standing::Expired;
    else if (is_renewal_due(held.certificate.valid, now)) held.standing = Standing::RenewalDue;
    else held.standing = Standing::Good;
    return held;
}

core::Result<Held> Authority::held(const std::string& name, core::UnixTime now) const {
    std::error_code error;
    if (!fs::exists(file_of(name, ".crt"), error))
        return core::Error{core::ErrorCode::NotFound,
                           file_of(name, ".crt") + ": " + name + " has no certificate"};
    const auto list = revocations();
    if (!list) return list.error();
    const auto revoked = read_revocations(*list);
    if (!revoked) return revoked.error();
    return judge(file_of(name, ".crt"), *revoked, now);
}

core::Result<std::vector<Held>> Authority::list(core::UnixTime now) const {
    const auto list = revocations();
    if (!list) return list.error();
    const auto revoked = read_revocations(*list);
    if (!revoked) return revoked.error();
    std::vector<std::string> files{folder_ + "/ca.crt", folder_ + "/server.crt"};
    std::error_code error;
    for (const auto& entry : fs::directory_iterator{folder_ + "/clients", error})
        if (entry.path().extension() == ".crt") files.push_back(entry.path().string());
    std::sort(files.begin() + 2, files.end());
    std::vector<Held> all;
    for (const std::string& file : files) all.push_back(judge(file, *revoked, now));
    return all;
}

core::Result<Pair> Authority::pair_of(const std::string& client) const {
    auto certificate = read_private(file_of(client, ".crt"));
    if (!certificate) return certificate.error();
    auto key = read_private(file_of(client, ".key"));
    if (!key) return key.error();
    return Pair{std::move(*certificate), std::move(*key)};
}

core::Result<std::string> Authority::revocations() const {
    return read_private(folder_ + "/crl.pem");
}

std::string Authority::fingerprint() const {
    const auto read = read_certificate(own_.certificate);
    return read ? read->fingerprint : std::string{};
}

}  // namespace bitgrid::pki
