// Loaded before a program (LD_PRELOAD): its CLOCK_REALTIME, and nobody else's, is wrong by so many
// milliseconds as stand in the file that BITGRID_FAULT_CLOCK names. The monotonic clocks are left
// alone, as on a machine whose clock is set.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>

namespace {

const volatile std::int64_t* offset_of_file() {
    static const volatile std::int64_t* const offset = [] {
        static const std::int64_t none = 0;
        const char* path = getenv("BITGRID_FAULT_CLOCK");
        const int file = path == nullptr ? -1 : open(path, O_RDONLY | O_CLOEXEC);
        if (file < 0) return &none;
        void* page = mmap(nullptr, sizeof none, PROT_READ, MAP_SHARED, file, 0);
        close(file);
        return page == MAP_FAILED ? &none : static_cast<const std::int64_t*>(page);
    }();
    return offset;
}

int read_clock(clockid_t clock, timespec* time) {
    const long result = syscall(SYS_clock_gettime, clock, time);
    if (result != 0 || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE))
        return static_cast<int>(result);
    const std::int64_t offset_ms = *offset_of_file();
    std::int64_t ns = time->tv_nsec + offset_ms % 1000 * 1'000'000;
    time->tv_sec += offset_ms / 1000;
    if (ns < 0) {
        ns += 1'000'000'000;
        --time->tv_sec;
    } else if (ns >= 1'000'000'000) {
        ns -= 1'000'000'000;
        ++time->tv_sec;
    }
    time->tv_nsec = ns;
    return 0;
}

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
    return read_clock(clock, time);
}
extern "C" int gettimeofday(timeval* __restrict now, void* __restrict) noexcept {
    timespec time{};
    const int result = read_clock(CLOCK_REALTIME, &time);
    *now = {time.tv_sec, time.tv_nsec / 1000};
    return result;
}
extern "C" time_t time(time_t* place) noexcept {
    timespec now{};
    read_clock(CLOCK_REALTIME, &now);
    if (place != nullptr) *place = now.tv_sec;
    return now.tv_sec;
}
