#include "outage.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>

#include "app/bitgrid/mirror_health.hpp"
#include "core/describe.hpp"
#include "core/sample_home.hpp"
#include "mirror/outlet.hpp"
#include "mirror/reading.hpp"
#include "mirror/testing_mirror.hpp"
#include "store/journal_reader.hpp"
#include "store/test_bench.hpp"

namespace bitgrid {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::int64_t kBlockMs = 600'000;
constexpr int kBlocksOfDay = 144;
constexpr std::uint64_t kSpoolBytes = 6'000'000;  // the least that a house may set is 16 MB
constexpr int kBlocksAfter = 6;

/// The control: decides each block and has it journalled, whatever else happens.
class House {
public:
    explicit House(const std::string& folder) : bench_{folder} {}

    bool live_a_block(int block) {
        const core::UnixTime now = time_of(block);
        home_.state.time = now;
        home_.surplus(0.1 * (block % 40)).price(20 + block % 13);
        const auto tick = core::Occasion::tick();
        auto event = std::make_shared<core::DecisionEvent>(
            core::describe(home_.config, home_.decision(), home_.memory, home_.state, tick));
        event->decision_id = "d" + std::to_string(block);
        const auto began = std::chrono::steady_clock::now();
        const auto receipt =
            bench_.write({{now, std::shared_ptr<const core::DecisionEvent>{std::move(event)}}});
        longest_s_ = std::max(
            longest_s_,
            std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
        if (receipt) head_ = receipt->hash;
        return receipt.has_value();
    }
    static core::UnixTime time_of(int block) { return core::sample::kTenOClock + block * kBlockMs; }
    const std::string& head() const { return head_; }
    double longest_s() const { return longest_s_; }

private:
    core::sample::Home home_;
    store::Bench bench_;
    std::string head_;
    double longest_s_{0};
};

/// What the mirror may see of it: every event.
class Rows final : public mirror::Source {
public:
    explicit Rows(store::JournalReader& journal) : journal_{journal} {}
    core::Result<std::vector<mirror::Row>> rows_after(std::int64_t sequence, int most) override {
        auto events = journal_.events_after(sequence, most);
        if (!events) return events.error();
        std::vector<mirror::Row> rows;
        for (ports::StoredEvent& event : *events) rows.push_back(row_of(std::move(event)));
        return rows;
    }
    core::Result<std::optional<mirror::Row>> row(std::int64_t sequence) override {
        auto event = journal_.find_event(sequence);
        if (event) return std::optional{row_of(std::move(*event))};
        if (event.error().code == core::ErrorCode::NotFound) return std::optional<mirror::Row>{};
        return event.error();
    }
    core::Result<std::int64_t> oldest() override {
        const auto ends = journal_.ends();
        return ends ? core::Result<std::int64_t>{ends->first} : ends.error();
    }
    core::Result<std::int64_t> newest() override {
        const auto ends = journal_.ends();
        return ends ? core::Result<std::int64_t>{ends->second} : ends.error();
    }

private:
    static mirror::Row row_of(ports::StoredEvent event) {
        return {event.sequence, std::move(event.json), std::move(event.prev_hash),
                std::move(event.hash)};
    }
    store::JournalReader& journal_;
};

/// One step each few minutes, as `bitgrid mirror run` takes them.
class Mirror {
public:
    explicit Mirror(const fs::path& folder) : folder_{folder} {
        rules_.consent = "agreed";
        rules_.datasets = {"events"};
        rules_.recipients = {secret_.public_key()};
        rules_.spool_bytes = kSpoolBytes;
        rules_.spool_ms = 5 * kBlocksOfDay * kBlockMs;
    }

    core::Result<void> step(core::UnixTime now) {
        auto journal = store::JournalReader::open((folder_ / "house/bitgrid.sqlite").string());
        if (!journal) return journal.error();
        auto outbox = mirror::Outbox::open(folder_ / "mirror", rules_,
                                           mirror::signing_key(folder_ / "keys"), files_);
        if (!outbox) return outbox.error();
        Rows rows{*journal};
        if (const auto closed = outbox->close(rows, now, false); !closed) return closed.error();
        if (const auto bounded = outbox->bound(now); !bounded) return bounded;
        std::string trouble;
        for (const mirror::Waiting& one : outbox->waiting()) {
            const auto sent = send(*outbox, one);
            if (!sent) trouble = sent.error().what;
            if (!sent) break;
        }
        look(*outbox, trouble, now);
        return {};
    }
    std::uint64_t most_bytes() const { return most_bytes_; }
    const std::set<std::string>& codes() const { return codes_; }
    const std::string& code() const { return code_; }
    fs::path target() const { return folder_ / "far/side"; }
    const crypto::RecipientSecret& secret() const { return secret_; }

private:
    core::Result<void> send(mirror::Outbox& outbox, const mirror::Waiting& one) {
        const auto bytes = outbox.content(one);
        if (!bytes) return bytes.error();
        mirror::OutletSetup setup;
        setup.target = target().string();
        setup.rate_kbit_s = 1'000'000;
        const auto outlet = mirror::make_outlet(setup);
        if (!outlet) return outlet.error();
        const auto sent = (*outlet)->deliver(
            {mirror::hex_of(outbox.progress().stream), mirror::name_of(one.number), *bytes});
        return sent ? outbox.forget(one) : sent;
    }
    void look(const mirror::Outbox& outbox, const std::string& trouble, core::UnixTime now) {
        std::uint64_t bytes = 0;
        for (const mirror::Waiting& one : outbox.waiting()) bytes += one.bytes;
        most_bytes_ = std::max(most_bytes_, bytes);
        code_ = app::judge_mirror({outbox.progress(), outbox.waiting(), rules_.spool_bytes,
                                   rules_.spool_ms, trouble},
                                  now)
                    .code;
        codes_.insert(code_);
    }

    fs::path folder_;
    crypto::RecipientSecret secret_ = mirror::fresh_secret();
    mirror::OutboxRules rules_;
    mirror::Files files_;
    std::uint64_t most_bytes_{0};
    std::string code_;
    std::set<std::string> codes_;
};

/// What arrived: the numbers of its rows, and those that gaps tell of.
struct Arrived {
    std::set<std::int64_t> rows, told;
    int faults{0};
};

Arrived read(const Mirror& mirror) {
    Arrived arrived;
    mirror::ReadingSetup setup;
    setup.line = [&](std::string_view text) {
        const Json line = Json::parse(text, nullptr, false);
        if (line.contains("seq")) arrived.rows.insert(line["seq"].get<std::int64_t>());
        if (!line.contains("gap")) return;
        const Json& rows = line["gap"]["rows"];
        for (auto row = rows[0].get<std::int64_t>(); row <= rows[1].get<std::int64_t>(); ++row)
            arrived.told.insert(row);
    };
    setup.found = [&](const mirror::Finding& finding) {
        ++arrived.faults;
        std::cerr << "found: " << finding.file << " " << finding.what << '\n';
    };
    if (!mirror::read_folder(mirror.target(), mirror.secret(), setup)) ++arrived.faults;
    return arrived;
}

bool complain(const std::string& what) {
    std::cerr << "outage: " << what << '\n';
    return false;
}

bool judge(const Mirror& mirror, const Arrived& arrived, int blocks) {
    if (arrived.faults > 0) return complain("what arrived is not whole");
    for (int row = 1; row <= blocks; ++row)
        if (!arrived.rows.contains(row) && !arrived.told.contains(row))
            return complain("row " + std::to_string(row) + " is missing, and no gap tells of it");
    if (arrived.told.empty()) return complain("nothing was dropped: this proves nothing");
    if (mirror.most_bytes() > kSpoolBytes) return complain("the spool grew beyond its bound");
    for (const char* code : {wire::kMirrorAway, wire::kMirrorSpool, wire::kMirrorGap})
        if (!mirror.codes().contains(code))
            return complain(std::string{"health never said "} + code);
    if (!mirror.code().empty()) return complain("health still says " + mirror.code());
    return true;
}

}  // namespace

bool live_through_an_outage(int days) {
    const store::TempFolder folder{store::memory_folder()};
    const fs::path root{folder.path()};
    for (const char* name : {"house", "alone", "far"}) fs::create_directory(root / name);
    const int blocks = days * kBlocksOfDay;
    House alone{(root / "alone").string()};
    House mirrored{(root / "house").string()};
    Mirror mirror{root};
    for (int block = 0; block < blocks + kBlocksAfter; ++block) {
        if (block == blocks) fs::create_directory(mirror.target());  // the far side is back
        if (!alone.live_a_block(block) || !mirrored.live_a_block(block))
            return complain("a decision was not journalled");
        if (const auto stepped = mirror.step(House::time_of(block)); !stepped)
            return complain(stepped.error().what);
    }
    if (alone.head() != mirrored.head())
        return complain("the house with a mirror decided otherwise");
    const Arrived arrived = read(mirror);
    if (!judge(mirror, arrived, blocks)) return false;
    std::cerr << days << " days away: " << blocks + kBlocksAfter
              << " decisions, the same to the byte as without a mirror (head "
              << mirrored.head().substr(0, 12) << "); longest append " << mirrored.longest_s()
              << " s, without a mirror " << alone.longest_s() << " s; spool at most "
              << mirror.most_bytes() << " of " << kSpoolBytes << " bytes; " << arrived.rows.size()
              << " rows arrived, " << arrived.told.size() << " told as dropped\n";
    return true;
}

}  // namespace bitgrid
