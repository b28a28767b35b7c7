// The journal's promise under kill -9, shown on real processes: this program starts itself as the
// writer (`--write FOLDER`) and ends it at random moments.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>

#include <csignal>
#include <cstdio>
#include <random>

#include "store/test_bench.hpp"

using namespace bitgrid;
using namespace bitgrid::store;
using testing::HasSubstr;

namespace {

/// Writes batches of two for ever and prints the number of each acknowledged event.
int write_for_ever(const std::string& folder) {
    Bench bench{folder};
    core::BlockId block = bench.journal->restored().last_sequence;
    for (;;) {
        ++block;
        const auto receipt =
            bench.write({decision(block, "id" + std::to_string(block)), note("between")});
        if (!receipt) return 2;
        std::printf("%lld\n", static_cast<long long>(receipt->sequence));
        std::fflush(stdout);
    }
}

/// Opens the folder and says why it cannot, as a user without rights where asked.
int try_to_open(const std::string& folder, bool as_nobody) {
    if (as_nobody && geteuid() == 0 && setuid(65'534) != 0) return 3;
    Loop loop;
    const auto opened = SqliteJournal::open({folder}, test_codec(), loop.post());
    std::printf("%s\n", opened ? "opened" : opened.error().what.c_str());
    return opened ? 0 : 1;
}

class Child {
public:
    explicit Child(std::vector<std::string> arguments) {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe");
        arguments.insert(arguments.begin(), "/proc/self/exe");
        std::vector<char*> pointers;
        for (std::string& argument : arguments) pointers.push_back(argument.data());
        pointers.push_back(nullptr);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
        if (posix_spawn(&pid_, pointers[0], &actions, nullptr, pointers.data(), environ) != 0)
            throw std::runtime_error("spawn");
        posix_spawn_file_actions_destroy(&actions);
        close(ends[1]);
        output_ = fdopen(ends[0], "r");
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        end();
        std::fclose(output_);
    }

    void end() {
        if (pid_ <= 0) return;
        kill(pid_, SIGKILL);
        waitpid(std::exchange(pid_, 0), nullptr, 0);
    }
    /// The next line; empty at the end.
    std::string line() {
        std::array<char, 1024> text{};
        if (std::fgets(text.data(), static_cast<int>(text.size()), output_) == nullptr) return {};
        return text.data();
    }

private:
    pid_t pid_{0};
    std::FILE* output_{nullptr};
};

TEST(SqliteJournalUnderKill, LosesNothingThatItAcknowledgedAndItsChainIsWhole) {
    const TempFolder folder;
    std::mt19937 random{20'260'615};
    std::int64_t acknowledged = 0;
    for (int round = 0; round < 20; ++round) {
        Child writer{{"--write", folder.path()}};
        const int lines = std::uniform_int_distribution{1, 60}(random);
        for (int i = 0; i < lines; ++i) {
            const std::string line = writer.line();
            ASSERT_FALSE(line.empty());
            acknowledged = std::stoll(line);
        }
        writer.end();
        for (std::string line; !(line = writer.line()).empty();)
            if (line.back() == '\n') acknowledged = std::stoll(line);

        const auto chain = verify(folder.database());
        ASSERT_TRUE(chain) << chain.error().what;
        ASSERT_GE(chain->last_sequence, acknowledged);
        ASSERT_EQ(chain->rows, chain->last_sequence) << "no gap";
        ASSERT_EQ(chain->rows % 2, 0) << "a batch is whole or not there";
    }
}

TEST(FolderInUse, IsRefusedToASecondControllerInWordsThatHelp) {
    const TempFolder folder;
    Child first{{"--write", folder.path()}};
    ASSERT_FALSE(first.line().empty());
    Child second{{"--open", folder.path()}};
    EXPECT_THAT(second.line(), HasSubstr("is in use by process"));
    first.end();
    Child third{{"--open", folder.path()}};
    EXPECT_EQ(third.line(), "opened\n") << "a killed controller leaves no lock behind";
}

TEST(FolderWithoutRights, IsRefusedInWordsThatHelp) {
    const TempFolder folder;
    const std::string inner = folder.path() + "/data";
    std::filesystem::create_directory(inner);
    using std::filesystem::perms;
    std::filesystem::permissions(folder.path(), perms::owner_all | perms::others_exec);
    std::filesystem::permissions(
        inner, perms::owner_read | perms::owner_exec | perms::others_read | perms::others_exec);
    Child child{{"--open-as-nobody", inner}};
    EXPECT_THAT(child.line(), HasSubstr("Permission denied"));
}

}  // namespace

int main(int argc, char** argv) {
    const std::string verb = argc == 3 ? argv[1] : "";
    if (verb == "--write") return write_for_ever(argv[2]);
    if (verb == "--open") return try_to_open(argv[2], false);
    if (verb == "--open-as-nobody") return try_to_open(argv[2], true);
    testing::InitGoogleMock(&argc, argv);
    return RUN_ALL_TESTS();
}
