#pragma once
// The unfinished content of an export: files in a folder of its own, listed with rows, bytes and
// digest. Rows go into Parquet files of bounded size. One thread. Failures are remembered: the
// first one is what result() says, and nothing is written after it.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "archive/datasets.hpp"
#include "archive/duckdb.hpp"
#include "archive/export_manifest.hpp"
#include "archive/parquet_file.hpp"
#include "files/whole_file.hpp"

namespace bitgrid::app {

class ExportShelf {
public:
    /// `may_go_on`: asked before each file; an error ends it.
    ExportShelf(std::string folder, archive::Duckdb& duckdb,
                std::function<core::Result<void>()> may_go_on)
        : folder_{std::move(folder)}, duckdb_{duckdb}, may_go_on_{std::move(may_go_on)} {}

    template <class Row>
    void put(const std::string& dataset, int number, const std::vector<Row>& rows) {
        if (!result_ || rows.empty()) return;
        const std::string name = fmt::format("{}/part-{:04}.parquet", dataset, number);
        if (!begin(name)) return;
        const archive::Metadata metadata{
            {"bitgrid_dataset", dataset},
            {"bitgrid_schema", std::to_string(archive::kSchemaVersion)}};
        result_ = archive::write_parquet<Row>(duckdb_, folder_ + "/" + name,
                                              std::span<const Row>{rows}, metadata);
        if (result_) list(name, dataset, static_cast<std::int64_t>(rows.size()));
    }
    void put_text(const std::string& dataset, const std::string& name, const std::string& text) {
        if (!result_ || !begin(name)) return;
        std::ofstream{folder_ + "/" + name, std::ios::binary} << text;
        list(name, dataset, 0);
        if (result_ && files_.back().bytes != static_cast<std::int64_t>(text.size()))
            fail({core::ErrorCode::Unavailable, folder_ + "/" + name + ": cannot be written"});
    }
    void fail(const core::Error& error) {
        if (result_) result_ = error;
    }

    const core::Result<void>& result() const { return result_; }
    const std::vector<archive::ExportFile>& files() const { return files_; }
    std::int64_t bytes() const { return bytes_; }

private:
    bool begin(const std::string& name) {
        result_ = may_go_on_();
        if (result_)
            result_ = files::make_folders(
                std::filesystem::path{folder_ + "/" + name}.parent_path().string());
        return result_.has_value();
    }
    void list(const std::string& name, const std::string& dataset, std::int64_t rows) {
        const auto digest = crypto::sha256_of_file(folder_ + "/" + name);
        std::error_code error;
        const auto size = std::filesystem::file_size(folder_ + "/" + name, error);
        if (!digest || error)
            return fail({core::ErrorCode::Unavailable, folder_ + "/" + name + ": cannot be read"});
        files_.push_back({name, dataset, rows, static_cast<std::int64_t>(size), *digest});
        bytes_ += files_.back().bytes;
    }

    std::string folder_;
    archive::Duckdb& duckdb_;
    std::function<core::Result<void>()> may_go_on_;
    core::Result<void> result_{};
    std::vector<archive::ExportFile> files_;
    std::int64_t bytes_{0};
};

/// Rows of one dataset on their way onto the shelf.
template <class Row>
class ExportRows {
public:
    ExportRows(ExportShelf& shelf, std::string dataset)
        : shelf_{shelf}, dataset_{std::move(dataset)} {}

    void add(const Row& row) {
        rows_.push_back(row);
        if (rows_.size() == kInFile) flush();
    }
    void flush() {
        if (rows_.empty()) return;
        shelf_.put(dataset_, ++number_, rows_);
        rows_.clear();
    }
    const std::string& dataset() const { return dataset_; }

private:
    static constexpr std::size_t kInFile = 10'000;
    ExportShelf& shelf_;
    std::string dataset_;
    std::vector<Row> rows_;
    int number_{0};
};

}  // namespace bitgrid::app
