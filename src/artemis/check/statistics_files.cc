// Statistics files, out of the JSON that the metadata carries along.
#include "artemis/check/statistics_files.h"

#include <nlohmann/json.hpp>

namespace artemis {

arrow::Result<std::vector<StatisticsFile>> StatisticsFiles(const TableMetadata& metadata) {
  std::vector<StatisticsFile> files;
  for (const char* key : {"statistics", "partition-statistics"}) {
    const auto found = metadata.carried_json.find(key);
    if (found == metadata.carried_json.end()) continue;
    const auto list = nlohmann::json::parse(found->second, nullptr, false);
    if (!list.is_array()) return arrow::Status::Invalid(key, " is no list of files");
    for (const auto& each : list) {
      if (!each.is_object() || !each.contains("statistics-path") ||
          !each["statistics-path"].is_string()) {
        return arrow::Status::Invalid(key, " holds a file without a statistics-path");
      }
      const auto size = each.find("file-size-in-bytes");
      files.push_back(
          {each["statistics-path"].get<std::string>(),
           size != each.end() && size->is_number_integer() ? size->get<int64_t>() : -1});
    }
  }
  return files;
}

}  // namespace artemis
