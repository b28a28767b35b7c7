#include "app/drill_report.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "wire/drill_json.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::app {
namespace {

namespace fs = std::filesystem;

// 2026-06-15T10:00:00.000Z as a part of a name: 20260615T100000Z.
std::string stamp(core::UnixTime time) {
    std::string text = wire::time_text(time).substr(0, 19);
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text + "Z";
}

core::Result<void> write(const std::string& path, const std::string& text) {
    const std::string draft = path + ".part";
    std::ofstream file{draft, std::ios::trunc};
    file << text;
    file.close();
    std::error_code error;
    if (file) fs::rename(draft, path, error);
    if (!file || error)
        return core::Error{core::ErrorCode::Unavailable, path + ": cannot be written"};
    return {};
}

}  // namespace

core::Result<std::string> write_drill(const std::string& folder, const DrillPaper& paper) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) return core::Error{core::ErrorCode::Unavailable, folder + ": " + error.message()};
    nlohmann::json json = wire::drill_json(paper.outcome.report);
    json.erase("actor");
    json["schema"] = "drill/1";
    json["time"] = wire::time_text(paper.time);
    json["simulated"] = paper.where.empty();
    if (!paper.where.empty()) json["url"] = paper.where;
    json["trouble"] = paper.outcome.trouble;
    const std::string path = folder + "/drill-" + stamp(paper.time);
    if (const auto written = write(path + ".json", json.dump(2) + "\n"); !written)
        return written.error();
    const std::string told = wire::time_text(paper.time) + "\n" + paper.told;
    if (const auto written = write(path + ".txt", told); !written) return written.error();
    return path;
}

}  // namespace bitgrid::app
