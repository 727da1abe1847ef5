// Filters carried arrays by snapshot.
#include "artemis/table/statistics_json.h"

#include "artemis/table/dom_members.h"

namespace artemis {

arrow::Result<std::string> WithoutSnapshots(std::string_view json,
                                            const std::set<SnapshotId>& removed) {
  simdjson::dom::parser parser;
  simdjson::dom::array files;
  if (parser.parse(json.data(), json.size()).get(files) != simdjson::SUCCESS) {
    return arrow::Status::Invalid("expected statistics to be an array");
  }
  std::string kept = "[";
  for (JsonElement file : files) {
    ARROW_ASSIGN_OR_RAISE(const auto id, OptionalInt64(file, "snapshot-id"));
    if (id && removed.contains(SnapshotId(*id))) continue;
    if (kept.size() > 1) kept += ',';
    kept += JsonTextOf(file);
  }
  return kept + "]";
}

arrow::Result<std::vector<std::string>> StatisticsPaths(std::string_view json) {
  simdjson::dom::parser parser;
  simdjson::dom::array files;
  if (parser.parse(json.data(), json.size()).get(files) != simdjson::SUCCESS) {
    return arrow::Status::Invalid("expected statistics to be an array");
  }
  std::vector<std::string> paths;
  for (JsonElement file : files) {
    std::string_view path;
    if (file["statistics-path"].get(path) != simdjson::SUCCESS) {
      return arrow::Status::Invalid("statistics hold a file without a statistics-path");
    }
    paths.emplace_back(path);
  }
  return paths;
}

}  // namespace artemis
