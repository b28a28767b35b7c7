#pragma once
// Where the cold store lies below the data folder.
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace bitgrid::archive {

struct Places {
    explicit Places(const std::string& data_folder)
        : data{data_folder},
          parquet{data_folder + "/parquet"},
          heads{data_folder + "/heads.txt"},
          keys{data_folder + "/keys"},
          configs{data_folder + "/config"} {}

    std::string data;
    std::string parquet;  ///< `<dataset>/date=YYYY-MM-DD/part-<first>-<last>.parquet`
    std::string heads;
    std::string keys;
    std::string configs;  ///< `<version>.json`, as the journal recorded them
};

/// First sequence number in `part-<first>-<last>.parquet`, without its folder; 0: another name.
inline std::int64_t first_in(std::string_view name) {
    constexpr std::string_view kPart = "part-";
    std::int64_t first = 0;
    if (name.starts_with(kPart))
        std::from_chars(name.data() + kPart.size(), name.data() + name.size(), first);
    return first;
}

}  // namespace bitgrid::archive
