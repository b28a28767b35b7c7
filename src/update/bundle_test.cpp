#include "update/bundle.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace bitgrid;
using testing::HasSubstr;
using update::Bundle;
namespace fs = std::filesystem;

namespace {

std::string bytes_of(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}
void write(const std::string& path, std::string_view text) {
    fs::create_directories(fs::path{path}.parent_path());
    std::ofstream{path, std::ios::binary} << text;
}

std::string new_folder() {
    std::string name = (fs::temp_directory_path() / "bitgrid-bundle-XXXXXX").string();
    return ::mkdtemp(name.data());
}

class UpdateBundle : public ::testing::Test {
protected:
    UpdateBundle() {
        write(root_ + "/in/bin/bitgrid", "#!/bin/sh\necho tool\n");
        write(root_ + "/in/bin/bitgridd", "#!/bin/sh\necho daemon\n");
        write(root_ + "/in/share/bitgridai/ui/index.html", "<p>page</p>");
        for (const char* program : {"bitgrid", "bitgridd"})
            fs::permissions(root_ + "/in/bin/" + program, fs::perms{0755});
        fs::create_directory(out());
    }
    ~UpdateBundle() override {
        std::error_code ignored;
        fs::remove_all(root_, ignored);
    }
    std::string out() const { return root_ + "/out"; }
    std::string file() const { return root_ + "/next.update"; }
    update::PackOrder order() const {
        return {root_ + "/in", *update::read_version("1.2.0"), update::own_architecture(), 7,
                "2026-06-15T10:00:00.000Z"};
    }
    std::string pack() const {
        const auto packed = update::pack_bundle(order(), key_, file());
        return packed ? "" : packed.error().what;
    }
    /// Why it is refused, from opening it to giving it its name; nothing may be left then.
    std::string why(const std::string& path) const {
        auto bundle = Bundle::open(path, trusted_);
        if (!bundle) return bundle.error().what;
        if (const auto done = bundle->unpack_below(out()); !done) return done.error().what;
        const auto moved = bundle->move_to(out() + "/1.2.0");
        return moved ? "" : moved.error().what;
    }
    bool is_nothing_left() const { return fs::is_empty(out()); }

    std::string root_{new_folder()};
    crypto::SigningKey key_{crypto::SigningKey::make_file(root_ + "/release.key").value()};
    std::string trusted_{crypto::hex(key_.public_key())};
};

TEST_F(UpdateBundle, ComesBackAsItWasPacked) {
    ASSERT_EQ(pack(), "");
    ASSERT_EQ(why(file()), "");
    EXPECT_EQ(bytes_of(out() + "/1.2.0/bin/bitgridd"), "#!/bin/sh\necho daemon\n");
    EXPECT_EQ(bytes_of(out() + "/1.2.0/share/bitgridai/ui/index.html"), "<p>page</p>");
    EXPECT_EQ(fs::status(out() + "/1.2.0/bin/bitgridd").permissions(), fs::perms{0755});
    EXPECT_EQ(fs::status(out() + "/1.2.0/share/bitgridai/ui/index.html").permissions(),
              fs::perms{0644});
    const auto manifest = update::read_manifest(bytes_of(out() + "/1.2.0/manifest.json"));
    ASSERT_TRUE(manifest);
    EXPECT_EQ(update::text_of(manifest->version), "1.2.0");
    EXPECT_EQ(manifest->tables, 7);
    EXPECT_THAT(why(file()), HasSubstr("is there already"));
}

TEST_F(UpdateBundle, LeavesNothingWhereItIsCutOffAnywhere) {
    ASSERT_EQ(pack(), "");
    const std::string whole = bytes_of(file());
    for (std::size_t size = 0; size < whole.size(); size += 13) {
        write(root_ + "/cut", whole.substr(0, size));
        EXPECT_NE(why(root_ + "/cut"), "") << size;
        EXPECT_TRUE(is_nothing_left()) << size;
    }
}

TEST_F(UpdateBundle, LeavesNothingWhereAByteIsAnotherOne) {
    ASSERT_EQ(pack(), "");
    const std::string whole = bytes_of(file());
    int refused = 0;
    for (std::size_t at = 0; at < whole.size(); at += 7) {
        std::string other = whole;
        other[at] = static_cast<char>(other[at] ^ 4);
        write(root_ + "/flipped", other);
        const std::string reason = why(root_ + "/flipped");
        if (!reason.empty()) {
            ++refused;
            EXPECT_TRUE(is_nothing_left()) << at;
            continue;
        }
        // A byte of the zip's own book-keeping that means nothing to us, e.g. a time.
        EXPECT_EQ(bytes_of(out() + "/1.2.0/bin/bitgridd"), "#!/bin/sh\necho daemon\n") << at;
        fs::remove_all(out() + "/1.2.0");
    }
    EXPECT_GT(refused, 100);
}

TEST_F(UpdateBundle, TrustsOneKeyAlone) {
    ASSERT_EQ(pack(), "");
    const auto other = crypto::SigningKey::make_file(root_ + "/other.key");
    const auto opened = Bundle::open(file(), crypto::hex(other->public_key()));
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().what, HasSubstr("signed by another key"));
    EXPECT_EQ(crypto::SigningKey::make_file(root_ + "/other.key").error().code,
              core::ErrorCode::Refused);
}

TEST_F(UpdateBundle, RefusesAManifestThatWasMadeOverWithTheNameOfTheKey) {
    ASSERT_EQ(pack(), "");
    const auto other = crypto::SigningKey::make_file(root_ + "/other.key").value();
    std::string text = *archive::text_in_zip(file(), update::kManifestName, update::kMostManifest);
    text.replace(text.find("1.2.0"), 5, "1.3.0");
    auto made = archive::ZipWriter::create(root_ + "/made-over");
    auto& zip = *made;
    ASSERT_TRUE(zip.add_text(update::kManifestName, text));
    ASSERT_TRUE(zip.add_text(update::kManifestSignature, crypto::hex(other.sign(text))));
    ASSERT_TRUE(zip.close());
    EXPECT_THAT(why(root_ + "/made-over"), HasSubstr("signature of manifest.json does not fit"));
}

TEST_F(UpdateBundle, RefusesWhatIsNotListedAndWhatIsMissing) {
    ASSERT_EQ(pack(), "");
    const auto text = *archive::text_in_zip(file(), update::kManifestName, update::kMostManifest);
    const auto make = [&](const std::string& to, bool is_more) {
        auto made = archive::ZipWriter::create(to);
        auto& zip = *made;
        ASSERT_TRUE(zip.add_text(update::kManifestName, text));
        ASSERT_TRUE(zip.add_text(update::kManifestSignature, crypto::hex(key_.sign(text))));
        ASSERT_TRUE(zip.add_file("bin/bitgrid", root_ + "/in/bin/bitgrid"));
        if (is_more) {
            ASSERT_TRUE(zip.add_text("bin/more", "x"));
        }
        ASSERT_TRUE(zip.close());
    };
    make(root_ + "/more", true);
    EXPECT_THAT(why(root_ + "/more"), HasSubstr("bin/more is not listed"));
    make(root_ + "/less", false);
    EXPECT_THAT(why(root_ + "/less"), HasSubstr("bin/bitgridd is missing"));
    EXPECT_TRUE(is_nothing_left());
}

TEST_F(UpdateBundle, RefusesAnotherMachinesProgram) {
    auto foreign = order();
    foreign.architecture = "riscv64";
    ASSERT_TRUE(update::pack_bundle(foreign, key_, file()));
    EXPECT_THAT(why(file()), HasSubstr("it is for riscv64"));
}

TEST_F(UpdateBundle, PacksNoLinksAndNoForeignNames) {
    fs::create_symlink("/etc/passwd", root_ + "/in/lib");
    EXPECT_THAT(pack(), HasSubstr("no plain file"));
    fs::remove(root_ + "/in/lib");
    write(root_ + "/in/etc/x", "x");
    EXPECT_THAT(pack(), HasSubstr("an update has bin/, lib/ and share/"));
    fs::remove_all(root_ + "/in/etc");
    fs::remove(root_ + "/in/bin/bitgridd");
    EXPECT_THAT(pack(), HasSubstr("bin/bitgridd is not in it"));
    EXPECT_FALSE(fs::exists(file()));
}

TEST_F(UpdateBundle, ReadsNoManifestOfANewerFormat) {
    ASSERT_EQ(pack(), "");
    std::string text = *archive::text_in_zip(file(), update::kManifestName, update::kMostManifest);
    text.replace(text.find("update/1"), 8, "update/2");
    const auto manifest = update::read_manifest(text);
    ASSERT_FALSE(manifest);
    EXPECT_THAT(manifest.error().what, HasSubstr("newer than this program"));
}

}  // namespace
