#pragma once
// Where the mirror of one installation lives, and whether it may run: its configuration, the
// consent as the journal has it, the journal as the mirror sees it. Used by the verbs of `bitgrid
// mirror` alone. One thread. Blocks on the disk.
#include <CLI/CLI.hpp>

#include "app/bitgrid/looking.hpp"
#include "app/mirror_config.hpp"
#include "mirror/outbox.hpp"
#include "ops/checked.hpp"

namespace bitgrid::app {

struct MirrorPlace {
    Looking look;
    std::string config{"config"};

    void add_to(CLI::App& verb);
    std::string file() const { return config + "/mirror.yaml"; }
    std::string folder() const { return look.data + "/mirror"; }
    std::string keys() const { return look.data + "/keys/mirror"; }
    /// Every problem of mirror.yaml.
    ops::Checked<MirrorConfig> read() const;
};

/// What the journal knows of the consent that stands in mirror.yaml. Reads each row once.
class JournalledConsent {
public:
    /// Unavailable where the journal cannot be read.
    core::Result<void> look(store::JournalReader&, const MirrorConfig&);
    /// The newest configuration has it, as it stands in the file.
    bool is_in_force() const { return is_in_force_; }
    std::int64_t since_row() const { return since_row_; }  ///< the first one that had it

private:
    std::string consent_;
    std::int64_t seen_{0};
    std::int64_t since_row_{0};
    bool is_in_force_{false};
};

/// The rows of the chosen datasets. The reader must outlive it.
class JournalSource final : public mirror::Source {
public:
    JournalSource(store::JournalReader& journal, std::vector<std::string> datasets)
        : journal_{journal}, datasets_{std::move(datasets)} {}

    core::Result<std::vector<mirror::Row>> rows_after(std::int64_t sequence, int most) override;
    core::Result<std::optional<mirror::Row>> row(std::int64_t sequence) override;
    core::Result<std::int64_t> oldest() override;
    core::Result<std::int64_t> newest() override;

private:
    bool is_chosen(const ports::StoredEvent&) const;

    store::JournalReader& journal_;
    std::vector<std::string> datasets_;
};

core::UnixTime now_by_the_clock();

}  // namespace bitgrid::app
