#include "app/export_desk.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

namespace bitgrid::app {
namespace {

namespace fs = std::filesystem;

constexpr int kExportMinutes = 30;
constexpr std::int64_t kExportPatienceMs = (kExportMinutes + 1) * std::int64_t{60'000};
constexpr std::size_t kMostListed = 1'000;
constexpr std::uintmax_t kMostHeads = std::uintmax_t{64} << 20;

// Letters, digits and a few signs, in the words that a command line gets.
bool is_word_of(const std::string& text, std::string_view signs) {
    return !text.empty() && text.size() <= 100 && text.front() != '-' &&
           std::all_of(text.begin(), text.end(), [signs](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      signs.find(c) != std::string_view::npos;
           });
}

bool is_finished(const std::string& name) {
    return is_word_of(name, "-.") && (name.ends_with(".zip") || name.ends_with(".zip.age")) &&
           name.front() != '.';
}

core::Error bad_request(const std::string& key, const std::string& allowed) {
    return {core::ErrorCode::BadInput, "\"" + key + "\" must be " + allowed};
}

// Nothing of what was sent reaches the command line unread.
core::Result<std::vector<std::string>> options_of(const ports::ExportRequest& request) {
    std::vector<std::string> options;
    const auto add = [&](const char* option, const std::string& value) {
        options.emplace_back(option);
        options.push_back(value);
    };
    if (!request.since.empty()) add("--since", request.since);
    if (!request.until.empty()) add("--until", request.until);
    for (const std::string* time : {&request.since, &request.until})
        if (!time->empty() && !is_word_of(*time, "-:."))
            return bad_request(time == &request.since ? "since" : "until",
                               "a day, a moment, or back from now like 30d");
    static const std::set<std::string> kScopes{"timeline", "states", "kpi", "explain", "config"};
    for (const std::string& word : request.scope) {
        if (!kScopes.contains(word))
            return bad_request("scope", "a list of timeline, states, kpi, explain, config");
        add("--scope", word);
    }
    if (!request.recipient.empty()) add("--recipient", request.recipient);
    if (!request.recipient.empty() && !is_word_of(request.recipient, ""))
        return bad_request("recipient", "an age key: age1…");
    if (!request.is_anonymous) options.emplace_back("--no-anonymise");
    if (request.is_relative) options.emplace_back("--relative-time");
    return options;
}

std::string words_of_exit(int code) {
    if (code == 128 + 9) return "the export took too long, or was stopped";
    return "the export ended with " + std::to_string(code) + "; the log says why";
}

/// What comes behind `key=` in a line of heads.txt.
std::string value_in(const std::string& line, const std::string& key) {
    const std::size_t at = line.find(" " + key + "=");
    if (at == std::string::npos) return {};
    const std::size_t begin = at + key.size() + 2;
    return line.substr(begin, line.find(' ', begin) - begin);
}

}  // namespace

ExportDesk::ExportDesk(boost::asio::io_context& io, ports::Clock& clock, std::string program,
                       std::string data)
    : io_{io}, clock_{clock}, program_{std::move(program)}, data_{std::move(data)} {}

core::Result<void> ExportDesk::begin(const ports::ExportRequest& request) {
    if (child_)
        return core::Error{core::ErrorCode::Refused, "an export is being made; one at a time"};
    if (program_.empty())
        return core::Error{core::ErrorCode::Unavailable,
                           "the program bitgrid is not beside bitgridd"};
    if (rests_)
        return core::Error{core::ErrorCode::Unavailable,
                           "the host lives on its UPS; an export can wait for mains"};
    const auto options = options_of(request);
    if (!options) return options.error();
    std::vector<std::string> command{program_,
                                     "export",
                                     "make",
                                     "--data",
                                     data_,
                                     "--most-minutes",
                                     std::to_string(kExportMinutes)};
    command.insert(command.end(), options->begin(), options->end());
    auto child = ChildProcess::start(io_, std::move(command), [this](int code) { ended(code); });
    if (!child) return child.error();
    trouble_.clear();
    child_ = std::move(*child);
    patience_ = clock_.after(kExportPatienceMs, [this] { child_->kill(); });
    return {};
}

void ExportDesk::ended(int code) {
    patience_.reset();
    child_.reset();
    if (code != 0) trouble_ = rests_ ? "the host lives on its UPS" : words_of_exit(code);
}

void ExportDesk::stop() {
    if (child_) child_->kill();
}

void ExportDesk::rest(bool rests) {
    rests_ = rests;
    if (rests_ && child_) child_->terminate();
}

ports::ExportsView ExportDesk::list() const {
    ports::ExportsView view;
    view.is_making = child_ != nullptr;
    view.trouble = trouble_;
    std::error_code error;
    for (fs::directory_iterator entry{data_ + "/exports", error}, end; !error && entry != end;
         entry.increment(error)) {
        const std::string name = entry->path().filename().string();
        std::error_code gone;
        if (!is_finished(name) || !fs::is_regular_file(entry->symlink_status(gone))) continue;
        const auto bytes = entry->file_size(gone);
        const auto time = std::chrono::file_clock::to_sys(entry->last_write_time(gone));
        if (gone) continue;
        view.items.push_back(
            {name,
             static_cast<std::int64_t>(bytes),
             {std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch())
                  .count()}});
        if (view.items.size() >= kMostListed) break;
    }
    std::ranges::sort(view.items, [](const auto& a, const auto& b) { return a.id > b.id; });
    return view;
}

core::Result<std::string> ExportDesk::find(const std::string& id) const {
    const ports::ExportsView view = list();
    if (std::ranges::none_of(view.items, [&](const auto& one) { return one.id == id; }))
        return core::Error{core::ErrorCode::NotFound, "there is no such export"};
    return data_ + "/exports/" + id;
}

// Once for each sealing: the file changes once a day.
core::Result<void> ExportDesk::read_heads() {
    const std::string path = data_ + "/heads.txt";
    std::error_code error;
    const auto bytes = fs::file_size(path, error);
    if (error) {
        sealed_.clear();
        return {};
    }
    const auto time = fs::last_write_time(path, error);
    if (time == heads_time_ && bytes == heads_bytes_) return {};
    if (bytes > kMostHeads)
        return core::Error{core::ErrorCode::TooLarge, path + ": more than 64 MiB"};
    std::ifstream file{path, std::ios::binary};
    std::map<std::string, ports::SealedFileView> found;
    for (std::string line; std::getline(file, line);) {
        const std::string name =
            line.substr(0, line.find(' ', 5)).substr(std::min<std::size_t>(5, line.size()));
        if (line.starts_with("gone ")) found.erase(name);
        if (!line.starts_with("file ") || name.find("..") != std::string::npos ||
            !is_word_of(name, "-._=/") || name.front() == '/')
            continue;
        const std::string rows = value_in(line, "rows");
        ports::SealedFileView one{name, 0, value_in(line, "sha256"), 0};
        std::from_chars(rows.data(), rows.data() + rows.size(), one.rows);
        found[name] = std::move(one);
    }
    sealed_.clear();
    for (auto& [name, one] : found) {
        const auto size = fs::file_size(data_ + "/parquet/" + name, error);
        if (error) continue;
        one.bytes = static_cast<std::int64_t>(size);
        sealed_.push_back(std::move(one));
    }
    heads_time_ = time;
    heads_bytes_ = bytes;
    return {};
}

core::Result<std::vector<ports::SealedFileView>> ExportDesk::sealed() {
    if (const auto read = read_heads(); !read) return read.error();
    return sealed_;
}

core::Result<std::string> ExportDesk::find_sealed(const std::string& path) {
    if (const auto read = read_heads(); !read) return read.error();
    if (std::ranges::none_of(sealed_, [&](const auto& one) { return one.path == path; }))
        return core::Error{core::ErrorCode::NotFound, "no such sealed file is recorded"};
    return data_ + "/parquet/" + path;
}

}  // namespace bitgrid::app
