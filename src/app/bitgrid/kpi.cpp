#include <fmt/format.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/bitgrid/judged_past.hpp"
#include "app/bitgrid/looking.hpp"
#include "archive/datasets.hpp"
#include "archive/parquet_file.hpp"
#include "files/whole_file.hpp"
#include "research/kpi/kpis_json.hpp"

namespace bitgrid::app {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr int kLeastPriority = 19;

struct Options {
    Looking look;
    PastOptions past;
    HomeOptions home;
    std::string schedule;
    std::string format{"table"};
    std::optional<double> co2_g_per_kwh;
    std::string out;
    bool is_report{false};
    bool gives_way{false};
};

struct Words {
    const char* reached;
    const char* missed;
    const char* load;
    const char* without;
    const char* hand[research::kHandCount];
    const char* columns;
    const char* written;
    const char* nothing;
};
constexpr Words kEnglish{"reached",
                         "NOT reached",
                         "load",
                         "The same blocks under other hands, by the model of the house:",
                         {"as it was decided", "never on", "always on", "plain threshold"},
                         "bought kWh   extra kWh  surplus used %  switches/day",
                         "written: ",
                         "no decision is on record in that time"};
constexpr Words kGerman{"erreicht",
                        "NICHT erreicht",
                        "Verbraucher",
                        "Dieselben Blöcke, anders geschaltet, nach dem Modell des Hauses:",
                        {"wie entschieden", "immer aus", "immer an", "einfache Schwelle"},
                        "gekauft kWh   mehr kWh  Überschuss %  Schaltungen/Tag",
                        "geschrieben: ",
                        "in dieser Zeit ist keine Entscheidung aufgezeichnet"};

class Verb {
public:
    explicit Verb(const Options& o) : o_{o}, words_{o.look.is_german() ? kGerman : kEnglish} {}

    int run() {
        if (o_.gives_way) setpriority(PRIO_PROCESS, 0, kLeastPriority);
        if ((o_.format == "parquet") == o_.out.empty() && !o_.is_report)
            return refuse(kUsage, "--format parquet and --out FILE go together");
        try {
            auto past = o_.home.home.empty() ? of_journal()
                                             : judged_home(read_home_run(o_.home), o_.schedule);
            judge(past, o_.co2_g_per_kwh);
            return o_.is_report ? write_report(past) : tell(past);
        } catch (const Refusal& refusal) {
            return refuse(refusal.exit_code, refusal.what);
        }
    }

private:
    JudgedPast of_journal() const {
        auto reader = PastReader::open(o_.look.data, o_.past);
        if (!reader) throw refusal_of(reader.error());
        auto past = judged_journal(*reader);
        if (!past) throw refusal_of(past.error());
        return std::move(*past);
    }
    static Refusal refusal_of(const core::Error& error) {
        return {error.code == core::ErrorCode::BadInput ? kUsage : kUnavailable, error.what};
    }

    int tell(const JudgedPast& past) const {
        if (o_.look.is_json || o_.format == "json")
            std::cout << research::kpis_json(past.kpis, past.stretch, past.baselines).dump()
                      << '\n';
        else if (o_.format == "csv") tell_csv(past);
        else if (o_.format == "parquet") return write_table(past);
        else tell_table(past);
        return kOk;
    }

    static void tell_csv(const JudgedPast& past) {
        std::cout << "key,load_id,value,unit,version\n";
        for (const research::KpiValue& kpi : past.kpis) {
            const research::KpiSpec& spec = research::spec_of(kpi.kpi);
            std::cout << fmt::format("{},{},{},{},{}\n", spec.key, kpi.load_id,
                                     kpi.value ? fmt::format("{}", *kpi.value) : "", spec.unit,
                                     spec.version);
        }
    }

    // The same columns as the dataset `kpi`.
    int write_table(const JudgedPast& past) const {
        std::vector<wire::KpiRow> rows;
        for (const research::KpiValue& kpi : past.kpis) {
            const research::KpiSpec& spec = research::spec_of(kpi.kpi);
            rows.push_back({past.stretch.from, past.stretch.to, std::string{spec.key}, kpi.load_id,
                            kpi.value, std::string{spec.unit}, spec.version, ""});
        }
        const std::string unfinished = o_.out + ".unfinished";
        auto duckdb = archive::Duckdb::open({});
        auto done = duckdb ? archive::write_parquet<wire::KpiRow>(
                                 *duckdb, unfinished, rows,
                                 {{"bitgrid_dataset", "kpi"},
                                  {"bitgrid_schema", std::to_string(archive::kSchemaVersion)}})
                           : core::Result<void>{duckdb.error()};
        if (done) done = files::sync(unfinished);
        if (done) done = files::move_into_place(unfinished, o_.out);
        if (!done) {
            std::error_code ignored;
            std::filesystem::remove(unfinished, ignored);
            return refuse(kUnavailable, o_.out + ": " + done.error().what);
        }
        std::cerr << "bitgrid: " << words_.written << o_.out << '\n';
        return kOk;
    }

    std::string verdict(const research::KpiSpec& spec, double value) const {
        if (!spec.target) return {};
        return fmt::format("  {} {:g} {}", spec.target->is_least ? ">=" : "<=", spec.target->value,
                           spec.target->is_reached_by(value) ? words_.reached : words_.missed);
    }

    void tell_table(const JudgedPast& past) const {
        std::string load;
        for (const research::KpiValue& kpi : past.kpis) {
            const research::KpiSpec& spec = research::spec_of(kpi.kpi);
            if (kpi.load_id != load)
                std::cout << fmt::format("{} {}\n", words_.load, load = kpi.load_id);
            std::cout << fmt::format(
                "  {:<26}{:>14} {:<8}{}\n", spec.key,
                kpi.value ? fmt::format("{:.{}f}", *kpi.value, spec.digits) : "–", spec.unit,
                kpi.value ? verdict(spec, *kpi.value) : "");
        }
        if (past.baselines && past.baselines->known_ms > 0) tell_hands(*past.baselines);
    }

    void tell_hands(const research::Baselines& all) const {
        std::cout << words_.without << '\n' << fmt::format("{:24}{}\n", "", words_.columns);
        for (std::size_t i = 0; i < research::kHandCount; ++i) {
            const auto hand = static_cast<research::Hand>(i);
            const auto captured = all.captured_pct(hand);
            std::cout << fmt::format("  {:<20}{:>12.1f}{:>12.1f}{:>16}{:>14.2f}\n", words_.hand[i],
                                     all.of(hand).import_kwh, all.extra_import_kwh(hand),
                                     captured ? fmt::format("{:.1f}", *captured) : "–",
                                     all.switches_per_day(hand));
        }
    }

    int write_report(const JudgedPast& past) const {
        if (past.days.empty()) return refuse(kUnavailable, words_.nothing);
        const core::UnixTime end = past.days.back().from + kDayMs;
        const std::string html = research::kpi_page(
            {o_.look.is_german(), past.house, past.days.front().from, end, past.is_simulated,
             past.kpis, past.days, past.baselines, BITGRID_VERSION});
        std::ofstream file{o_.out, std::ios::binary};
        file << html;
        file.close();
        if (!file) return refuse(kUnavailable, o_.out + ": cannot be written");
        std::cerr << "bitgrid: " << words_.written << o_.out << '\n';
        return kOk;
    }

    const Options& o_;
    const Words& words_;
};

}  // namespace

void add_kpi(CLI::App& app, int& exit_code) {
    auto* verb = app.add_subcommand(
        "kpi", "What the house did in figures: energy, switches, explanations, value");
    const auto o = std::make_shared<Options>();
    o->look.add_to(*verb);
    o->past.add_to(*verb);
    auto* home = o->home.add_house(*verb);
    o->home.add_rules(*verb);
    o->home.add_world(*verb);
    verb->add_option("--schedule", o->schedule, "what was simulated with the home: simulate --out")
        ->needs(home);
    verb->add_option("--format", o->format, "table, json, csv, or parquet with --out")
        ->check(CLI::IsMember({"table", "json", "csv", "parquet"}))
        ->capture_default_str();
    verb->add_option("--out", o->out, "the file of --format parquet");
    verb->add_flag("--yield", o->gives_way, "let everything else on this machine go first");
    verb->add_option("--co2", o->co2_g_per_kwh, "CO2 of a kWh from the grid, g")
        ->check(CLI::Range(0.0, 5000.0));
    auto* report = verb->add_subcommand("report", "One page with charts and targets, as HTML");
    report->add_option("--out", o->out, "file to write")->required();
    report->fallthrough();
    verb->callback([o, report, &exit_code] {
        o->is_report = report->parsed();
        exit_code = Verb{*o}.run();
    });
}

}  // namespace bitgrid::app
