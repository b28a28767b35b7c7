// Preloaded into the daemon: every flush to the disk takes one to five seconds while the gate is
// closed. The flush itself is done as well.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>

#include "bench/reaction/slow_disk_gate.hpp"

namespace {

using bitgrid::bench::Gate;

Gate* gate_of_this_process() {
    const char* path = std::getenv(bitgrid::bench::kGateVariable);
    const int file = path != nullptr ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0) return nullptr;
    void* memory = mmap(nullptr, sizeof(Gate), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    return memory == MAP_FAILED ? nullptr : static_cast<Gate*>(memory);
}

void wait_at_the_gate() {
    static Gate* const gate = gate_of_this_process();
    if (gate == nullptr || gate->is_closed == 0) return;
    const std::uint32_t number = gate->held.fetch_add(1);
    const int most_ms = 1'000 + static_cast<int>(number * 2'654'435'761U >> 8U) % 4'000;
    const timespec pause{0, 1'000'000};
    for (int ms = 0; ms < most_ms && gate->is_closed != 0; ++ms) nanosleep(&pause, nullptr);
}

}  // namespace

extern "C" {
int fsync(int file) {
    wait_at_the_gate();
    return static_cast<int>(syscall(SYS_fsync, file));
}
int fdatasync(int file) {
    wait_at_the_gate();
    return static_cast<int>(syscall(SYS_fdatasync, file));
}
}
