// Loaded before a program (LD_PRELOAD): what it writes below the folder of BITGRID_FAULT_FOLDER
// fares as the file that BITGRID_FAULT_DISK names says; see harness/shims.hpp. Nobody else's does.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "faults/harness/disk_trouble.hpp"

namespace {

using bitgrid::faults::DiskTrouble;

const volatile DiskTrouble& trouble() {
    static const volatile DiskTrouble* const now = [] {
        static const DiskTrouble none{};
        const char* path = getenv("BITGRID_FAULT_DISK");
        const int file = path == nullptr ? -1 : open(path, O_RDONLY | O_CLOEXEC);
        if (file < 0) return &none;
        void* page = mmap(nullptr, sizeof none, PROT_READ, MAP_SHARED, file, 0);
        close(file);
        return page == MAP_FAILED ? &none : static_cast<const DiskTrouble*>(page);
    }();
    return *now;
}

bool is_below_folder(int file) {
    static const char* const folder = getenv("BITGRID_FAULT_FOLDER");
    if (folder == nullptr) return false;
    char link[40], path[4096];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    const ssize_t size = readlink(link, path, sizeof path);
    const std::size_t length = std::strlen(folder);
    return size >= static_cast<ssize_t>(length) && std::strncmp(path, folder, length) == 0;
}

bool fails(int error, int file) {
    if (error == 0 || !is_below_folder(file)) return false;
    errno = error;
    return true;
}

template <class Function>
Function next(const char* name) {
    return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

int sync(int file, const char* name) {
    static const auto real_fsync = next<int (*)(int)>("fsync");
    static const auto real_fdatasync = next<int (*)(int)>("fdatasync");
    if (trouble().sync_delay_ms > 0 && is_below_folder(file))
        usleep(static_cast<useconds_t>(trouble().sync_delay_ms) * 1000);
    if (fails(trouble().sync_error, file)) return -1;
    return std::strcmp(name, "fsync") == 0 ? real_fsync(file) : real_fdatasync(file);
}

}  // namespace

extern "C" int fsync(int file) { return sync(file, "fsync"); }
extern "C" int fdatasync(int file) { return sync(file, "fdatasync"); }
extern "C" ssize_t write(int file, const void* bytes, size_t size) {
    static const auto real = next<ssize_t (*)(int, const void*, size_t)>("write");
    return fails(trouble().write_error, file) ? -1 : real(file, bytes, size);
}
extern "C" ssize_t pwrite(int file, const void* bytes, size_t size, off_t at) {
    static const auto real = next<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite");
    return fails(trouble().write_error, file) ? -1 : real(file, bytes, size, at);
}
extern "C" ssize_t pwrite64(int file, const void* bytes, size_t size, off64_t at) {
    static const auto real = next<ssize_t (*)(int, const void*, size_t, off64_t)>("pwrite64");
    return fails(trouble().write_error, file) ? -1 : real(file, bytes, size, at);
}
extern "C" int ftruncate64(int file, off64_t size) noexcept {
    static const auto real = next<int (*)(int, off64_t)>("ftruncate64");
    return fails(trouble().write_error, file) ? -1 : real(file, size);
}
