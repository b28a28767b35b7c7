// Against the real `tar`, and against archives that mean harm.
#include "backup/tar.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace bitgrid;
using namespace bitgrid::backup;
namespace fs = std::filesystem;

namespace {

class Tar : public testing::Test {
protected:
    Tar() {
        std::string name = (fs::temp_directory_path() / "bitgrid-tar-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
    }
    ~Tar() override { fs::remove_all(folder_); }
    bool run(const std::string& command) const {
        return std::system(("cd " + folder_ + " && " + command + " >/dev/null 2>&1").c_str()) == 0;
    }
    std::string read(const std::string& name) const {
        std::ifstream file{folder_ + "/" + name, std::ios::binary};
        return {std::istreambuf_iterator<char>{file}, {}};
    }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream{folder_ + "/" + name, std::ios::binary} << text;
    }
    std::string folder_;
    const SmallFiles files_{{"config/empty.yaml", ""},
                            {"config/site.yaml", std::string(512, 's')},
                            {"data/keys/device.key", std::string{"\0\xff\n", 3}}};
};

TEST_F(Tar, IsOpenedByTheRealOneAndTheOtherWayRound) {
    const auto packed = pack(files_);
    ASSERT_TRUE(packed);
    write("ours.tar", *packed);
    ASSERT_TRUE(run("tar -xf ours.tar"));
    for (const auto& [path, text] : files_) EXPECT_TRUE(read(path) == text) << path;
    ASSERT_TRUE(
        run("tar --format=ustar -cf its.tar config/empty.yaml config/site.yaml "
            "data/keys/device.key"));
    const auto back = unpack(read("its.tar"));
    ASSERT_TRUE(back) << back.error().what;
    EXPECT_EQ(*back, files_);
    const auto own = unpack(*packed);
    ASSERT_TRUE(own);
    EXPECT_EQ(*own, files_);
}

TEST_F(Tar, RefusesLinksFoldersAndPathsThatLeave) {
    ASSERT_TRUE(run("mkdir f && ln -s /etc/passwd l && touch f/x && ln f/x h"));
    for (const char* const what : {"l", "f", "f/x h", "-P /etc/hostname", "-P f/../f/x"}) {
        ASSERT_TRUE(run(std::string{"tar --format=ustar -cf bad.tar "} + what)) << what;
        EXPECT_FALSE(unpack(read("bad.tar"))) << what;
    }
    ASSERT_TRUE(run("tar --format=ustar -cf twice.tar f/x f/x"));
    EXPECT_FALSE(pack({{"../x", ""}}));
    EXPECT_FALSE(pack({{"config/" + std::string(120, 'x'), ""}}));
    EXPECT_FALSE(pack({{"config/x", std::string(kMostPacked + 1, 'x')}}));
}

TEST_F(Tar, RefusesWhatIsCutOrBent) {
    const std::string packed = pack(files_).value();
    for (std::size_t size = 0; size + 1'024 < packed.size(); size += 64)
        EXPECT_FALSE(unpack(packed.substr(0, size))) << size;
    std::string bent = packed;
    bent[130] = '7';
    EXPECT_FALSE(unpack(bent));
    const auto one = pack({{"config/x", "x"}}).value();
    EXPECT_FALSE(unpack(one.substr(0, 1'024) + one)) << "the same path twice";
}

}  // namespace
