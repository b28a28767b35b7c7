#include "app/bitgrid/replay_home.hpp"

#include <fmt/format.h>

#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "app/bitgrid/kpi_file.hpp"
#include "crypto/digest.hpp"
#include "research/csv_table.hpp"

namespace bitgrid::app {
namespace {

using Json = nlohmann::json;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kMostShown = 10;

struct Words {
    const char* decided;
    const char* same;
    const char* differ;
    const char* differs;
    const char* was;
    const char* now;
    const char* more;
};
constexpr Words kEnglish{
    "{} rows decided, nothing to hold them against (--schedule); SHA-256 of the schedule {} "
    "({:.2f} s)\n",
    "{} rows decided again: each the same to the byte, SHA-256 {} ({:.2f} s)\n",
    "{} rows decided again: {} DIFFER ({:.2f} s)\n",
    "DIFFERENT",
    "recorded",
    "now",
    "… and {} more; --json lists all\n"};
constexpr Words kGerman{
    "{} Zeilen entschieden, nichts zum Vergleichen (--schedule); SHA-256 des Fahrplans {} "
    "({:.2f} s)\n",
    "{} Zeilen noch einmal entschieden: jede auf das Byte gleich, SHA-256 {} ({:.2f} s)\n",
    "{} Zeilen noch einmal entschieden: {} sind ANDERS ({:.2f} s)\n",
    "ANDERS",
    "aufgezeichnet",
    "jetzt",
    "… und {} weitere; --json nennt alle\n"};

// The lines behind the header.
std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in{text};
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
        if (line.ends_with('\r')) line.pop_back();
        if (!line.empty()) lines.push_back(line);
    }
    return lines;
}

// The rows of a schedule as they are written, by their own columns; whatever else a file has.
core::Result<std::vector<std::string>> recorded_lines(const std::string& path) {
    const auto table = research::CsvTable::read(path);
    if (!table) return table.error();
    std::vector<std::string> lines(table->rows());
    for (const char* name : {"timestamp", "level", "load_w", "battery_kwh", "import_kwh",
                             "export_kwh", "decision_code"}) {
        const auto cells = table->cells(name);
        if (!cells) return cells.error();
        for (std::size_t i = 0; i < lines.size(); ++i)
            lines[i].append(lines[i].empty() ? "" : ",").append((*cells)[i]);
    }
    return lines;
}

class Replay {
public:
    explicit Replay(const ReplayHome& o) : o_{o}, words_{o.look.is_german() ? kGerman : kEnglish} {}

    int run() {
        const HomeRun it = read_home_run(o_.home);
        const auto rows = research::simulate(it.file.home, it.experiment);
        const std::string text = research::schedule_text(it.file, rows);
        const std::string digest = crypto::sha256_hex(text);
        std::size_t different = 0;
        if (!o_.schedule.empty()) {
            const auto was = or_refuse(recorded_lines(o_.schedule));
            const auto now = lines_of(text);
            if (was.size() != now.size())
                throw Refusal{kUsage, fmt::format("{}: {} rows, the home has {}", o_.schedule,
                                                  was.size(), now.size())};
            for (std::size_t i = 0; i < now.size(); ++i)
                if (was[i] != now[i]) tell(was[i], now[i], different++);
        }
        if (!o_.kpi.empty()) {
            auto past = judged_rows(it, rows);
            judge(past, std::nullopt);
            or_refuse(write_kpi_file(o_.kpi, past));
        }
        conclude(rows.size(), different, digest);
        return different == 0 ? kOk : kNo;
    }

private:
    void tell(const std::string& was, const std::string& now, std::size_t before) const {
        if (o_.look.is_json)
            std::cout << Json{{"recorded", was}, {"now", now}}.dump(-1, ' ', false,
                                                                    Json::error_handler_t::replace)
                      << '\n';
        else if (before < kMostShown)
            std::cout << fmt::format("{}\n  {:<14}{}\n  {:<14}{}\n", words_.differs, words_.was,
                                     was, words_.now, now);
    }

    void conclude(std::size_t rows, std::size_t different, const std::string& digest) const {
        const double took_s = std::chrono::duration<double>{SteadyClock::now() - began_}.count();
        if (o_.look.is_json) {
            std::cout << Json{{"decisions", rows},
                              {"different", o_.schedule.empty() ? Json{} : Json(different)},
                              {"sha256", digest}}
                             .dump()
                      << '\n';
            return;
        }
        if (different > kMostShown)
            std::cout << fmt::format(fmt::runtime(words_.more), different - kMostShown);
        std::cout << (o_.schedule.empty()
                          ? fmt::format(fmt::runtime(words_.decided), rows, digest, took_s)
                      : different > 0
                          ? fmt::format(fmt::runtime(words_.differ), rows, different, took_s)
                          : fmt::format(fmt::runtime(words_.same), rows, digest, took_s));
    }

    const ReplayHome& o_;
    const Words& words_;
    const SteadyClock::time_point began_{SteadyClock::now()};
};

}  // namespace

bool is_home_file(const std::string& path) {
    return path.ends_with(".csv") || path.ends_with(".csv.gz");
}

int replay_home(const ReplayHome& options) { return Replay{options}.run(); }

}  // namespace bitgrid::app
