#pragma once
// `data/update.json`, where an update says what it does before it does it, and the lock that one
// update at a time holds. Blocks.
#include <string>
#include <utility>

#include "core/result.hpp"
#include "wire/update_json.hpp"

namespace bitgrid::app {

/// Freed by the kernel when its process ends, however it ends.
class UpdateLock {
public:
    /// Refused while another update runs.
    static core::Result<UpdateLock> take(const std::string& data);

    UpdateLock(UpdateLock&& other) noexcept : file_{std::exchange(other.file_, -1)} {}
    UpdateLock& operator=(UpdateLock&&) = delete;
    ~UpdateLock();

private:
    explicit UpdateLock(int file) : file_{file} {}
    int file_;
};

/// NotFound: there was no update yet. Damaged: it cannot be read, with the way out.
core::Result<wire::UpdateState> read_update(const std::string& data);
/// On disk, whole, when this returns.
core::Result<void> write_update(const std::string& data, const wire::UpdateState&);

}  // namespace bitgrid::app
