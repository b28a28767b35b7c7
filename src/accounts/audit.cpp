#include "accounts/audit.hpp"

#include <algorithm>

#include "accounts/private_file.hpp"
#include "wire/bounded_json.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::accounts {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostAuditText = 200;
constexpr wire::JsonBounds kLineBounds{8'192, 2};

std::filesystem::path audit_in(const std::filesystem::path& folder) {
    return folder / "audit.jsonl";
}

}  // namespace

std::string line_of(const AuditEntry& entry) {
    return Json{{"time", wire::time_text(entry.time)},
                {"what", entry.what.substr(0, kMostAuditText)},
                {"who", entry.who.substr(0, kMostAuditText)},
                {"peer", entry.peer.substr(0, kMostAuditText)},
                {"detail", entry.detail.substr(0, kMostAuditText)}}
        .dump(-1, ' ', false, Json::error_handler_t::replace);
}

core::Result<AuditEntry> entry_of(std::string_view line) {
    const core::Error damaged{core::ErrorCode::Damaged, "a line of the audit log is damaged"};
    const auto json = wire::parse_json(line, kLineBounds);
    if (!json || !json->is_object()) return damaged;
    const auto text = [&](const char* key, std::string& value) {
        const auto found = json->find(key);
        if (found == json->end() || !found->is_string()) return false;
        value = found->get<std::string>();
        return true;
    };
    AuditEntry entry;
    std::string time;
    if (!text("time", time) || !text("what", entry.what) || !text("who", entry.who) ||
        !text("peer", entry.peer) || !text("detail", entry.detail))
        return damaged;
    const auto moment = wire::parse_time(time);
    if (!moment) return damaged;
    entry.time = *moment;
    return entry;
}

core::Result<void> append_audit(const std::filesystem::path& folder, const AuditEntry& entry) {
    return append_private(audit_in(folder), line_of(entry), kMostAuditBytes);
}

core::Result<std::vector<AuditEntry>> read_audit(const std::filesystem::path& folder,
                                                 std::size_t most) {
    std::vector<AuditEntry> entries;
    for (const std::string& name : {audit_in(folder).string(), audit_in(folder).string() + ".1"}) {
        const auto text = read_private(name, kMostAuditBytes + kLineBounds.bytes);
        if (!text) return text.error();
        std::string_view rest = *text;
        while (!rest.empty() && entries.size() < most) {
            if (rest.ends_with('\n')) rest.remove_suffix(1);
            const std::size_t begin = rest.rfind('\n') + 1;  // npos + 1 is 0
            if (auto entry = entry_of(rest.substr(begin))) entries.push_back(std::move(*entry));
            rest = rest.substr(0, begin);
        }
    }
    return entries;
}

}  // namespace bitgrid::accounts
