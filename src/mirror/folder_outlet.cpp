// A folder that is there: a stick, or what another machine shares. It is not made: where the disk
// is not mounted, the one below it must not fill up.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <thread>

#include "mirror/outlet.hpp"

namespace bitgrid::mirror {
namespace {

namespace fs = std::filesystem;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kPortion = std::size_t{16} << 10;
constexpr mode_t kFolderMode = 0755;
constexpr mode_t kFileMode = 0644;  // sealed, and whoever takes it further is another user

core::Error unreachable(const fs::path& path, int number) {
    return {core::ErrorCode::Unreachable, path.string() + ": " + std::strerror(number)};
}

class FolderOutlet final : public Outlet {
public:
    explicit FolderOutlet(OutletSetup setup) : setup_{std::move(setup)} {}

    core::Result<void> deliver(const Parcel& parcel) override {
        std::error_code fault;
        if (!fs::is_directory(setup_.target, fault))
            return core::Error{core::ErrorCode::Unreachable,
                               setup_.target + " is no folder: is its disk there?"};
        const fs::path folder = fs::path{setup_.target} / parcel.stream;
        if (::mkdir(folder.c_str(), kFolderMode) != 0 && errno != EEXIST)
            return unreachable(folder, errno);
        const fs::path path = folder / parcel.name;
        const fs::path beside = folder / ("." + parcel.name + ".part");
        if (auto written = write(beside, parcel.bytes); !written) {
            ::unlink(beside.c_str());
            return written;
        }
        if (::rename(beside.c_str(), path.c_str()) != 0) return unreachable(path, errno);
        return sync(folder);
    }

private:
    core::Result<void> write(const fs::path& path, std::string_view bytes) const {
        const int file =
            ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, kFileMode);
        if (file < 0) return unreachable(path, errno);
        auto copied = copy(file, path, bytes);
        const bool is_safe = !copied || ::fsync(file) == 0;
        const int number = errno;
        ::close(file);
        if (!is_safe) return unreachable(path, number);
        return copied;
    }

    // The share may lie behind a line that others need.
    core::Result<void> copy(int file, const fs::path& path, std::string_view bytes) const {
        const double per_second = setup_.rate_kbit_s * 1000.0 / 8;
        const auto began = SteadyClock::now();
        std::size_t done = 0;
        while (done < bytes.size()) {
            if (!setup_.goes_on()) return core::Error{core::ErrorCode::Timeout, "interrupted"};
            const std::string_view portion = bytes.substr(done, kPortion);
            const ssize_t wrote = ::write(file, portion.data(), portion.size());
            if (wrote < 0 && errno == EINTR) continue;
            if (wrote < 0) return unreachable(path, errno);
            done += static_cast<std::size_t>(wrote);
            std::this_thread::sleep_until(
                began + std::chrono::duration_cast<SteadyClock::duration>(
                            std::chrono::duration<double>{static_cast<double>(done) / per_second}));
        }
        return {};
    }

    static core::Result<void> sync(const fs::path& folder) {
        const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (file < 0) return {};  // a folder that only takes; the file itself is safe
        const bool is_safe = ::fsync(file) == 0 || errno == EINVAL;
        const int number = errno;
        ::close(file);
        if (!is_safe) return unreachable(folder, number);
        return {};
    }

    OutletSetup setup_;
};

}  // namespace

std::unique_ptr<Outlet> folder_outlet(OutletSetup setup) {
    return std::make_unique<FolderOutlet>(std::move(setup));
}

}  // namespace bitgrid::mirror
