#include "archive/cold_store.hpp"

#include <filesystem>
#include <fstream>

#include "archive/datasets.hpp"

namespace bitgrid::archive {

core::Result<ColdStore> ColdStore::open(const std::string& data_folder) {
    const Places places{data_folder};
    std::error_code error;
    if (!std::filesystem::exists(places.heads, error)) return ColdStore{places, {}};
    std::ifstream file{places.keys + "/device.pub"};
    std::string line;
    std::getline(file, line);
    const auto key = crypto::public_key_from_hex(line);
    if (!key)
        return core::Error{core::ErrorCode::NotFound,
                           places.keys + "/device.pub: there is no public key"};
    auto heads = read_heads(places.heads, *key);
    if (!heads) return heads.error();
    return ColdStore{places, std::move(*heads)};
}

std::vector<std::string> ColdStore::files(std::string_view dataset, const Stretch& stretch) const {
    const std::string first = day_of(stretch.since);
    const std::string last = stretch.until.ms > 0 ? day_of(stretch.until) : "9999-12-31";
    std::vector<std::string> paths;
    for (const Seal& seal : heads_.seals) {
        if (seal.day < first || seal.day > last) continue;
        for (const SealedFile& file : seal.files)
            if (file.path.starts_with(std::string{dataset} + "/") && !heads_.is_gone(file.path))
                paths.push_back(places_.parquet + "/" + file.path);
    }
    return paths;
}

std::string ColdStore::condition(const Stretch& stretch) {
    std::string sql{"TRUE"};
    if (stretch.since.ms > 0)
        sql += " AND epoch_ms(\"time\") >= " + std::to_string(stretch.since.ms);
    if (stretch.until.ms > 0)
        sql += " AND epoch_ms(\"time\") <= " + std::to_string(stretch.until.ms);
    if (!stretch.load.empty()) sql += " AND load_id = " + sql_text(stretch.load);
    return sql;
}

}  // namespace bitgrid::archive
