#include "archive/verify.hpp"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>
#include <thread>

#include "archive/event_chain.hpp"
#include "archive/parquet_file.hpp"
#include "archive/places.hpp"

namespace bitgrid::archive {
namespace {

namespace fs = std::filesystem;

core::Result<crypto::PublicKey> key_of(const Places& places, const std::string& wanted) {
    if (!wanted.empty()) return crypto::public_key_from_hex(wanted);
    const std::string path = places.keys + "/device.pub";
    std::ifstream file{path};
    std::string line;
    if (!std::getline(file, line))
        return core::Error{core::ErrorCode::NotFound,
                           path + ": there is no public key; --key names the one to trust"};
    return crypto::public_key_from_hex(line);
}

/// Looks at one seal after the other; several at once, each with a DuckDB of its own.
class Prover {
public:
    Prover(Places places, const Heads& heads, const ProofWanted& wanted, Proof& proof)
        : places_{std::move(places)}, heads_{heads}, wanted_{wanted}, proof_{proof} {}

    void look_at_all() {
        std::vector<std::jthread> threads;
        const auto most = static_cast<int>(std::min<std::size_t>(
            static_cast<std::size_t>(std::max(wanted_.threads, 1)), heads_.seals.size()));
        for (int i = 0; i < most; ++i) threads.emplace_back([this] { work(); });
    }

    void look_for_strangers() {
        std::set<std::string> known;
        for (const Seal& seal : heads_.seals)
            for (const SealedFile& file : seal.files)
                if (!heads_.is_gone(file.path)) known.insert(file.path);
        std::error_code error;
        for (fs::recursive_directory_iterator entry{places_.parquet, error}, end;
             !error && entry != end; entry.increment(error)) {
            if (entry->is_directory(error) && !entry->is_symlink(error)) continue;
            const std::string name = entry->path().lexically_relative(places_.parquet).string();
            if (name == ".lock" || name.ends_with(".unfinished") || known.contains(name)) continue;
            const std::int64_t first = first_in(entry->path().filename().string());
            if (first <= heads_.last_sequence() || proof_.leftovers.size() == kMostDamage)
                complain(name + kNotRecorded);
            else proof_.leftovers.push_back({name, first});
        }
    }

    void conclude() {
        proof_.files = files_;
        proof_.events = events_;
        proof_.given_up = given_up_;
        std::ranges::sort(proof_.damage);
        std::ranges::sort(proof_.leftovers, {}, &Leftover::path);
    }

private:
    void work() {
        auto duckdb = Duckdb::open({});
        if (!duckdb) return complain(duckdb.error().what);
        for (std::size_t i = next_++; i < heads_.seals.size(); i = next_++) {
            look_at(*duckdb, i);
            if (wanted_.progress)
                wanted_.progress(++done_, static_cast<std::int64_t>(heads_.seals.size()));
        }
    }

    void look_at(Duckdb& duckdb, std::size_t index) {
        const Seal& seal = heads_.seals[index];
        for (const SealedFile& file : seal.files) {
            if (heads_.is_gone(file.path)) {
                given_up_ += 1;
                continue;
            }
            const auto whole = check_sealed_file(places_.parquet, file);
            if (!whole) complain(whole.error().what);
            if (!whole && whole.error().code == core::ErrorCode::NotFound) continue;
            files_ += 1;
            if (file.path.starts_with("events/")) look_at_events(duckdb, index, file);
        }
    }

    void look_at_events(Duckdb& duckdb, std::size_t index, const SealedFile& file) {
        const Seal& seal = heads_.seals[index];
        const std::string path = places_.parquet + "/" + file.path;
        const std::string paths[] = {path};
        EventChain chain{seal.first - 1,
                         index == 0 ? crypto::Hash{} : heads_.seals[index - 1].head};
        core::Result<void> good;
        std::int64_t rows = 0;
        const std::function<void(wire::EventRow&)> follow = [&](wire::EventRow& event) {
            ++rows;
            if (good) good = chain.follow(event);
        };
        const auto read = read_parquet<wire::EventRow>(duckdb, paths, follow);
        events_ += rows;
        if (!read) return complain(file.path + ": " + read.error().what);
        if (!good) return complain(file.path + ": " + good.error().what);
        if (rows != file.rows || chain.last_sequence() != seal.last)
            return complain(file.path + ": has " + std::to_string(rows) + " events to " +
                            std::to_string(chain.last_sequence()) + ", sealed were " +
                            std::to_string(file.rows) + " to " + std::to_string(seal.last));
        if (chain.head() != seal.head) return complain(file.path + ": ends with another hash");
        check_metadata(duckdb, seal, file);
    }

    void check_metadata(Duckdb& duckdb, const Seal& seal, const SealedFile& file) {
        auto metadata = read_metadata(duckdb, places_.parquet + "/" + file.path);
        if (!metadata) return complain(file.path + ": " + metadata.error().what);
        const auto key = crypto::public_key_from_hex(proof_.key);
        const auto signature = crypto::signature_from_hex((*metadata)["bitgrid_head_signature"]);
        if (!key || !signature ||
            !crypto::is_signed_by(*key, head_statement(seal.day, seal.first, seal.last, seal.head),
                                  *signature))
            complain(file.path + ": the signature of its day's head is not of this device");
    }

    void complain(const std::string& what) {
        const std::scoped_lock lock{mutex_};
        if (proof_.damage.size() < kMostDamage) proof_.damage.push_back(what);
    }

    Places places_;
    const Heads& heads_;
    const ProofWanted& wanted_;
    Proof& proof_;
    std::mutex mutex_;  ///< for proof_.damage
    std::atomic<std::size_t> next_{0};
    std::atomic<std::int64_t> done_{0};
    std::atomic<std::int64_t> files_{0};
    std::atomic<std::int64_t> events_{0};
    std::atomic<std::int64_t> given_up_{0};
};

}  // namespace

core::Result<Proof> prove(const std::string& data_folder, const ProofWanted& wanted) {
    const Places places{data_folder};
    std::error_code error;
    Proof proof;
    if (!fs::exists(places.heads, error) && !fs::exists(places.parquet, error)) return proof;
    const auto key = key_of(places, wanted.key);
    if (!key) return key.error();
    proof.key = crypto::hex(*key);
    const auto heads = read_heads(places.heads, *key);
    if (!heads) {
        proof.damage.push_back(heads.error().what);
        return proof;
    }
    proof.seals = static_cast<std::int64_t>(heads->seals.size());
    if (!heads->seals.empty()) {
        proof.first_day = heads->seals.front().day;
        proof.last_day = heads->seals.back().day;
        proof.last_sequence = heads->last_sequence();
        proof.head = crypto::hex(heads->head());
    }
    Prover prover{places, *heads, wanted, proof};
    prover.look_at_all();
    prover.look_for_strangers();
    prover.conclude();
    return proof;
}

core::Result<void> check_sealed_file(const std::string& parquet_folder, const SealedFile& file) {
    const std::string path = parquet_folder + "/" + file.path;
    std::error_code error;
    if (!fs::is_regular_file(fs::symlink_status(path, error)))
        return core::Error{core::ErrorCode::NotFound, file.path + ": is missing"};
    const auto digest = crypto::sha256_of_file(path);
    if (!digest) return digest.error();
    if (*digest == file.sha256) return {};
    return core::Error{core::ErrorCode::Damaged,
                       file.path + ": is not the file that was sealed (its SHA-256 differs)"};
}

core::Result<bool> has_head(const std::string& data_folder, const std::string& key,
                            const std::string& head) {
    const Places places{data_folder};
    const auto hash = crypto::hash_from_hex(head);
    if (!hash) return hash.error();
    const auto trusted = key_of(places, key);
    if (!trusted) return trusted.error();
    const auto heads = read_heads(places.heads, *trusted);
    if (!heads) return heads.error();
    auto duckdb = Duckdb::open({});
    if (!duckdb) return duckdb.error();
    for (const Seal& seal : heads->seals) {
        if (seal.head == *hash) return true;
        for (const SealedFile& file : seal.files) {
            if (!file.path.starts_with("events/") || heads->is_gone(file.path)) continue;
            const std::string paths[] = {places.parquet + "/" + file.path};
            bool is_there = false;
            const std::function<void(wire::EventRow&)> found = [&](wire::EventRow&) {
                is_there = true;
            };
            // A file that cannot be read has been complained about.
            (void)read_parquet<wire::EventRow>(*duckdb, paths, found, "hash = " + sql_text(head));
            if (is_there) return true;
        }
    }
    return false;
}

}  // namespace bitgrid::archive
