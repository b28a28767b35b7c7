#include "app/bitgrid/mirror_words.hpp"

#include <fmt/format.h>

#include "crypto/recipient_key.hpp"

namespace bitgrid::app {
namespace {

struct Dataset {
    std::string_view word;
    const char* en;
    const char* de;
};
constexpr Dataset kDatasets[] = {
    {"decisions", "every decision: measured power, battery, prices, temperatures, what was decided",
     "jede Entscheidung: gemessene Leistung, Batterie, Preise, Temperaturen, und was entschieden "
     "wurde"},
    {"events", "commands, wishes and who had them, safety stops, health, starts and ends",
     "Befehle, Wünsche und von wem, Sicherheitsstopps, Zustand, Starts und Enden"},
    {"configuration",
     "the configuration: names, addresses in your network, place and tariffs; no passwords",
     "die Konfiguration: Namen, Adressen in deinem Netz, Ort und Tarife; keine Passwörter"}};

struct Words {
    const char* what;
    const char* anonymous;
    const char* where;
    const char* whom;
    const char* from_now;
    const char* with_past;
    const char* speed;
};
constexpr Words kEnglish{"What leaves the house:",
                         "without names, sentences and ids; loads get a pseudonym",
                         "Where to",
                         "Who can read it",
                         "from now on, nothing of the past",
                         "from now on, and what the journal holds of the past",
                         "at most {} kbit/s"};
constexpr Words kGerman{"Was das Haus verlässt:",
                        "ohne Namen, Sätze und Kennungen; Geräte bekommen ein Pseudonym",
                        "Wohin",
                        "Wer es lesen kann",
                        "ab jetzt, nichts von früher",
                        "ab jetzt, und was das Journal von früher enthält",
                        "höchstens {} kbit/s"};

}  // namespace

std::string told_plan(const MirrorConfig& c, bool is_german) {
    const Words& words = is_german ? kGerman : kEnglish;
    std::string text = std::string{words.what} + "\n";
    for (const Dataset& known : kDatasets)
        for (const std::string& dataset : c.datasets)
            if (dataset == known.word)
                text += fmt::format("  - {}\n", is_german ? known.de : known.en);
    if (c.anonymise) text += fmt::format("  - {}\n", words.anonymous);
    text += fmt::format("  - {}\n", c.include_past ? words.with_past : words.from_now);
    text += fmt::format("{}: {} ({})\n", words.where, c.target,
                        fmt::format(fmt::runtime(words.speed), c.rate_kbit_s));
    text += fmt::format("{}:\n", words.whom);
    for (const std::string& recipient : c.recipients)
        if (const auto key = crypto::recipient_key_from_text(recipient))
            text += fmt::format("  {}\n", crypto::fingerprint(*key));
    return text;
}

}  // namespace bitgrid::app
