#include "api/static_files.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace bitgrid::api {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMaxFile = 4 << 20;
constexpr std::size_t kMaxFiles = 500;

constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kTypes{{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".json", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".txt", "text/plain; charset=utf-8"},
}};

std::string type_of(const fs::path& path) {
    for (const auto& [ending, type] : kTypes)
        if (path.extension() == ending) return std::string{type};
    return "application/octet-stream";
}

// A symbolic link is none: it may lead out of the folder.
std::shared_ptr<const std::string> read_file(const fs::path& path) {
    std::error_code error;
    if (fs::symlink_status(path, error).type() != fs::file_type::regular ||
        fs::file_size(path, error) > kMaxFile)
        return nullptr;
    std::ifstream in{path, std::ios::binary};
    return std::make_shared<const std::string>(std::istreambuf_iterator<char>{in},
                                               std::istreambuf_iterator<char>{});
}

net::ServerResponse page_is_not_built() {
    return net::ServerResponse::of(
        200, "text/html; charset=utf-8",
        "<!doctype html><html lang=\"en\"><title>BitGridAI</title><h1>BitGridAI is running</h1>"
        "<p>The page is not built here. Build it with <code>./run build</code>; the API is at "
        "<a href=\"/api/v1/state\">/api/v1/state</a>.</p></html>");
}

}  // namespace

StaticFiles::StaticFiles(const std::string& folder) {
    std::error_code error;
    if (folder.empty() || !fs::is_directory(folder, error)) return;
    for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
        const fs::path& path = entry.path();
        if (path.extension() == ".gz" || path.extension() == ".br" || files_.size() == kMaxFiles)
            continue;
        File file{type_of(path), read_file(path), read_file(path.string() + ".gz"),
                  read_file(path.string() + ".br"), path.parent_path().filename() == "assets"};
        if (file.plain)
            files_["/" + path.lexically_relative(folder).generic_string()] = std::move(file);
    }
}

const StaticFiles::File* StaticFiles::find(const std::string& path) const {
    const auto found = files_.find(path);
    return found == files_.end() ? nullptr : &found->second;
}

net::ServerResponse StaticFiles::answer(const net::ServerRequest& request) const {
    const std::string path = request.path();
    const File* file = find(path);
    const bool is_page = path == "/" || path.starts_with("/d/");
    if (file == nullptr && is_page) file = find("/index.html");
    if (file == nullptr && is_page) return page_is_not_built();
    if (file == nullptr)
        return net::ServerResponse::of(404, "text/plain; charset=utf-8", "not found\n");

    const std::string accepts = request.header("accept-encoding");
    net::ServerResponse response{
        200, {{"Content-Type", file->type}, {"Vary", "Accept-Encoding"}}, file->plain};
    response.headers.emplace_back(
        "Cache-Control", file->is_hashed ? "public, max-age=31536000, immutable" : "no-cache");
    const auto pack = [&](const auto& packed, const char* name) {
        if (!packed || accepts.find(name) == std::string::npos) return false;
        response.body = packed;
        response.headers.emplace_back("Content-Encoding", name);
        return true;
    };
    if (!pack(file->brotli, "br")) pack(file->gzip, "gzip");
    return response;
}

}  // namespace bitgrid::api
