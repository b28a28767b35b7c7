#include "app/bitgrid/update_database.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <sstream>
#include <thread>

#include "app/backup_place.hpp"
#include "backup/tree.hpp"
#include "files/whole_file.hpp"
#include "store/folder_lock.hpp"
#include "store/live_copy.hpp"

namespace bitgrid::app {
namespace {

namespace fs = std::filesystem;

constexpr auto kRhythm = std::chrono::milliseconds{100};
constexpr std::size_t kMostList = std::size_t{64} << 20;
constexpr const char* kJournal = "/bitgrid.sqlite";
constexpr const char* kHeads = "/heads.txt";
constexpr const char* kList = "/parquet.txt";

core::Result<store::FolderLock> wait_for_end(const std::string& data, int patience_s) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{patience_s};
    for (;;) {
        auto lock = store::FolderLock::take(data);
        if (lock || lock.error().code != core::ErrorCode::Refused ||
            std::chrono::steady_clock::now() >= end)
            return lock;
        std::this_thread::sleep_for(kRhythm);
    }
}

bool is_there(const std::string& path) {
    std::error_code error;
    return fs::exists(fs::symlink_status(path, error));
}

core::Result<void> give_all(const std::string& data, const std::string& folder) {
    give_to_owner_of(data, folder);
    const auto files = backup::files_below(folder);
    if (!files) return files.error();
    for (const std::string& file : *files) give_to_owner_of(data, folder + "/" + file);
    return {};
}

core::Result<void> save_the_rest(const std::string& data, const std::string& to) {
    if (is_there(data + kHeads))
        if (const auto copied = backup::copy_file(data + kHeads, to + kHeads); !copied)
            return copied.error();
    const auto files = backup::files_below(data + "/parquet");
    if (!files) return files.error();
    std::string list;
    for (const std::string& file : *files) list += file + "\n";
    return backup::write_file(to + kList, list);
}

core::Result<void> move_aside(const std::string& from, const std::string& to) {
    if (!is_there(from)) return {};
    if (auto made = files::make_folders(fs::path{to}.parent_path().string()); !made) return made;
    return files::move_into_place(from, to);
}

// What was sealed since: the journal that comes back still has it, and will seal it again.
core::Result<void> move_new_files(const std::string& data, const std::string& evidence) {
    const auto text = backup::read_file(data + kBeforeUpdate + kList, kMostList);
    if (!text) return text.error();
    std::istringstream list{*text};
    std::vector<std::string> known;
    for (std::string line; std::getline(list, line);) known.push_back(line);
    std::ranges::sort(known);
    const auto files = backup::files_below(data + "/parquet");
    if (!files) return files.error();
    for (const std::string& file : *files)
        if (!std::ranges::binary_search(known, file)) {
            const std::string below = "/parquet/" + file;
            if (auto moved = move_aside(data + below, evidence + below); !moved) return moved;
        }
    return {};
}

}  // namespace

bool has_saved_database(const std::string& data) {
    return is_there(data + kBeforeUpdate + kJournal);
}

core::Result<std::int64_t> save_database(const std::string& data, int patience_s) {
    const auto lock = wait_for_end(data, patience_s);
    if (!lock) return lock.error();
    forget_saved_database(data);
    const std::string unfinished = data + kBeforeUpdate + ".unfinished";
    remove_tree(unfinished);
    Scaffold scaffold{unfinished};
    const std::int64_t bytes = store::bytes_of_journal(data + kJournal);
    if (const auto room = check_room(data, bytes + kSpareBytes); !room) return room.error();
    if (const auto made = backup::make_folders(unfinished); !made) return made.error();
    const auto copied = store::copy_live(data + kJournal, unfinished + kJournal);
    if (!copied) return copied.error();
    if (const auto rest = save_the_rest(data, unfinished); !rest) return rest.error();
    if (const auto given = give_all(data, unfinished); !given) return given.error();
    if (const auto safe = backup::sync_folders(unfinished); !safe) return safe.error();
    if (const auto named = files::move_into_place(unfinished, data + kBeforeUpdate); !named)
        return named.error();
    scaffold.keep();
    return copied->chain.last_sequence;
}

core::Result<void> bring_database_back(const std::string& data, const std::string& evidence,
                                       int patience_s) {
    const auto lock = wait_for_end(data, patience_s);
    if (!lock) return lock.error();
    const std::string saved = data + kBeforeUpdate;
    if (!has_saved_database(data)) return {};
    if (auto made = files::make_folders(evidence); !made) return made;
    if (auto moved = move_new_files(data, evidence); !moved) return moved;
    // The log of a database before the database: what belongs together is never half there.
    for (const char* end : {"-wal", "-shm", ""}) {
        const std::string name = std::string{kJournal} + end;
        if (auto moved = move_aside(data + name, evidence + name); !moved) return moved;
    }
    if (is_there(saved + kHeads)) {
        if (auto moved = move_aside(data + kHeads, evidence + kHeads); !moved) return moved;
        if (auto back = files::move_into_place(saved + kHeads, data + kHeads); !back) return back;
    }
    if (auto given = give_all(data, evidence); !given) return given;
    if (auto back = files::move_into_place(saved + kJournal, data + kJournal); !back) return back;
    forget_saved_database(data);
    return {};
}

// The journal in it goes first: without it nothing is brought back any more.
void forget_saved_database(const std::string& data) {
    std::error_code error;
    fs::remove(data + kBeforeUpdate + kJournal, error);
    remove_tree(data + kBeforeUpdate);
}

}  // namespace bitgrid::app
