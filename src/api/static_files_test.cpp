#include "api/static_files.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

using namespace bitgrid;
using api::StaticFiles;

namespace {

namespace fs = std::filesystem;

class StaticFilesTest : public ::testing::Test {
protected:
    StaticFilesTest() {
        std::string name = (fs::temp_directory_path() / "pages-XXXXXX").string();
        folder = ::mkdtemp(name.data());
        fs::create_directories(folder / "ui" / "assets");
        write("ui/index.html", "the page");
        write("ui/assets/a.js", "the script");
        write("secret.txt", "the secret");
    }
    ~StaticFilesTest() override { fs::remove_all(folder); }

    void write(const std::string& name, const std::string& text) {
        std::ofstream{folder / name} << text;
    }
    std::string body_of(const StaticFiles& files, const std::string& target) {
        const net::ServerResponse response =
            files.answer({"GET", target, {{"Accept-Encoding", "gzip, br"}}, "", "127.0.0.1"});
        return response.status == 200 ? *response.body : std::to_string(response.status);
    }
    fs::path folder;
};

TEST_F(StaticFilesTest, AreThoseOfTheFolderUnderTheirNames) {
    write("ui/index.html.gz", "the page, packed");
    const StaticFiles files{(folder / "ui").string()};
    EXPECT_EQ(body_of(files, "/"), "the page, packed");
    EXPECT_EQ(body_of(files, "/d/42"), "the page, packed");
    EXPECT_EQ(body_of(files, "/assets/a.js?v=1"), "the script");
    EXPECT_EQ(body_of(files, "/assets/b.js"), "404");
}

TEST_F(StaticFilesTest, LeaveOutWhatALinkPointsTo) {
    const fs::path secret = folder / "secret.txt";
    fs::create_symlink(secret, folder / "ui" / "link.txt");
    fs::create_symlink(secret, folder / "ui" / "index.html.br");
    fs::create_directory_symlink(folder, folder / "ui" / "assets" / "up");
    const StaticFiles files{(folder / "ui").string()};
    for (const char* target :
         {"/link.txt", "/../secret.txt", "/secret.txt", "/assets/up/secret.txt"})
        EXPECT_EQ(body_of(files, target), "404") << target;
    EXPECT_EQ(body_of(files, "/"), "the page");
}

}  // namespace
