#include "app/mirror_config.hpp"

#include <algorithm>
#include <array>

#include "crypto/digest.hpp"
#include "crypto/recipient_key.hpp"

namespace bitgrid::app {
namespace {

constexpr std::array<std::string_view, 3> kDatasets{"decisions", "events", "configuration"};
constexpr std::size_t kMostRecipients = 2;

// What needs no quoting anywhere: in an address, in a command of SFTP.
bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view{"-._~/:@[]"}.find(c) != std::string_view::npos;
}

bool is_target(std::string_view target) {
    if (target.ends_with('/')) return false;
    if (target.starts_with('/')) return target.size() > 1;
    for (const std::string_view scheme : {"sftp://", "https://"})
        if (target.starts_with(scheme))
            return target.size() > scheme.size() && std::ranges::all_of(target, is_plain);
    return false;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += word + ' ';
    return text;
}

class Checks {
public:
    Checks(const MirrorConfig& mirror, const ops::Places& places, ops::Problems& problems)
        : mirror_{mirror}, places_{places}, problems_{problems} {}

    void target() {
        const std::string& target = mirror_.target;
        if (!is_target(target))
            complain("target", "found " + ops::in_quotes(target),
                     "/folder, sftp://user@host/path or https://host/path, without / at the end");
        if (target.starts_with("sftp://")) {
            require("known_hosts", mirror_.known_hosts, "a file with the server's key");
            require("key_file", mirror_.key_file, "a private key to log in with");
        }
        if (target.starts_with("https://"))
            require("ca_file", mirror_.ca_file, "the certificate that signs the server's");
        if (!mirror_.certificate_file.empty())
            require("key_file", mirror_.key_file, "the key of the client's certificate");
    }

    void recipients() {
        const std::size_t count = mirror_.recipients.size();
        if (count == 0 || count > kMostRecipients)
            complain("recipients", "found " + std::to_string(count) + " of them",
                     "one or two keys");
        for (const std::string& text : mirror_.recipients)
            if (const auto key = crypto::recipient_key_from_text(text); !key)
                complain("recipients", "found " + ops::in_quotes(text) + ": " + key.error().what,
                         {});
    }

    void datasets() {
        for (const std::string& dataset : mirror_.datasets)
            if (std::ranges::find(kDatasets, dataset) == kDatasets.end())
                complain("datasets", "found " + ops::in_quotes(dataset),
                         "decisions, events, configuration");
        if (mirror_.datasets.empty()) complain("datasets", "found none", "one or more of them");
        if (mirror_.anonymise && mirror_.datasets != std::vector<std::string>{"decisions"})
            complain("anonymise", "found true", "only with datasets: [decisions]");
    }

private:
    void complain(std::string_view key, std::string what, std::string allowed) {
        problems_.push_back(places_.problem(key, std::move(what), std::move(allowed)));
    }
    void require(std::string_view key, const std::string& value, const char* what) {
        if (value.empty()) complain(key, "it is empty", what);
    }

    const MirrorConfig& mirror_;
    const ops::Places& places_;
    ops::Problems& problems_;
};

}  // namespace

void check_mirror(const MirrorConfig& mirror, const ops::Places& places, ops::Problems& problems) {
    if (!mirror.enabled) return;
    Checks checks{mirror, places, problems};
    checks.target();
    checks.recipients();
    checks.datasets();
}

std::string agreement_of(const MirrorConfig& mirror) {
    constexpr std::size_t kDigits = 32;
    const auto flag = [](bool is_set) { return is_set ? "yes" : "no"; };
    return crypto::sha256_hex("target " + mirror.target + "\nrecipients " +
                              joined(mirror.recipients) + "\ndatasets " + joined(mirror.datasets) +
                              "\ninclude_past " + flag(mirror.include_past) + "\nanonymise " +
                              flag(mirror.anonymise) + "\n")
        .substr(0, kDigits);
}

}  // namespace bitgrid::app
