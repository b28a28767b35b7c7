#include "mirror/reading.hpp"

#include <algorithm>
#include <map>

#include "mirror/files.hpp"
#include "mirror/record.hpp"
#include "wire/bounded_json.hpp"

namespace bitgrid::mirror {
namespace {

namespace fs = std::filesystem;

struct Entry {
    fs::path path;
    Head head;
    crypto::Hash hash{};
};

struct Range {
    std::uint64_t first{0}, last{0};
};

class Reading {
public:
    Reading(const crypto::RecipientSecret& secret, const ReadingSetup& setup)
        : secret_{secret}, setup_{setup} {}

    core::Result<void> look_at(const fs::path& folder) {
        std::vector<fs::path> paths;
        std::error_code fault;
        for (fs::recursive_directory_iterator entry{folder, fault}, end; !fault && entry != end;
             entry.increment(fault))
            if (entry->path().extension() == ".bgm1" && !entry->is_symlink(fault) &&
                entry->is_regular_file(fault))
                paths.push_back(entry->path());
        if (fault)
            return core::Error{core::ErrorCode::Unavailable,
                               folder.string() + ": " + fault.message()};
        std::ranges::sort(paths);
        for (const fs::path& path : paths) take(path);
        return {};
    }

    std::vector<Found> read() {
        std::vector<Found> all;
        for (auto& [stream, entries] : streams_) all.push_back(read(entries));
        const auto has_head = [&](const auto& stream) {
            return std::ranges::any_of(
                stream.second, [&](const Entry& entry) { return entry.hash == *setup_.head; });
        };
        if (setup_.head && std::ranges::none_of(streams_, has_head))
            tell({Fault::HeadMissing, "", 0, 0, crypto::hex(*setup_.head)});
        return all;
    }

private:
    void tell(const Finding& finding) const { setup_.found(finding); }

    void take(const fs::path& path) {
        const auto segment = files_.read(path, kMostSegment);
        auto head = segment ? checked_head(*segment) : core::Result<Head>{segment.error()};
        if (!head) return tell({Fault::Damaged, path.string(), 0, 0, head.error().what});
        const std::uint64_t number = head->number;
        if (setup_.signer && head->signer != *setup_.signer)
            return tell(
                {Fault::ForeignSigner, path.string(), number, number, crypto::hex(head->signer)});
        if (path.filename() != name_of(number))
            tell({Fault::Renamed, path.string(), number, number, {}});
        streams_[head->stream].push_back({path, std::move(*head), crypto::sha256(*segment)});
    }

    // In order, each once.
    std::vector<Entry> in_order(std::vector<Entry>& entries) const {
        std::ranges::stable_sort(entries, {}, [](const Entry& e) { return e.head.number; });
        std::vector<Entry> kept;
        for (Entry& entry : entries) {
            const std::uint64_t number = entry.head.number;
            const std::string path = entry.path.string();
            if (kept.empty() || kept.back().head.number != number) {
                if (kept.empty() || kept.front().head.signer == entry.head.signer)
                    kept.push_back(std::move(entry));
                else
                    tell({Fault::ForeignSigner, path, number, number,
                          crypto::hex(entry.head.signer)});
                continue;
            }
            const bool is_same = kept.back().hash == entry.hash;
            tell({is_same ? Fault::Repeated : Fault::Contradicting, path, number, number,
                  kept.back().path.string()});
        }
        return kept;
    }

    Found read(std::vector<Entry>& entries) {
        const std::vector<Entry> kept = in_order(entries);
        std::vector<Range> missing;
        std::vector<Range> announced;
        const Entry* before = nullptr;
        std::uint64_t next = setup_.begin;
        for (const Entry& entry : kept) {
            const std::uint64_t number = entry.head.number;
            if (number > next) missing.push_back({next, number - 1});
            if (!is_following(entry, before))
                tell({Fault::NotFollowing, entry.path.string(), number, number, {}});
            next = std::max(next, number + 1);
            before = &entry;
            open(entry, announced);
        }
        for (const Range& range : missing) tell_missing(range, announced);
        const Entry& last = kept.back();
        return {last.head.stream, last.head.signer, kept.front().head.number,
                last.head.number, kept.size(),      last.hash};
    }

    static bool is_following(const Entry& entry, const Entry* before) {
        if (entry.head.number == 1) return entry.head.previous == crypto::Hash{};
        if (before == nullptr || before->head.number + 1 != entry.head.number) return true;
        return entry.head.previous == before->hash;
    }

    void open(const Entry& entry, std::vector<Range>& announced) {
        const std::uint64_t number = entry.head.number;
        const auto segment = files_.read(entry.path, kMostSegment);
        if (!segment || crypto::sha256(*segment) != entry.hash)
            return tell({Fault::Damaged, entry.path.string(), number, number,
                         "it changes while it is read"});
        const auto text = mirror::open(*segment, secret_);
        if (!text) {
            const bool is_others = text.error().code == core::ErrorCode::NotFound;
            return tell({is_others ? Fault::NotForThisKey : Fault::Damaged, entry.path.string(),
                         number, number, text.error().what});
        }
        for (std::size_t at = 0; at < text->size();) {
            const std::size_t end = std::min(text->find('\n', at), text->size());
            const std::string_view line = std::string_view{*text}.substr(at, end - at);
            at = end + 1;
            if (line.empty()) continue;
            if (line.starts_with(R"({"gap":)")) note_gap(line, announced);
            setup_.line(line);
        }
    }

    static void note_gap(std::string_view line, std::vector<Range>& announced) {
        const auto json = wire::parse_json(line);
        if (!json || !json->contains("gap") || !(*json)["gap"].is_object()) return;
        const auto segments = (*json)["gap"].find("segments");
        if (segments == (*json)["gap"].end() || !segments->is_array() || segments->size() != 2 ||
            !(*segments)[0].is_number_unsigned() || !(*segments)[1].is_number_unsigned())
            return;
        announced.push_back(
            {(*segments)[0].get<std::uint64_t>(), (*segments)[1].get<std::uint64_t>()});
    }

    // What no gap tells of.
    void tell_missing(Range range, const std::vector<Range>& announced) const {
        std::vector<Range> sorted = announced;
        std::ranges::sort(sorted, {}, &Range::first);
        for (const Range& gap : sorted) {
            if (gap.last < range.first || gap.first > range.last) continue;
            if (gap.first > range.first) tell_missing(Range{range.first, gap.first - 1}, {});
            if (gap.last >= range.last) return;
            range.first = gap.last + 1;
        }
        tell({Fault::Missing, "", range.first, range.last, {}});
    }

    const crypto::RecipientSecret& secret_;
    const ReadingSetup& setup_;
    Files files_;
    std::map<StreamId, std::vector<Entry>> streams_;
};

}  // namespace

core::Result<std::vector<Found>> read_folder(const fs::path& folder,
                                             const crypto::RecipientSecret& secret,
                                             const ReadingSetup& setup) {
    Reading reading{secret, setup};
    if (auto looked = reading.look_at(folder); !looked) return looked.error();
    return reading.read();
}

}  // namespace bitgrid::mirror
