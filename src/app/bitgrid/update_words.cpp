#include "app/bitgrid/update_words.hpp"

namespace bitgrid::app {
namespace {

constexpr UpdateWords kEnglish{
    {"Is it whole, and signed by whom we trust?", "Unpacking it beside the program that runs",
     "Does it run, and take the configuration?", "Backup of the house, read back and checked",
     "Would it have decided the recorded days as they were decided?",
     "Self-test in a simulated house that gets too hot", "Waiting until every load is off",
     "Stopping the service", "Keeping the database as it is", "Switching to the new program",
     "Starting the service", "Is the house well with it?",
     "Back to the old program and the old database"},
    "    done ({:.1f} s)\n",
    "BitGridAI {} for {}: {} files, {:.1f} MB, whole\n",
    "  signed by {}\n",
    "  newer than {}, which runs here\n",
    "  it is the version that runs here\n",
    "  older than {}, which runs here; the way back of one minor version is open with --older\n",
    "  older than {}, which runs here, by more than one minor version: that way is closed\n",
    "  no program stands in {} yet\n",
    "    {}\n",
    "    {} decisions, each the same\n",
    "    {} of {} decisions would be others:\n",
    "      … and {} more\n",
    "the new program would have decided otherwise; nothing was changed. If that is what you want: "
    "--accept-changes",
    "    still running: {}\n",
    "    ordered off, for a quarter of an hour\n",
    "Updated from {} to {}. The controller stood still for {:.1f} s, with every load off.\n",
    "BitGridAI {} is in place: {}\n",
    "  Removed: {}\n",
    "Not updated, nothing was changed: {}\n",
    "The new program is not well: {}\n",
    "{} runs again, with its database ({:.1f} s).\n",
    "  What the new program wrote: {}\n",
    "  Something was stopped in the meantime, so everything stays off until you acknowledge it: "
    "bitgrid ack\n",
    "SOMETHING WAS STOPPED IN THE MEANTIME, and the emergency stop could not be set again: {}. "
    "Look "
    "after the house, and: bitgrid stop\n",
    "THE OLD PROGRAM DOES NOT ANSWER AS IT SHOULD: {}\n",
    "An update to {} was cut off ({}). It goes on.\n",
    "An update to {} was cut off before anything had changed. It is undone.\n",
    "An update to {} is under way: {}\n",
    "There was no update yet.\n",
    "Program:   {}\n",
    "Before it: {}\n",
    "–",
    "Newest update: from {} to {}, {}, standstill {:.1f} s\n",
    "Newest update: to {} was given up, {}: {}\n",
    "Newest update: to {} was taken back, {} runs again, {}: {}\n"};
constexpr UpdateWords kGerman{
    {"Ist sie unversehrt, und von jemandem unterschrieben, dem wir trauen?",
     "Auspacken neben dem Programm, das läuft", "Läuft es, und nimmt es die Konfiguration?",
     "Sicherung des Hauses, zurückgelesen und geprüft",
     "Hätte es die aufgezeichneten Tage so entschieden, wie entschieden wurde?",
     "Selbsttest in einem simulierten Haus, dem es zu heiß wird", "Warten, bis alles aus ist",
     "Anhalten des Dienstes", "Aufheben der Datenbank, wie sie ist",
     "Umschalten auf das neue Programm", "Starten des Dienstes", "Geht es dem Haus gut damit?",
     "Zurück zum alten Programm und zur alten Datenbank"},
    "    fertig ({:.1f} s)\n",
    "BitGridAI {} für {}: {} Dateien, {:.1f} MB, unversehrt\n",
    "  unterschrieben von {}\n",
    "  neuer als {}, das hier läuft\n",
    "  das ist die Version, die hier läuft\n",
    "  älter als {}, das hier läuft; eine Unterversion zurück geht mit --older\n",
    "  älter als {}, das hier läuft, um mehr als eine Unterversion: Dieser Weg ist zu\n",
    "  in {} steht noch kein Programm\n",
    "    {}\n",
    "    {} Entscheidungen, jede gleich\n",
    "    {} von {} Entscheidungen fielen anders aus:\n",
    "      … und {} weitere\n",
    "das neue Programm hätte anders entschieden; nichts wurde verändert. Wenn du das willst: "
    "--accept-changes",
    "    läuft noch: {}\n",
    "    Ausschalten angeordnet, für eine Viertelstunde\n",
    "Aktualisiert von {} auf {}. Die Steuerung stand {:.1f} s still, alles war aus.\n",
    "BitGridAI {} steht bereit: {}\n",
    "  Entfernt: {}\n",
    "Nicht aktualisiert, nichts wurde verändert: {}\n",
    "Dem Haus geht es mit dem neuen Programm nicht gut: {}\n",
    "{} läuft wieder, mit seiner Datenbank ({:.1f} s).\n",
    "  Was das neue Programm geschrieben hat: {}\n",
    "  In der Zwischenzeit wurde etwas gestoppt, also bleibt alles aus, bis du es bestätigst: "
    "bitgrid ack\n",
    "IN DER ZWISCHENZEIT WURDE ETWAS GESTOPPT, und der Not-Stopp ließ sich nicht wieder setzen: "
    "{}. Sieh nach dem Haus, und: bitgrid stop\n",
    "DAS ALTE PROGRAMM ANTWORTET NICHT, WIE ES SOLL: {}\n",
    "Eine Aktualisierung auf {} wurde unterbrochen ({}). Sie geht weiter.\n",
    "Eine Aktualisierung auf {} wurde unterbrochen, bevor sich etwas verändert hatte. Sie ist "
    "zurückgenommen.\n",
    "Eine Aktualisierung auf {} läuft gerade: {}\n",
    "Es gab noch keine Aktualisierung.\n",
    "Programm: {}\n",
    "Davor:    {}\n",
    "–",
    "Neueste Aktualisierung: von {} auf {}, {}, Stillstand {:.1f} s\n",
    "Neueste Aktualisierung: auf {} wurde aufgegeben, {}: {}\n",
    "Neueste Aktualisierung: auf {} wurde zurückgenommen, {} läuft wieder, {}: {}\n"};

}  // namespace

const UpdateWords& update_words(bool is_german) { return is_german ? kGerman : kEnglish; }

}  // namespace bitgrid::app
