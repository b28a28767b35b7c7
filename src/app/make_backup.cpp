#include "app/make_backup.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>

#include "app/backup_place.hpp"
#include "app/open_config.hpp"
#include "backup/tar.hpp"
#include "backup/tree.hpp"
#include "store/files.hpp"
#include "store/live_copy.hpp"
#include "wire/backup_json.hpp"
#include "wire/bounded_json.hpp"

namespace bitgrid::app {
namespace {

namespace fs = std::filesystem;

constexpr int kLooks = 3;  ///< where a day is sealed meanwhile
constexpr std::size_t kMostHeads = std::size_t{16} << 20;

core::Error unavailable(std::string what) {
    return {core::ErrorCode::Unavailable, std::move(what)};
}
core::Error bad(std::string what) { return {core::ErrorCode::BadInput, std::move(what)}; }

class Making {
public:
    explicit Making(const BackupOrder& order)
        : order_{order},
          staging_{order.data + "/backup.unfinished"},
          name_{backup::backup_name(order.now)},
          folder_{order.shelf.empty() ? staging_ + "/house"
                                      : order.shelf + "/" + name_ + backup::kUnfinished} {}

    core::Result<BackupMade> run() {
        if (!order_.shelf.empty()) backup::sweep(order_.shelf);
        for (const std::string& left : {staging_, folder_}) remove_tree(left);
        const Scaffold staging{staging_};
        Scaffold unfinished{folder_};
        read_before();
        for (const auto step : {&Making::begin, &Making::copy_journal, &Making::copy_past,
                                &Making::copy_config, &Making::finish})
            if (const auto done = (this->*step)(); !done) return done.error();
        if (!order_.shelf.empty()) {
            if (const auto named = give_name(); !named) return named.error();
            unfinished.keep();
        }
        if (order_.hand_over)
            if (const auto handed =
                    order_.hand_over(order_.shelf.empty() ? folder_ : made_.folder, name_);
                !handed)
                return handed.error();
        if (!order_.shelf.empty())
            made_.removed =
                backup::remove_beyond(order_.shelf, std::max<std::size_t>(order_.keep, 1));
        return std::move(made_);
    }

private:
    // Sealed files never change: what the newest backup has is not copied again.
    void read_before() {
        if (order_.shelf.empty()) return;
        const auto names = backup::backups_in(order_.shelf);
        if (names.empty()) return;
        before_folder_ = order_.shelf + "/" + names.back();
        const auto text =
            backup::read_file(before_folder_ + "/" + backup::kManifest, backup::kMostManifestBytes);
        if (!text) return;
        if (auto manifest = backup::read_manifest(*text)) before_ = std::move(*manifest);
    }

    core::Result<void> begin() {
        const std::int64_t journal = store::bytes_of_journal(order_.data + "/bitgrid.sqlite");
        if (auto room = check_room(order_.data, 2 * journal + kSpareBytes); !room) return room;
        if (auto made = backup::make_folders(staging_); !made) return made;
        if (order_.shelf.empty()) return backup::make_folders(folder_ + "/data");
        std::int64_t past = 0;
        const auto files = backup::files_below(order_.data + "/parquet");
        if (!files) return files.error();
        for (const std::string& file : *files) {
            std::error_code gone;
            const auto size = fs::file_size(order_.data + "/parquet/" + file, gone);
            if (!gone && (!before_ || before_->find("data/parquet/" + file) == nullptr))
                past += static_cast<std::int64_t>(size);
        }
        if (auto room = check_room(order_.shelf, 2 * journal + past + kSpareBytes); !room)
            return room;
        return backup::make_folders(folder_ + "/data");
    }

    // First to the disk that it is on, where it is quick: the daemon's log grows until it is done.
    core::Result<void> copy_journal() {
        const std::string copy = staging_ + "/bitgrid.sqlite";
        const auto copied = store::copy_live(order_.data + "/bitgrid.sqlite", copy);
        if (!copied) return copied.error();
        made_.manifest.tables = copied->version;
        made_.manifest.last_event = copied->chain.last_sequence;
        made_.manifest.head = copied->chain.head;
        return add(copy, backup::kJournal);
    }

    // After the journal, so that what is pruned from it meanwhile is there. Heads and files must
    // fit: where a day is sealed in between, they are taken again.
    core::Result<void> copy_past() {
        for (int left = kLooks;; --left) {
            const std::string heads = heads_now();
            if (auto copied = copy_sealed(); !copied) return copied;
            if (left > 1 && heads_now() != heads) continue;
            if (auto copied = copy_all("config", "data/config/"); !copied) return copied;
            if (heads.empty()) return {};
            return add_text(heads, backup::kHeads);
        }
    }
    std::string heads_now() const {
        auto text = backup::read_file(order_.data + "/heads.txt", kMostHeads);
        return text ? std::move(text).value() : std::string{};
    }
    core::Result<void> copy_sealed() {
        const auto files = backup::files_below(order_.data + "/parquet");
        if (!files) return files.error();
        for (const std::string& file : *files) {
            if (!file.ends_with(".parquet")) continue;  // not finished yet
            const std::string path = "data/parquet/" + file;
            if (is_added(path)) continue;
            const auto done = add_sealed(order_.data + "/parquet/" + file, path);
            if (!done && done.error().code != core::ErrorCode::NotFound) return done;
        }
        return {};
    }
    core::Result<void> add_sealed(const std::string& from, const std::string& path) {
        const auto now = backup::look_at_file(from);
        if (!now) return now.error();
        const backup::Entry entry{path, now->bytes, now->sha256};
        const backup::Entry* const known = before_ ? before_->find(path) : nullptr;
        std::string same;
        if (order_.shelf.empty()) same = from;
        else if (known != nullptr && *known == entry) same = before_folder_ + "/" + path;
        return !same.empty() && link(same, entry) ? core::Result<void>{} : add(from, path);
    }
    // Where the disk knows no second name for a file, or it is not what it was: it is copied.
    bool link(const std::string& from, const backup::Entry& entry) {
        const std::string to = folder_ + "/" + entry.path;
        if (!backup::make_folders(fs::path{to}.parent_path().string())) return false;
        if (::link(from.c_str(), to.c_str()) != 0) return false;
        const auto there = backup::look_at_file(to);
        if (there && there->bytes == entry.bytes && there->sha256 == entry.sha256) {
            list(entry);
            return true;
        }
        ::unlink(to.c_str());
        return false;
    }

    core::Result<void> copy_all(const std::string& folder, const std::string& below) {
        const auto files = backup::files_below(order_.data + "/" + folder);
        if (!files) return files.error();
        const fs::path from = fs::path{order_.data} / folder;
        for (const std::string& file : *files)
            if (!is_added(below + file))
                if (auto done = add((from / file).string(), below + file); !done) return done;
        return {};
    }

    core::Result<void> copy_config() {
        const bool is_open = order_.lock.recipients.empty() && order_.lock.passphrase.empty();
        auto config = small_files(order_.config, "config/");
        if (!config) return config.error();
        auto keys = small_files(order_.data + "/keys", "data/keys/");
        if (!keys) return keys.error();
        made_.leaves_out_keys = is_open && !keys->empty();
        made_.has_keys = !is_open && !keys->empty();
        if (is_open) {
            for (const auto& [path, text] : *config) {
                if (!may_lie_open(path, text)) made_.manifest.left_out.push_back(path);
                else if (auto done = add_text(text, path); !done) return done;
            }
            for (const auto& [path, text] : *keys) made_.manifest.left_out.push_back(path);
            return {};
        }
        config->merge(*keys);
        const auto packed = backup::pack(*config);
        if (!packed) return packed.error();
        const auto sealed = crypto::age::encrypt(*packed, order_.lock);
        if (!sealed) return sealed.error();
        return add_text(*sealed, backup::kSecrets);
    }
    static core::Result<backup::SmallFiles> small_files(const std::string& folder,
                                                        const std::string& below) {
        const auto paths = backup::files_below(folder);
        if (!paths) return paths.error();
        backup::SmallFiles files;
        for (const std::string& path : *paths) {
            auto text = backup::read_file((fs::path{folder} / path).string(), backup::kMostPacked);
            if (!text) return text.error();
            files.emplace(below + path, std::move(text).value());
        }
        return files;
    }

    core::Result<void> add(const std::string& from, const std::string& path) {
        const std::string to = folder_ + "/" + path;
        if (auto made = backup::make_folders(fs::path{to}.parent_path().string()); !made)
            return made;
        const auto copied = backup::copy_file(from, to);
        if (!copied) return copied.error();
        note({path, copied->bytes, copied->sha256});
        return {};
    }
    core::Result<void> add_text(const std::string& text, const std::string& path) {
        const std::string to = folder_ + "/" + path;
        if (auto made = backup::make_folders(fs::path{to}.parent_path().string()); !made)
            return made;
        if (auto written = backup::write_file(to, text); !written) return written;
        note({path, static_cast<std::int64_t>(text.size()), crypto::sha256(text)});
        return {};
    }
    void note(backup::Entry entry) {
        made_.new_bytes += entry.bytes;
        list(std::move(entry));
    }
    void list(backup::Entry entry) {
        added_.insert(entry.path);
        made_.manifest.files.push_back(std::move(entry));
    }
    bool is_added(const std::string& path) const { return added_.contains(path); }

    core::Result<void> finish() {
        made_.manifest.program = BITGRID_VERSION;
        made_.manifest.made = order_.now;
        std::ranges::sort(made_.manifest.files, {}, &backup::Entry::path);
        const std::string path = folder_ + "/" + backup::kManifest;
        if (auto written = backup::write_file(path, backup::manifest_text(made_.manifest));
            !written)
            return written;
        if (auto safe = backup::sync_folders(folder_); !safe) return safe;
        const auto checked = backup::check_files(folder_);
        if (!checked) return checked.error();
        if (*checked != made_.manifest)
            return core::Error{core::ErrorCode::Damaged, path + " reads otherwise than written"};
        return {};
    }

    core::Result<void> give_name() {
        made_.folder = order_.shelf + "/" + name_;
        std::error_code error;
        if (fs::exists(fs::symlink_status(made_.folder, error)))
            return core::Error{core::ErrorCode::Refused, made_.folder + " is there already"};
        fs::rename(folder_, made_.folder, error);
        if (error) return unavailable(made_.folder + ": " + error.message());
        return store::real_files().sync_folder(order_.shelf);
    }

    const BackupOrder& order_;
    const std::string staging_;
    const std::string name_;
    const std::string folder_;
    std::string before_folder_;
    std::optional<backup::Manifest> before_;
    std::set<std::string> added_;
    BackupMade made_;
};

// For the daemon, which warns when the newest good one is old.
void leave_note(const BackupOrder& order, const core::Result<BackupMade>& made) {
    const std::string path = order.data + "/backup.json";
    wire::BackupNote note;
    if (const auto text = backup::read_file(path, 16'384))
        if (const auto json = wire::parse_json(*text))
            if (auto before = wire::backup_from_json(*json)) note = std::move(*before);
    if (note.since.ms == 0) note.since = order.now;
    note.last_try = order.now;
    if (made) {
        note.last_good = order.now;
        note.again.reset();
        if (!order.shelf.empty())
            note.again = wire::BackupAgain{fs::absolute(order.shelf).string(),
                                           fs::absolute(order.config).string(),
                                           static_cast<std::int64_t>(order.keep),
                                           order.lock.recipients, order.passphrase_file};
    }
    note.target = order.shelf.empty() ? order.target : fs::absolute(order.shelf).string();
    note.trouble = made ? "" : made.error().what.substr(0, 500);
    (void)backup::write_file(
        path, wire::backup_json(note).dump(-1, ' ', false,
                                           nlohmann::json::error_handler_t::replace) +
                  "\n");  // without it the daemon warns once too often
    give_to_owner_of(order.data, path);
}

}  // namespace

core::Result<BackupMade> make_backup(const BackupOrder& order) {
    for (const std::string& recipient : order.lock.recipients)
        if (const auto good = crypto::age::check_recipient(recipient); !good) return good.error();
    if (!order.lock.recipients.empty() && !order.lock.passphrase.empty())
        return bad("either recipients or a passphrase");
    if (store::bytes_of_journal(order.data + "/bitgrid.sqlite") == 0)
        return unavailable("no journal at " + order.data +
                           "/bitgrid.sqlite; --data names the folder that the daemon writes to");
    const auto lock = OneAtATime::take(order.data, "backup");
    if (!lock) return lock.error();
    const auto place = check_shelf(order.shelf, {order.data, order.config});
    auto made = place ? Making{order}.run() : core::Result<BackupMade>{place.error()};
    leave_note(order, made);
    return made;
}

}  // namespace bitgrid::app
