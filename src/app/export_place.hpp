#pragma once
// The folder of exports, held while one is made; what an export that was killed left in it goes.
// One at a time, over all processes; one thread. Refused while another one is made there;
// Unavailable where it cannot be written.
#include <memory>
#include <string>

#include "core/result.hpp"
#include "core/time.hpp"

namespace bitgrid::app {

class ExportPlace {
public:
    static core::Result<std::unique_ptr<ExportPlace>> take(const std::string& folder);
    ExportPlace(const ExportPlace&) = delete;
    ExportPlace& operator=(const ExportPlace&) = delete;
    ~ExportPlace();  ///< whatever is unfinished goes

    std::string content() const { return folder_ + "/.unfinished"; }
    std::string zip() const { return folder_ + "/.unfinished.zip"; }
    /// A name that is still free: `2026-06-15T100000Z.zip`.
    std::string free_name(core::UnixTime now, const std::string& end) const;

private:
    ExportPlace(std::string folder, int file);
    void clear() const;

    std::string folder_;
    int file_;
    bool is_held_{false};
};

}  // namespace bitgrid::app
