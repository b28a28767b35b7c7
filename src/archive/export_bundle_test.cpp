#include "archive/export_bundle.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "archive/datasets.hpp"
#include "archive/parquet_file.hpp"
#include "archive/testing_past.hpp"
#include "crypto/age.hpp"
#include "crypto/signing_key.hpp"

using namespace bitgrid;
using archive::ExportBundle;
using archive::ExportManifest;
using archive::TestFolder;
using testing::HasSubstr;

namespace {

/// An export of one table; a test spoils what it is about, before or after it was signed.
class TestExport {
public:
    using Files = std::map<std::string, std::string>;

    TestExport() : key{crypto::SigningKey::load_or_make(folder.path() + "/keys").value()} {
        auto duckdb = archive::Duckdb::open({});
        std::vector<wire::ValueRow> rows(3);
        for (std::size_t i = 0; i < rows.size(); ++i) rows[i].seq = static_cast<std::int64_t>(i);
        const std::string path = folder.path() + "/rows.parquet";
        EXPECT_TRUE(
            archive::write_parquet<wire::ValueRow>(*duckdb, path, rows, {{"of", "a test"}}));
        std::ifstream file{path, std::ios::binary};
        files["energy_to_value/part-0001.parquet"] = {std::istreambuf_iterator<char>{file}, {}};
        manifest.since = manifest.until = "2026-06-15T00:00:00.000Z";
        manifest.scope = {"kpi"};
        manifest.parquet_schema = archive::kSchemaVersion;
        manifest.program_version = "0.1.0";
        manifest.key = crypto::hex(key.public_key());
        list("energy_to_value/part-0001.parquet", 3);
    }
    void list(const std::string& name, std::int64_t rows) {
        manifest.files.push_back({name, "energy_to_value", rows,
                                  static_cast<std::int64_t>(files[name].size()),
                                  crypto::sha256(files[name])});
    }
    std::string zip() {
        const std::string path = folder.path() + "/" + std::to_string(++made) + ".zip";
        const std::string text = text_given.empty() ? archive::text_of(manifest) : text_given;
        auto writer = archive::ZipWriter::create(path);
        EXPECT_TRUE(writer->add_text("manifest.json", text));
        EXPECT_TRUE(writer->add_text("manifest.sig", crypto::hex(key.sign(text)) + "\n"));
        for (const auto& [name, bytes] : files) EXPECT_TRUE(writer->add_text(name, bytes));
        EXPECT_TRUE(writer->close());
        return path;
    }
    std::string why(const archive::BundleWanted& wanted = {}) {
        const auto bundle = ExportBundle::open(zip(), wanted);
        return bundle ? "accepted" : bundle.error().what;
    }

    TestFolder folder;
    crypto::SigningKey key;
    Files files;
    ExportManifest manifest;
    std::string text_given;
    int made{0};
};

/// Temporary files go there while it lives.
struct Elsewhere {
    explicit Elsewhere(const std::string& folder) { ::setenv("TMPDIR", folder.c_str(), 1); }
    Elsewhere(const Elsewhere&) = delete;
    Elsewhere& operator=(const Elsewhere&) = delete;
    ~Elsewhere() { ::unsetenv("TMPDIR"); }
};

std::size_t entries_in(const std::filesystem::path& folder) {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator{folder}, {}));
}

TEST(ExportBundle, IsOpenedWithNothingButTheFile) {
    TestExport made;
    const auto bundle = ExportBundle::open(made.zip(), {made.manifest.key, {}});
    ASSERT_TRUE(bundle) << bundle.error().what;
    EXPECT_EQ(bundle->manifest(), made.manifest);
    EXPECT_EQ(bundle->manifest().rows_of("energy_to_value"), 3);
    ASSERT_EQ(bundle->files("energy_to_value").size(), 1U);
    EXPECT_TRUE(bundle->files("decisions").empty());
    EXPECT_TRUE(std::filesystem::is_regular_file(bundle->files("energy_to_value")[0]));
}

TEST(ExportBundle, LeavesNothingBehind) {
    const TestFolder temporary;
    const Elsewhere elsewhere{temporary.path()};
    {
        TestExport made;
        const auto bundle = ExportBundle::open(made.zip(), {});
        ASSERT_TRUE(bundle);
        made.files["stranger"] = "x";
        EXPECT_EQ(made.why(), "stranger is not listed in manifest.json");
        EXPECT_EQ(entries_in(temporary.path()), 2U);  // the test's own folder, and the bundle's
    }
    EXPECT_EQ(entries_in(temporary.path()), 0U);
}

TEST(ExportBundle, SaysWhatWasChanged) {
    TestExport changed;
    changed.files.begin()->second[100] ^= 1;
    EXPECT_THAT(changed.why(), HasSubstr("part-0001.parquet was changed"));
    TestExport missing;
    missing.files.clear();
    EXPECT_THAT(missing.why(), HasSubstr("part-0001.parquet is missing"));
    TestExport miscounted;
    miscounted.manifest.files[0].rows = 4;
    EXPECT_THAT(miscounted.why(), HasSubstr("has not the 4 rows"));
    TestExport foreign;
    EXPECT_THAT(foreign.why({std::string(64, 'a'), {}}), HasSubstr("not by aaaa"));
    TestExport no_parquet;
    no_parquet.files["energy_to_value/x.parquet"] = "PAR1 no PAR1";
    no_parquet.list("energy_to_value/x.parquet", 1);
    EXPECT_THAT(no_parquet.why(), HasSubstr("x.parquet has not the 1 rows"));
    TestExport other_key;
    other_key.manifest.key = std::string(64, 'a');
    EXPECT_THAT(other_key.why(), HasSubstr("the signature of manifest.json does not fit"));
}

TEST(ExportBundle, SaysWhatTheManifestLacks) {
    const auto spoilt = [](const std::function<void(nlohmann::json&)>& spoil) {
        TestExport made;
        auto json = nlohmann::json::parse(archive::text_of(made.manifest));
        spoil(json);
        made.text_given = json.dump();
        return made.why();
    };
    EXPECT_THAT(spoilt([](auto& j) { j["schema"] = "export/2"; }), HasSubstr("newer program"));
    EXPECT_THAT(spoilt([](auto& j) { j["schema"] = 1; }), HasSubstr("schema is not export/1"));
    EXPECT_THAT(spoilt([](auto& j) { j["parquet_schema"] = 99; }), HasSubstr("schema 99"));
    EXPECT_THAT(spoilt([](auto& j) { j.erase("anonymised"); }), HasSubstr("\"anonymised\""));
    EXPECT_THAT(spoilt([](auto& j) { j["files"][0]["path"] = "../x"; }),
                HasSubstr("\"files/path\""));
    EXPECT_THAT(spoilt([](auto& j) { j["files"][0]["rows"] = -1; }), HasSubstr("\"files/rows\""));
    EXPECT_THAT(spoilt([](auto& j) { j["files"][0]["sha256"] = "x"; }),
                HasSubstr("\"files/sha256\""));
    EXPECT_THAT(spoilt([](auto& j) { j["files"].push_back(j["files"][0]); }),
                HasSubstr("\"files/path\""));
    EXPECT_THAT(spoilt([](auto& j) { j["key"] = "x"; }), HasSubstr("\"key\""));
    TestExport no_json;
    no_json.text_given = "{";
    EXPECT_THAT(no_json.why(), HasSubstr("manifest.json: "));
}

TEST(ExportBundle, OpensWhatWasEncryptedWithItsKeyAlone) {
    TestExport made;
    const auto keys = crypto::age::make_key_pair();
    const auto others = crypto::age::make_key_pair();
    const std::string path = made.folder.path() + "/secret.zip.age";
    ASSERT_TRUE(crypto::age::encrypt_file(made.zip(), path, {{keys.recipient}, {}}));
    const auto opened = ExportBundle::open(path, {{}, {keys.identity}});
    ASSERT_TRUE(opened) << opened.error().what;
    EXPECT_TRUE(opened->was_encrypted());
    EXPECT_THAT(ExportBundle::open(path, {}).error().what, HasSubstr("--identity"));
    EXPECT_EQ(ExportBundle::open(path, {{}, {others.identity}}).error().code,
              core::ErrorCode::Refused);
    const std::string text = made.folder.path() + "/text";
    std::ofstream{text} << "hello";
    EXPECT_THAT(ExportBundle::open(text, {}).error().what, HasSubstr("it is no export"));
    EXPECT_EQ(ExportBundle::open(text, {{}, {}, {10, 2}}).error().code, core::ErrorCode::TooLarge);
}

}  // namespace
