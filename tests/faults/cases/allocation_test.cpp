// No memory for one allocation of C++, the n-th, for every n: fault 38. The allocator of this
// program alone refuses, in the thread that asked for it.
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <new>

#include "faults/harness/faults.hpp"
#include "ops/config_folder.hpp"
#include "store/testing_scribe.hpp"
#include "wire/bounded_json.hpp"

namespace {

thread_local long left_until_refused = 0;  // 0: none is refused

void* allocated(std::size_t size) noexcept {
    if (left_until_refused > 0 && --left_until_refused == 0) return nullptr;
    return std::malloc(size == 0 ? 1 : size);
}

void* allocated_or_thrown(std::size_t size) {
    if (void* memory = allocated(size)) return memory;
    throw std::bad_alloc{};
}

}  // namespace

// Not inlined: a compiler that sees into one half of a pair takes it for a mismatch.
#define OWN [[gnu::noinline]]
OWN void* operator new(std::size_t size) { return allocated_or_thrown(size); }
OWN void* operator new[](std::size_t size) { return allocated_or_thrown(size); }
OWN void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocated(size); }
OWN void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
    return allocated(size);
}
OWN void operator delete(void* memory) noexcept { std::free(memory); }
OWN void operator delete[](void* memory) noexcept { std::free(memory); }
OWN void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
OWN void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
OWN void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
OWN void operator delete[](void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
#undef OWN

namespace bitgrid::faults {
namespace {

using fmt::format;

enum class End { Whole, Told, Aborted, Corrupt };

// The work in a process of its own, its n-th allocation refused: it needs fewer, it says so
// upwards, it aborts because it cannot, or it does anything else, such as what a sanitizer reports.
template <class Work>
End end_of(long n, Work work) {
    constexpr int kWhole = 40, kTold = 41;
    const pid_t child = fork();
    if (child == 0) {
        dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
        left_until_refused = n;
        try {
            work();
        } catch (const std::bad_alloc&) {
            left_until_refused = 0;
        }
        _exit(left_until_refused == 0 ? kTold : kWhole);
    }
    int status = 0;
    if (waitpid(child, &status, 0) != child) return End::Corrupt;
    if (WIFSIGNALED(status)) return WTERMSIG(status) == SIGABRT ? End::Aborted : End::Corrupt;
    return WEXITSTATUS(status) == kWhole  ? End::Whole
           : WEXITSTATUS(status) == kTold ? End::Told
                                          : End::Corrupt;
}

struct Count {
    long told{0}, aborted{0};
    std::string words() const { return format("{} ({} aborts)", told + aborted, aborted); }
};

// Another allocation refused each time, until the work needs fewer; `look` after each.
template <class Work, class Look>
Count every_refusal(Work work, Look look) {
    Count count;
    for (long n = 1;; ++n) {
        const End end = end_of(n, work);
        EXPECT_NE(end, End::Corrupt) << "allocation " << n;
        look(n);
        if (end == End::Whole || ::testing::Test::HasFailure()) return count;
        ++(end == End::Told ? count.told : count.aborted);
    }
}

TEST_F(Faults, No38WhereMemoryIsRefusedNothingIsCorrupt) {
    const auto nothing = [](long) {};
    const std::string payload = R"({"a":[1,2,{"b":"a longer text than fits in place"}],"c":null})";
    const Count json =
        every_refusal([&] { static_cast<void>(wire::parse_json(payload)); }, nothing);

    const ops::ScratchFolder folder;
    folder.write("rules.yaml", "max_chip_temp_c: 80\nmin_runtime_blocks: high\n");
    const Count config =
        every_refusal([&] { static_cast<void>(ops::load_config(folder.path(), {})); }, nothing);

    // What was acknowledged before is in the journal, and it hangs together.
    constexpr int kBatches = 2;
    for (int i = 1; i <= kBatches; ++i) store::Scribe::batch(i);
    auto* const acknowledged = static_cast<int*>(
        mmap(nullptr, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    ASSERT_NE(acknowledged, MAP_FAILED);
    std::optional<store::TempFolder> data{std::in_place, store::memory_folder()};
    const Count journal = every_refusal(
        [&] {
            store::Scribe scribe{data->path(), store::real_files()};
            for (int i = 0; i < kBatches && (scribe.is_open() || scribe.open()); ++i)
                if (scribe.write_next()) *acknowledged = scribe.acknowledged();
        },
        [&](long n) {
            store::Scribe next_run{data->path(), store::real_files()};
            EXPECT_TRUE(next_run.open()) << "allocation " << n << ": " << next_run.error();
            EXPECT_TRUE(store::holds(data->path(), *acknowledged)) << "allocation " << n;
            *acknowledged = 0;
            data.emplace(store::memory_folder());
        });
    munmap(acknowledged, sizeof(int));
    saw("each allocation on the way of a payload, of a configuration and of the journal's rows "
        "refused in turn: told upwards, or a clean abort; the journal whole, with all that was "
        "acknowledged",
        format("every n: {} of a payload, {} of a configuration, {} of the journal", json.words(),
               config.words(), journal.words()));
}

}  // namespace
}  // namespace bitgrid::faults
