#pragma once
// Where the cold store lies below the data folder.
#include <string>

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

}  // namespace bitgrid::archive
