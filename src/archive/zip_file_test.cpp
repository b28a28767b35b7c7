#include "archive/zip_file.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>

#include <fstream>

#include "archive/testing_past.hpp"

using namespace bitgrid;
using archive::list_zip;
using archive::TestFolder;
using archive::unpack_zip;
using archive::ZipWriter;
using testing::HasSubstr;

namespace {

/// An entry as somebody who means harm would write it.
struct Evil {
    std::string name;
    std::string text{"x"};
    unsigned type{AE_IFREG};
};

// By the library itself, which refuses nothing.
std::string evil_zip(const TestFolder& folder, const std::vector<Evil>& entries,
                     bool is_squeezed = false) {
    const std::string path = folder.path() + "/evil.zip";
    ::archive* const zip = archive_write_new();
    archive_write_set_format_zip(zip);
    if (is_squeezed) archive_write_zip_set_compression_deflate(zip);
    else archive_write_zip_set_compression_store(zip);
    archive_write_open_filename(zip, path.c_str());
    for (const Evil& evil : entries) {
        archive_entry* const entry = archive_entry_new();
        archive_entry_set_pathname(entry, evil.name.c_str());
        archive_entry_set_filetype(entry, evil.type);
        archive_entry_set_perm(entry, 0644);
        if (evil.type == AE_IFLNK) archive_entry_set_symlink(entry, evil.text.c_str());
        else archive_entry_set_size(entry, static_cast<la_int64_t>(evil.text.size()));
        archive_write_header(zip, entry);
        if (evil.type == AE_IFREG) archive_write_data(zip, evil.text.data(), evil.text.size());
        archive_entry_free(entry);
    }
    archive_write_close(zip);
    archive_write_free(zip);
    return path;
}

std::string bytes_of(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

std::string why(const core::Result<std::vector<archive::ZipEntry>>& result) {
    return result ? "accepted" : result.error().what;
}

TEST(ZipFile, GivesBackWhatWasPutIn) {
    const TestFolder folder;
    const std::string path = folder.path() + "/a.zip";
    const std::string long_text(200'000, 'z');
    std::ofstream{folder.path() + "/long"} << long_text;
    auto writer = ZipWriter::create(path);
    ASSERT_TRUE(writer) << writer.error().what;
    ASSERT_TRUE(writer->add_text("manifest.json", "{}"));
    ASSERT_TRUE(writer->add_file("a/b=1/c.parquet", folder.path() + "/long"));
    ASSERT_TRUE(writer->close());
    const std::string to = folder.path() + "/out";
    std::filesystem::create_directory(to);
    const auto entries = unpack_zip(path, to);
    ASSERT_TRUE(entries) << entries.error().what;
    ASSERT_EQ(entries->size(), 2U);
    EXPECT_EQ((*entries)[1].bytes, 200'000);
    EXPECT_EQ(bytes_of(to + "/a/b=1/c.parquet"), long_text);
    EXPECT_TRUE(archive::list_zip_in(bytes_of(path)));
    EXPECT_FALSE(ZipWriter::create(path)) << "it does not replace what is there";
}

TEST(ZipFile, RefusesNamesThatLeadOut) {
    const TestFolder folder;
    const std::string to = folder.path() + "/out";
    for (const char* name : {"../evil", "a/../../evil", "/etc/evil", "a//b", "C:/evil", "a/./b", "",
                             "folder/", "a b", "a\nb", "\xc3\xa4", "..", ".", "a/..", "./a"}) {
        std::filesystem::remove_all(to);
        std::filesystem::create_directory(to);
        const auto result = unpack_zip(evil_zip(folder, {{name}}), to);
        EXPECT_FALSE(result) << name;
        EXPECT_TRUE(std::filesystem::is_empty(to)) << name;
        EXPECT_FALSE(archive::is_plain_path(name)) << name;
    }
    EXPECT_FALSE(archive::is_plain_path("a\\b"));
    EXPECT_FALSE(archive::is_plain_path(std::string(201, 'a')));
    EXPECT_THAT(why(list_zip(evil_zip(folder, {{"../evil"}}))),
                HasSubstr("\"../evil\" is no name"));
}

TEST(ZipFile, RefusesWhatIsNoPlainFile) {
    const TestFolder folder;
    const std::string to = folder.path() + "/out";
    std::filesystem::create_directory(to);
    const auto linked =
        unpack_zip(evil_zip(folder, {{"link", "/etc", AE_IFLNK}, {"link/passwd"}}), to);
    EXPECT_THAT(why(linked), HasSubstr("\"link\" is no plain file"));
    EXPECT_TRUE(std::filesystem::is_empty(to));
    EXPECT_THAT(why(list_zip(evil_zip(folder, {{"a"}, {"b"}, {"a"}}))),
                HasSubstr("\"a\" is in it twice"));
}

TEST(ZipFile, RefusesMoreThanTheFileItself) {
    const TestFolder folder;
    const std::string zeros(20'000'000, '\0');
    const std::string bomb = evil_zip(folder, {{"bomb", zeros}}, true);
    EXPECT_LT(std::filesystem::file_size(bomb), 100'000U);
    const auto result = list_zip(bomb);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, core::ErrorCode::TooLarge);
    EXPECT_THAT(result.error().what, HasSubstr("nothing of ours is packed like this"));

    // The same, and it says that it is small.
    std::string liar = bytes_of(bomb);
    const std::string big{"\x00\x2d\x31\x01", 4};  // 20,000,000, little-endian
    int lies = 0;
    for (std::size_t at = liar.find(big); at != std::string::npos; at = liar.find(big, at + 4)) {
        liar.replace(at, 4, std::string{"\x0a\x00\x00\x00", 4});
        ++lies;
    }
    ASSERT_GE(lies, 1);
    EXPECT_NE(why(archive::list_zip_in(liar)), "accepted");

    std::vector<Evil> many;
    for (int i = 0; i < 20; ++i) many.push_back({"f" + std::to_string(i)});
    const auto crowd = list_zip(evil_zip(folder, many), {10, 1'000'000});
    EXPECT_THAT(why(crowd), HasSubstr("more than 10 files"));
}

TEST(ZipFile, RefusesWhatWasCutOrIsSomethingElse) {
    const TestFolder folder;
    const std::string path = evil_zip(folder, {{"a", std::string(5'000, 'a')}, {"b", "bb"}});
    const std::string whole = bytes_of(path);
    ASSERT_TRUE(archive::list_zip_in(whole));
    for (std::size_t size = 0; size < whole.size(); size += 97)
        EXPECT_FALSE(archive::list_zip_in(std::string_view{whole}.substr(0, size))) << size;
    EXPECT_FALSE(archive::list_zip_in("PK\x03\x04 and then nothing"));
    std::ofstream{folder.path() + "/text"} << "hello";
    EXPECT_THAT(why(list_zip(folder.path() + "/text")), HasSubstr("no zip file"));
    EXPECT_EQ(list_zip(folder.path() + "/missing").error().code, core::ErrorCode::Unavailable);
}

}  // namespace
