#include "app/export_desk.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <boost/asio/io_context.hpp>
#include <fstream>

#include "net/asio_clock.hpp"
#include "ops/scratch_folder.hpp"

using namespace bitgrid;
using app::ExportDesk;
using testing::HasSubstr;

namespace {

/// With a program in the place of `bitgrid` that writes down how it was called.
class Desk : public ::testing::Test {
protected:
    Desk() {
        std::filesystem::create_directories(folder.path() / "exports");
        says("#!/bin/sh\necho \"$@\" >\"$(dirname \"$0\")/called\"\n");
    }
    void says(const std::string& script) const {
        const auto path = folder.write("program", script);
        ::chmod(path.c_str(), 0755);
    }
    void until_done() {
        while (desk.list().is_making) {
            io.restart();
            ASSERT_GT(io.run_one_for(std::chrono::seconds{60}), 0U);
        }
    }
    std::string called() const {
        std::ifstream file{folder.path() / "called"};
        return {std::istreambuf_iterator<char>{file}, {}};
    }
    ops::ScratchFolder folder;
    boost::asio::io_context io;
    net::AsioClock clock{io};
    ExportDesk desk{io, clock, (folder.path() / "program").string(), folder.path().string()};
};

TEST_F(Desk, CallsTheProgramWithWhatIsWantedOneAtATime) {
    ASSERT_TRUE(
        desk.begin({"7d", "2026-06-15T10:00Z", {"timeline", "config"}, false, true, "age1abc"}));
    EXPECT_EQ(desk.begin({}).error().code, core::ErrorCode::Refused);
    until_done();
    EXPECT_EQ(
        called(),
        "export make --data " + folder.path().string() +
            " --most-minutes 30 --since 7d --until 2026-06-15T10:00Z --scope timeline --scope "
            "config --recipient age1abc --no-anonymise --relative-time\n");
    EXPECT_EQ(desk.list().trouble, "");
}

TEST_F(Desk, TakesNoOptionsForValues) {
    for (const char* evil : {"--to=/etc", "-x", "a b", "7d;", "\n", "../x"}) {
        EXPECT_EQ(desk.begin({evil, "", {}, true, false, ""}).error().code,
                  core::ErrorCode::BadInput)
            << evil;
        EXPECT_EQ(desk.begin({"", evil, {}, true, false, ""}).error().code,
                  core::ErrorCode::BadInput)
            << evil;
        EXPECT_EQ(desk.begin({"", "", {evil}, true, false, ""}).error().code,
                  core::ErrorCode::BadInput)
            << evil;
        EXPECT_EQ(desk.begin({"", "", {}, true, false, evil}).error().code,
                  core::ErrorCode::BadInput)
            << evil;
    }
    EXPECT_EQ(called(), "");
}

TEST_F(Desk, SaysThatOneFailedAndStopsOneThatRuns) {
    says("#!/bin/sh\nexit 1\n");
    ASSERT_TRUE(desk.begin({}));
    until_done();
    EXPECT_THAT(desk.list().trouble, HasSubstr("ended with 1"));
    says("#!/bin/sh\nexec sleep 600\n");
    ASSERT_TRUE(desk.begin({}));
    EXPECT_EQ(desk.list().trouble, "");
    desk.stop();
    until_done();
    EXPECT_THAT(desk.list().trouble, HasSubstr("stopped"));
    ExportDesk none{io, clock, "", folder.path().string()};
    EXPECT_EQ(none.begin({}).error().code, core::ErrorCode::Unavailable);
}

TEST_F(Desk, KnowsFinishedExportsAlone) {
    folder.write("exports/2026-06-15T100000Z.zip", "123");
    folder.write("exports/2026-06-16T100000Z.zip.age", "1234");
    folder.write("exports/.unfinished.zip", "x");
    folder.write("exports/a.zip.unfinished", "x");
    std::filesystem::create_symlink("/etc/passwd", folder.path() / "exports/link.zip");
    std::filesystem::create_directory(folder.path() / "exports/folder.zip");
    const auto view = desk.list();
    ASSERT_EQ(view.items.size(), 2U);
    EXPECT_EQ(view.items[0].id, "2026-06-16T100000Z.zip.age");
    EXPECT_EQ(view.items[0].bytes, 4);
    EXPECT_GT(view.items[0].made.ms, 1'600'000'000'000);
    EXPECT_TRUE(desk.find("2026-06-15T100000Z.zip"));
    for (const char* other : {"", ".", "..", "../bitgrid.sqlite", "link.zip", ".unfinished.zip"})
        EXPECT_EQ(desk.find(other).error().code, core::ErrorCode::NotFound) << other;
}

TEST_F(Desk, KnowsSealedFilesThatAreRecordedAndThere) {
    EXPECT_TRUE(desk.sealed()->empty()) << "nothing sealed yet";
    std::filesystem::create_directories(folder.path() / "parquet/events/date=2026-06-15");
    for (const char* name : {"part-1-3", "part-4-9", "stranger"})
        folder.write("parquet/events/date=2026-06-15/" + std::string{name} + ".parquet", "12345");
    folder.write("bitgrid.sqlite", "x");
    folder.write("heads.txt",
                 "seal 2026-06-15 first=1 last=9\n"
                 "file events/date=2026-06-15/part-1-3.parquet rows=3 sha256=ab\n"
                 "file events/date=2026-06-15/part-4-9.parquet rows=6 sha256=cd\n"
                 "file states/date=2026-06-15/missing.parquet rows=6 sha256=cd\n"
                 "file ../bitgrid.sqlite rows=6 sha256=cd\n"
                 "file /etc/passwd rows=6 sha256=cd\nsign 00\nf\nfile\n"
                 "gone events/date=2026-06-15/part-1-3.parquet why=retention\nsign 00\n");
    const auto files = desk.sealed();
    ASSERT_TRUE(files);
    ASSERT_EQ(files->size(), 1U);
    EXPECT_EQ((*files)[0].path, "events/date=2026-06-15/part-4-9.parquet");
    EXPECT_EQ((*files)[0].rows, 6);
    EXPECT_EQ((*files)[0].sha256, "cd");
    EXPECT_EQ((*files)[0].bytes, 5);
    EXPECT_TRUE(desk.find_sealed("events/date=2026-06-15/part-4-9.parquet"));
    for (const char* other : {"events/date=2026-06-15/stranger.parquet", "../bitgrid.sqlite",
                              "/etc/passwd", "events/date=2026-06-15/part-1-3.parquet"})
        EXPECT_EQ(desk.find_sealed(other).error().code, core::ErrorCode::NotFound) << other;
}

}  // namespace
