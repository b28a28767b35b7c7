#pragma once
// The built page from its folder: read once at start, served from memory, with a strict content
// security policy.
#include <map>
#include <memory>
#include <string>

#include "net/http_server.hpp"

namespace bitgrid::api {

/// Only files that were in the folder at start are served, and no symbolic links: no path of a
/// request ever reaches the disk. A missing folder serves a short page that says how to build it.
class StaticFiles {
public:
    explicit StaticFiles(const std::string& folder);

    /// The file, the page itself for paths of the page, or 404.
    net::ServerResponse answer(const net::ServerRequest&) const;

private:
    struct File {
        std::string type;
        std::shared_ptr<const std::string> plain, gzip, brotli;
        bool is_hashed{false};  ///< its name changes with its content
    };
    const File* find(const std::string& path) const;

    std::map<std::string, File> files_;
};

}  // namespace bitgrid::api
