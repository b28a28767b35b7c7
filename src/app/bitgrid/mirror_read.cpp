// `bitgrid mirror keygen` and `read`: for the machine far away, which has the secret key and
// nothing else of this installation.
#include <fmt/format.h>

#include <iostream>
#include <memory>

#include "app/bitgrid/looking.hpp"
#include "app/bitgrid/mirror_verbs.hpp"
#include "mirror/reading.hpp"

namespace bitgrid::app {
namespace {

using mirror::Fault;
using mirror::Finding;
using mirror::Found;

struct Options {
    std::string language;
    std::string path;  ///< of the folder, or of the new key
    std::string key;
    std::string signer;
    std::string head;
    std::uint64_t begin{1};

    bool is_german() const { return language.empty() ? environment_is_german() : language == "de"; }
};

struct Words {
    const char* stream;
    const char* unproved;
    const char* nothing;
    const char* whole;
    const char* faulty;
    const char* made;
    const char* faults[9];
};
constexpr Words kEnglish{
    "stream {}: segments {} to {}, {} of them\n  signed by {}\n  head {}\n",
    "Who signed was not checked: compare the keys above with `bitgrid mirror status`, or name the "
    "device's with --signer.\n",
    "no segment there",
    "Whole: every segment is signed and follows the one before it.\n",
    "NOT WHOLE: {} findings.\n",
    "{} holds the secret key. Keep it, and a copy of it, away from the device: whoever has it can "
    "read the mirror, and without it nobody can.\nThis line goes into mirror.yaml, under "
    "recipients (fingerprint {}):\n",
    {"DAMAGED: {0}: {3}", "FOREIGN: {0}: segment {1} was signed by another key, {3}",
     "MOVED: {0} is segment {1} under another name: it changed places or was played again",
     "REPEATED: {0} is segment {1} once more", "CONTRADICTION: {0} is another segment {1} than {3}",
     "MISSING: segments {1} to {2}; the device did not drop them",
     "SPLICED: {0}: segment {1} does not follow the one that stands before it",
     "SEALED: {0}: segment {1} was sealed for other keys than this one",
     "CUT OFF: no segment has the head {3}: the end is missing"}};
constexpr Words kGerman{
    "Strom {}: Abschnitte {} bis {}, {} davon\n  signiert von {}\n  Kopf {}\n",
    "Wer signiert hat, wurde nicht geprüft: Vergleiche die Schlüssel oben mit `bitgrid mirror "
    "status`, oder nenne den des Geräts mit --signer.\n",
    "dort liegt kein Abschnitt",
    "Vollständig: Jeder Abschnitt ist signiert und folgt auf den vor ihm.\n",
    "NICHT VOLLSTÄNDIG: {} Befunde.\n",
    "{} enthält den geheimen Schlüssel. Bewahre ihn und eine Kopie davon fern vom Gerät auf: Wer "
    "ihn hat, kann den Spiegel lesen, und ohne ihn kann es niemand.\nDiese Zeile kommt in "
    "mirror.yaml, unter recipients (Fingerabdruck {}):\n",
    {"BESCHÄDIGT: {0}: {3}",
     "FREMD: {0}: Abschnitt {1} wurde von einem anderen Schlüssel signiert, {3}",
     "VERSCHOBEN: {0} ist Abschnitt {1} unter anderem Namen: vertauscht oder noch einmal gezeigt",
     "DOPPELT: {0} ist Abschnitt {1} noch einmal",
     "WIDERSPRUCH: {0} ist ein anderer Abschnitt {1} als {3}",
     "FEHLEN: Abschnitte {1} bis {2}; das Gerät hat sie nicht verworfen",
     "GESTÜCKELT: {0}: Abschnitt {1} folgt nicht auf den, der vor ihm steht",
     "VERSIEGELT: {0}: Abschnitt {1} wurde für andere Schlüssel als diesen versiegelt",
     "ABGESCHNITTEN: Kein Abschnitt hat den Kopf {3}: das Ende fehlt"}};

std::string told(const Finding& f, const Words& words) {
    return fmt::format(fmt::runtime(words.faults[static_cast<std::size_t>(f.fault)]), f.file,
                       f.first, f.last, f.what) +
           "\n";
}

int read_mirror(const Options& o) {
    const Words& words = o.is_german() ? kGerman : kEnglish;
    const auto secret = crypto::RecipientSecret::load(o.key);
    if (!secret) return refuse(kUsage, secret.error().what);
    mirror::ReadingSetup setup;
    if (!o.signer.empty()) {
        const auto signer = crypto::public_key_from_hex(o.signer);
        if (!signer) return refuse(kUsage, "--signer: " + signer.error().what);
        setup.signer = *signer;
    }
    if (!o.head.empty()) {
        const auto head = crypto::hash_from_hex(o.head);
        if (!head) return refuse(kUsage, "--head: " + head.error().what);
        setup.head = *head;
    }
    setup.begin = o.begin;
    std::size_t findings = 0;
    setup.line = [](std::string_view line) { std::cout << line << '\n'; };
    setup.found = [&](const Finding& finding) {
        ++findings;
        std::cerr << told(finding, words);
    };
    const auto streams = mirror::read_folder(o.path, *secret, setup);
    if (!streams) return refuse(kUnavailable, streams.error().what);
    std::cout.flush();
    if (streams->empty() && findings == 0)
        return refuse(kUnavailable, o.path + ": " + words.nothing);
    for (const Found& stream : *streams)
        std::cerr << fmt::format(fmt::runtime(words.stream), crypto::hex(stream.stream),
                                 stream.first, stream.last, stream.segments,
                                 crypto::hex(stream.signer), crypto::hex(stream.head));
    if (o.signer.empty() && !streams->empty()) std::cerr << words.unproved;
    std::cerr << (findings == 0 ? std::string{words.whole}
                                : fmt::format(fmt::runtime(words.faulty), findings));
    return findings == 0 ? kOk : kNo;
}

int make_key(const Options& o) {
    const Words& words = o.is_german() ? kGerman : kEnglish;
    const auto secret = crypto::RecipientSecret::make();
    if (!secret) return refuse(kUnavailable, secret.error().what);
    if (const auto kept = secret->keep(o.path); !kept)
        return refuse(kept.error().code == core::ErrorCode::Refused ? kUsage : kUnavailable,
                      kept.error().what);
    std::cerr << fmt::format(fmt::runtime(words.made), o.path,
                             crypto::fingerprint(secret->public_key()));
    std::cout << crypto::text_of(secret->public_key()) << '\n';
    return kOk;
}

void add_language(CLI::App& verb, Options& o) {
    verb.add_option("--lang", o.language, "de or en; else that of the environment")
        ->check(CLI::IsMember({"de", "en"}));
}

}  // namespace

void add_mirror_keygen(CLI::App& mirror, int& exit_code) {
    const auto o = std::make_shared<Options>();
    o->path = "mirror.key";
    auto* verb = mirror.add_subcommand(
        "keygen", "Make the pair of keys of the one who may read; not on the device");
    verb->add_option("FILE", o->path, "new file for the secret key")->capture_default_str();
    add_language(*verb, *o);
    verb->callback([o, &exit_code] { exit_code = make_key(*o); });
}

void add_mirror_read(CLI::App& mirror, int& exit_code) {
    const auto o = std::make_shared<Options>();
    auto* verb = mirror.add_subcommand(
        "read", "Prove and decrypt what was mirrored: JSON lines; exit 1 names what is not whole");
    verb->add_option("FOLDER", o->path, "where the segments lie")->required();
    verb->add_option("--key", o->key, "file of the secret key")->required();
    verb->add_option("--signer", o->signer,
                     "public key of the device, from its `bitgrid mirror status`");
    verb->add_option("--head", o->head, "head that was written down: it must be there");
    verb->add_option("--begin", o->begin, "segments before this number were taken away on purpose")
        ->check(CLI::PositiveNumber);
    add_language(*verb, *o);
    verb->callback([o, &exit_code] { exit_code = read_mirror(*o); });
}

}  // namespace bitgrid::app
