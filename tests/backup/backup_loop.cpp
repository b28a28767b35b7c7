// Backs a journal up again and again while it is written to a hundred times a second, restores each
// backup and asks it what it remembers: exactly what was remembered with the event that it ends
// with, and nothing is missing that was acknowledged before the backup began.
//   backup_loop BITGRID ROUNDS
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "store/test_bench.hpp"

namespace {

using namespace bitgrid;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPace{10};

/// Writes an event and a memory that belongs to it, each `kPace`.
class Writer {
public:
    explicit Writer(const std::string& folder) : bench_{folder}, thread_{[this] { work(); }} {}
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;
    ~Writer() {
        is_over_ = true;
        thread_.join();
    }
    /// The newest event that is certain.
    std::int64_t acknowledged() const { return acknowledged_; }
    void wait_for(std::int64_t sequence) const { acknowledged_.wait(sequence - 1); }

    /// What was remembered with an event: its number, in every part that must survive.
    static ports::Checkpoint memory_of(std::int64_t number) {
        core::LoadMemory load;
        load.lockout = core::Lockout{core::LockoutReason::Overtemp, {number}, true, false};
        ports::Checkpoint checkpoint;
        checkpoint.memory.loads.push_back(load);
        checkpoint.load_ids = {"miner"};
        checkpoint.override_ids = {""};
        checkpoint.actors = {""};
        checkpoint.last_block = number;
        return checkpoint;
    }

private:
    void work() {
        auto next = Clock::now();
        for (std::int64_t number = 1; !is_over_; ++number) {
            const auto receipt = bench_.write(
                {store::decision(number, "d" + std::to_string(number))}, memory_of(number));
            if (!receipt || receipt->sequence != number) std::abort();
            acknowledged_ = number;
            acknowledged_.notify_all();
            std::this_thread::sleep_until(next += kPace);
        }
    }

    store::Bench bench_;
    std::atomic<std::int64_t> acknowledged_{0};
    std::atomic<bool> is_over_{false};
    std::thread thread_;
};

struct Call {
    nlohmann::json answer;
    double took_s;
};
Call call(const std::string& command) {
    const auto began = Clock::now();
    std::FILE* const output = popen((command + " --json").c_str(), "r");
    if (output == nullptr) throw std::runtime_error{"popen"};
    std::string text(65'536, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), output));
    if (pclose(output) != 0) throw std::runtime_error{command + " failed"};
    return {nlohmann::json::parse(text),
            std::chrono::duration<double>(Clock::now() - began).count()};
}

/// What is wrong with what came back; empty: nothing.
std::string judge(const std::string& data, std::int64_t events, std::int64_t least) {
    if (events < least) return "events that were acknowledged are missing";
    const store::Bench restored{data};
    const store::Restored& found = restored.journal->restored();
    if (!found.warning.empty()) return found.warning;
    if (found.last_sequence != events) return "it does not end where the backup says";
    if (!found.checkpoint) return "nothing is remembered";
    const core::LoadMemory& load = found.checkpoint->memory.loads[0];
    if (found.checkpoint->last_block != events || !load.lockout || load.lockout->until.ms != events)
        return "it remembers another moment than that of its newest event";
    return {};
}

struct Times {
    std::vector<double> all;
    void print(const char* what) {
        std::sort(all.begin(), all.end());
        std::cerr << what << ": median " << all[all.size() / 2] << " s, longest " << all.back()
                  << " s\n";
    }
};

int run(const std::string& bitgrid, int rounds) {
    const store::TempFolder folder;
    const auto at = [&](const char* name) { return folder.path() + "/" + name; };
    std::filesystem::create_directory(at("nas"));
    std::filesystem::create_directory(at("config"));
    std::ofstream{at("config/site.yaml")} << "# as it is\n";
    Writer writer{at("data")};
    writer.wait_for(1);
    const std::string house =
        " --data '" + at("data") + "' --config '" + at("config") + "' --to '" + at("nas") + "'";
    Times backups, restores;
    std::int64_t first = 0, last = 0;
    for (int round = 0; round < rounds; ++round) {
        const std::int64_t least = writer.acknowledged();
        const Call backup = call("'" + bitgrid + "' backup --keep 1" + house);
        const auto made = backup.answer["folder"].get<std::string>();
        last = backup.answer["events"].get<std::int64_t>();
        if (round == 0) first = last;
        const Call restore = call("'" + bitgrid + "' restore '" + made + "' --data '" +
                                  at("new/data") + "' --config '" + at("new/config") + "'");
        const std::string wrong = judge(at("new/data"), last, least);
        if (!wrong.empty()) {
            std::cerr << "round " << round + 1 << ": " << wrong << "; see " << made << '\n';
            return 1;
        }
        std::filesystem::remove_all(at("new"));
        std::filesystem::remove_all(made);  // the next may have the same second
        backups.all.push_back(backup.took_s);
        restores.all.push_back(restore.took_s);
    }
    if (rounds > 1 && last == first) {
        std::cerr << "nothing was written meanwhile\n";
        return 1;
    }
    std::cerr << rounds << " backups while " << last
              << " events were written; each restored, whole "
              << "and with its memory\n";
    backups.print("backup");
    restores.print("restore");
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "usage: backup_loop BITGRID ROUNDS\n";
        return 64;
    }
    try {
        return run(argv[1], std::max(1, std::atoi(argv[2])));
    } catch (const std::exception& error) {
        std::cerr << "backup_loop: " << error.what() << '\n';
        return 1;
    }
}
