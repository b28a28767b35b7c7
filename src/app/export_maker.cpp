#include "app/export_maker.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <random>
#include <set>

#include "app/config_history.hpp"
#include "app/export_place.hpp"
#include "app/export_shelf.hpp"
#include "app/shown_config.hpp"
#include "archive/cold_store.hpp"
#include "archive/datasets.hpp"
#include "archive/zip_file.hpp"
#include "crypto/age.hpp"
#include "crypto/signing_key.hpp"
#include "ops/config_hash.hpp"
#include "research/mask.hpp"
#include "store/journal_reader.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::app {
namespace {

namespace fs = std::filesystem;
using SteadyClock = std::chrono::steady_clock;

constexpr std::int64_t kExportDayMs = 86'400'000;
constexpr int kHotRowsAtOnce = 1'000;
constexpr std::size_t kColdFilesAtOnce = 16;
constexpr double kLeastFree = 0.05;  // of the disk
constexpr std::size_t kShownVersion = 12;

std::string new_salt() {
    std::random_device source;
    std::string salt;
    for (int i = 0; i < 8; ++i) salt += fmt::format("{:08x}", source());
    return salt;
}

class ExportMaker {
public:
    ExportMaker(const ExportWanted& wanted, core::UnixTime now, ExportPlace& place,
                archive::Duckdb& writer)
        : wanted_{wanted},
          now_{now},
          place_{place},
          configs_{archive::Places{wanted.data}.configs},
          shelf_{place.content(), writer, [this] { return may_go_on(); }},
          decisions_{shelf_, "decisions"},
          states_{shelf_, "states"},
          values_{shelf_, "energy_to_value"},
          words_{shelf_, "explain_sessions"},
          stretch_{wanted.since, wanted.until, {}} {}

    core::Result<ExportMade> make() {
        auto cold = archive::ColdStore::open(wanted_.data);
        if (!cold) return cold.error();
        auto journal = store::JournalReader::open(wanted_.data + "/bitgrid.sqlite");
        if (!journal && cold->sealed_through() == 0) return journal.error();
        auto* const hot = journal ? &*journal : nullptr;
        if (const auto learnt = learn_configurations(*cold, hot); !learnt) return learnt.error();
        if (const auto read = read_cold(*cold); !read) return read.error();
        if (hot != nullptr)
            if (const auto read = read_hot(*hot, cold->sealed_through()); !read)
                return read.error();
        decisions_.flush();
        states_.flush();
        values_.flush();
        words_.flush();
        if (wanted_.has("config")) put_configurations();
        if (!shelf_.result()) return shelf_.result().error();
        return bind();
    }

private:
    // --- what it is allowed ---

    core::Result<void> may_go_on() const {
        if (shelf_.bytes() > wanted_.most_bytes)
            return core::Error{core::ErrorCode::TooLarge,
                               fmt::format("the export would be larger than {} MB; choose a "
                                           "shorter time or less of it",
                                           wanted_.most_bytes / 1'000'000)};
        if (SteadyClock::now() - began_ > std::chrono::seconds{wanted_.most_s})
            return core::Error{core::ErrorCode::TooLarge,
                               fmt::format("the export took longer than {} s; choose a shorter "
                                           "time or less of it",
                                           wanted_.most_s)};
        std::error_code error;
        const auto disk = fs::space(wanted_.folder(), error);
        if (!error &&
            static_cast<double>(disk.available) < kLeastFree * static_cast<double>(disk.capacity))
            return core::Error{core::ErrorCode::Refused,
                               fmt::format("less than 5 % of the disk of {} is free ({} MB); the "
                                           "controller needs that room",
                                           wanted_.folder(), disk.available / 1'000'000)};
        return {};
    }

    // --- configurations ---

    core::Result<void> learn_configurations(const archive::ColdStore& cold,
                                            store::JournalReader* journal) {
        configs_.learn_kept();
        if (journal != nullptr) {
            const auto events = journal->configurations();
            if (!events) return events.error();
            for (const ports::StoredEvent& event : *events) (void)configs_.learn(event.json, false);
        }
        research::Mask::Wanted hide;
        hide.hides_names = wanted_.is_anonymous;
        hide.salt = new_salt();
        hide.before_first = last_before(cold, journal);
        if (wanted_.is_relative) hide.day_zero = wanted_.since;
        mask_.emplace(hide);
        for (const auto& [version, config] : configs_.known())
            if (const auto learnt = mask_->learn(config); !learnt) return learnt;
        for (const auto& [version, config] : configs_.known())
            mask_->rename_version(version, wanted_.is_anonymous
                                               ? ops::config_version(mask_->masked(config))
                                               : version);
        return {};
    }

    std::int64_t last_before(const archive::ColdStore& cold, store::JournalReader* journal) const {
        std::int64_t last = 0;
        for (const archive::Seal& seal : cold.heads().seals)
            if (seal.day < archive::day_of(stretch_.since)) last = seal.last;
        if (journal != nullptr)
            if (const auto hot = journal->last_before(stretch_.since)) last = std::max(last, *hot);
        return last;
    }

    // By construction nothing but these four files, and of them every value that a rule may read.
    void put_configurations() {
        std::set<std::string> written;
        for (const auto& [version, config] : configs_.known()) {
            if (!used_versions_.contains(version) && wanted_.has("timeline")) continue;
            const core::Config masked = mask_->masked(config);
            const std::string name = wanted_.is_anonymous ? ops::config_version(masked) : version;
            if (!written.insert(name).second) continue;
            const nlohmann::json text{{"schema", "event/1"},
                                      {"type", "ConfigLoaded"},
                                      {"version", name},
                                      {"config", shown_rules(masked).dump()}};
            const std::string whole = text.dump() + "\n";
            const auto again = recorded_config(whole, Agreement::Version);
            if (!again)
                return shelf_.fail({core::ErrorCode::Damaged,
                                    "the configuration " + version.substr(0, kShownVersion) +
                                        " cannot be exported: " + again.error().what});
            shelf_.put_text("config", "config/" + name + ".json", whole);
        }
    }

    // --- rows ---

    template <class Row>
    core::Result<void> read_dataset(const archive::ColdStore& cold, archive::Duckdb& duckdb,
                                    ExportRows<Row>& to) {
        const auto files = cold.files(to.dataset(), stretch_);
        const std::span<const std::string> all{files};
        for (std::size_t at = 0; at < all.size() && shelf_.result(); at += kColdFilesAtOnce) {
            if (const auto may = may_go_on(); !may) return may;
            const auto some = all.subspan(at, std::min(kColdFilesAtOnce, all.size() - at));
            const auto read = archive::read_parquet<Row>(
                duckdb, some, [&](Row& row) { take(row, to); },
                archive::ColdStore::condition(stretch_));
            if (!read) return read;
        }
        return {};
    }

    core::Result<void> read_cold(const archive::ColdStore& cold) {
        auto duckdb = archive::Duckdb::open({1, 128});
        if (!duckdb) return duckdb.error();
        core::Result<void> done;
        if (wanted_.has("timeline")) done = read_dataset(cold, *duckdb, decisions_);
        if (done && wanted_.has("states")) done = read_dataset(cold, *duckdb, states_);
        if (done && wanted_.has("kpi")) done = read_dataset(cold, *duckdb, values_);
        if (done && wanted_.has("explain")) done = read_dataset(cold, *duckdb, words_);
        return done;
    }

    core::Result<void> read_hot(store::JournalReader& journal, std::int64_t after) {
        while (shelf_.result()) {
            if (const auto may = may_go_on(); !may) return may;
            auto rows = journal.rows_after(after, kHotRowsAtOnce);
            if (!rows) return rows.error();
            if (rows->empty()) return {};
            after = rows->back().seq;
            std::erase_if(*rows, [&](const wire::EventRow& row) { return !is_wanted(row.time); });
            const archive::DayRows sorted = archive::sorted(
                std::move(*rows),
                [this](const nlohmann::json& decision) { return inputs_of(configs_, decision); });
            if (wanted_.has("timeline")) take_all(sorted.decisions, decisions_);
            if (wanted_.has("states")) take_all(sorted.states, states_);
            if (wanted_.has("kpi")) take_all(sorted.values, values_);
            if (wanted_.has("explain")) take_all(sorted.words, words_);
        }
        return {};
    }

    template <class Row>
    void take_all(const std::vector<Row>& rows, ExportRows<Row>& to) {
        for (Row row : rows)
            if (is_wanted(row.time)) take(row, to);
    }

    bool is_wanted(core::UnixTime time) const {
        return time >= stretch_.since && (stretch_.until.ms == 0 || time <= stretch_.until);
    }

    template <class Row>
    void take(Row& row, ExportRows<Row>& to) {
        if constexpr (std::is_same_v<Row, wire::DecisionRow>) {
            used_versions_.insert(row.config_version);
            rule_versions_.insert(row.rule_version);
        }
        mask_->apply(row);
        if constexpr (std::is_same_v<Row, wire::DecisionRow>) {
            decision_configs_.insert(row.config_version);
            if (row.inputs.bytes.empty()) ++without_inputs_;
        }
        to.add(row);
    }

    // --- one file of it ---

    core::Result<ExportMade> bind() {
        auto key = crypto::SigningKey::load_or_make(archive::Places{wanted_.data}.keys);
        if (!key) return key.error();
        ExportMade made{{}, 0, manifest(*key)};
        std::int64_t rows = 0;
        for (const archive::ExportFile& file : made.manifest.files) rows += file.rows;
        if (rows == 0 && made.manifest.files.empty())
            return core::Error{core::ErrorCode::NotFound,
                               "there is nothing in that time to be exported"};
        if (const auto zipped = zip(made.manifest, *key); !zipped) return zipped.error();
        if (const auto may = may_go_on(); !may) return may.error();
        const bool is_secret = !wanted_.recipient.empty();
        made.path = place_.free_name(now_, is_secret ? ".zip.age" : ".zip");
        const auto named = is_secret ? crypto::age::encrypt_file(place_.zip(), made.path,
                                                                 {{wanted_.recipient}, {}})
                                     : files::move_into_place(place_.zip(), made.path);
        if (!named) return named.error();
        std::error_code error;
        made.bytes = static_cast<std::int64_t>(fs::file_size(made.path, error));
        return made;
    }

    archive::ExportManifest manifest(const crypto::SigningKey& key) const {
        archive::ExportManifest m;
        if (!wanted_.is_relative) m.made = wire::time_text(now_);
        m.since = wire::time_text(mask_->time(stretch_.since));
        m.until = wire::time_text(mask_->time(stretch_.until));
        m.scope = wanted_.scope;
        m.is_anonymous = wanted_.is_anonymous;
        m.is_relative = wanted_.is_relative;
        m.parquet_schema = archive::kSchemaVersion;
        m.program_version = BITGRID_VERSION;
        m.rule_versions.assign(rule_versions_.begin(), rule_versions_.end());
        m.config_versions.assign(decision_configs_.begin(), decision_configs_.end());
        m.without_inputs = without_inputs_;
        m.key = crypto::hex(key.public_key());
        m.files = shelf_.files();
        return m;
    }

    core::Result<void> zip(const archive::ExportManifest& m, const crypto::SigningKey& key) const {
        const std::string text = archive::text_of(m);
        auto writer = archive::ZipWriter::create(place_.zip());
        if (!writer) return writer.error();
        core::Result<void> done = writer->add_text(archive::kManifestName, text);
        if (done)
            done =
                writer->add_text(archive::kManifestSignature, crypto::hex(key.sign(text)) + "\n");
        for (const archive::ExportFile& file : m.files) {
            if (done) done = may_go_on();
            if (done) done = writer->add_file(file.path, place_.content() + "/" + file.path);
        }
        if (done) done = writer->close();
        return done;
    }

    const ExportWanted& wanted_;
    core::UnixTime now_;
    ExportPlace& place_;
    SteadyClock::time_point began_{SteadyClock::now()};
    ConfigHistory configs_;
    std::optional<research::Mask> mask_;
    ExportShelf shelf_;
    ExportRows<wire::DecisionRow> decisions_;
    ExportRows<wire::StateRow> states_;
    ExportRows<wire::ValueRow> values_;
    ExportRows<wire::WordsRow> words_;
    archive::Stretch stretch_;
    std::set<std::string> used_versions_, rule_versions_, decision_configs_;
    std::int64_t without_inputs_{0};
};

core::Result<void> check_wanted(const ExportWanted& wanted) {
    if (wanted.until < wanted.since || wanted.since.ms < 0)
        return core::Error{core::ErrorCode::BadInput, "its end is before its beginning"};
    const std::int64_t days = (wanted.until - wanted.since) / kExportDayMs;
    if (days > wanted.most_days)
        return core::Error{
            core::ErrorCode::BadInput,
            fmt::format("{} days are more than allowed: {}", days, wanted.most_days)};
    for (const std::string& word : wanted.scope)
        if (std::ranges::find(kExportScopes, word) == std::end(kExportScopes))
            return core::Error{core::ErrorCode::BadInput,
                               "scope \"" + word.substr(0, 40) +
                                   "\" is none; allowed: timeline, states, kpi, explain, config"};
    if (wanted.scope.empty()) return core::Error{core::ErrorCode::BadInput, "the scope is empty"};
    if (!wanted.recipient.empty()) return crypto::age::check_recipient(wanted.recipient);
    return {};
}

}  // namespace

bool ExportWanted::has(std::string_view scope_word) const {
    return std::ranges::find(scope, scope_word) != scope.end();
}

core::Result<ExportMade> make_export(const ExportWanted& wanted, core::UnixTime now) {
    if (const auto good = check_wanted(wanted); !good) return good.error();
    auto place = ExportPlace::take(wanted.folder());
    if (!place) return place.error();
    auto writer = archive::Duckdb::open({1, 128});
    if (!writer) return writer.error();
    return ExportMaker{wanted, now, **place, *writer}.make();
}

}  // namespace bitgrid::app
